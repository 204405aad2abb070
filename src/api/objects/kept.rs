//! The form in which one value is kept, and what no value may hold.

use serde_json::Value;

use super::catalogue::Scalar;
use super::coerce::{self, Fault, Raw};

/// How deep lists and objects may lie in one another; the document itself is the first.
pub const NESTING_MAX: usize = 32;

pub(super) const NUL_IN_NAME: &str = "has a name that contains a NUL character";

/// Whether a value of no known shape can be stored, seen from so many levels down.
pub(super) fn check(value: &Value, depth: usize) -> Result<(), String> {
    if depth > NESTING_MAX {
        return Err(format!("holds more than {NESTING_MAX} levels"));
    }
    match value {
        Value::String(text) => coerce::plain(text).map(|_| ()).map_err(|fault| fault.to_string()),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            if key.contains('\0') { Err(NUL_IN_NAME.to_owned()) } else { check(member, depth + 1) }
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Brings a single value into its one form; `None` is an empty string that means null.
pub(super) fn read_scalar(scalar: Scalar, value: Value) -> Result<Option<Value>, Fault> {
    // Text is kept as it came, without a copy.
    let value = match value {
        Value::String(text) if scalar == Scalar::Text => {
            coerce::plain(&text)?;
            return Ok(Some(Value::String(text)));
        }
        other => other,
    };
    let raw = raw(&value).ok_or_else(|| wrong_shape(scalar))?;
    Ok(match scalar {
        Scalar::Int => coerce::int(raw)?.map(Value::from),
        Scalar::BigInt => coerce::big_int(raw)?.map(Value::from),
        Scalar::Real => coerce::real(raw)?.map(Value::from),
        Scalar::Flag => coerce::flag(raw)?.map(Value::from),
        Scalar::Text => Some(Value::from(coerce::text(raw)?)),
        Scalar::WallTime => coerce::wall_time(raw)?.map(Value::from),
        Scalar::Guid => coerce::guid(raw)?.map(|guid| Value::from(guid.to_string())),
        Scalar::Moment => match (coerce::moment(raw)?, raw) {
            (Some(_), Raw::Text(text)) if is_settled_moment(text) => Some(value),
            (moment, _) => moment.map(|moment| Value::from(coerce::print_moment(moment))),
        },
    })
}

fn raw(value: &Value) -> Option<Raw<'_>> {
    match value {
        Value::Bool(flag) => Some(Raw::Bool(*flag)),
        Value::String(text) => Some(Raw::Text(text)),
        Value::Number(number) => number
            .as_i64()
            .map(Raw::Int)
            .or_else(|| number.as_u64().map(Raw::Unsigned))
            .or_else(|| number.as_f64().map(Raw::Real)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What is said of a list or an object that stands for a single value.
fn wrong_shape(scalar: Scalar) -> Fault {
    match scalar {
        Scalar::Int | Scalar::BigInt => Fault::NotWhole,
        Scalar::Real => Fault::NotReal,
        Scalar::Flag => Fault::NotFlag,
        Scalar::Text => Fault::NotText,
        Scalar::Moment => Fault::NotMoment,
        Scalar::WallTime => Fault::NotWallTime,
        Scalar::Guid => Fault::NotGuid,
    }
}

/// RFC 3339 in UTC comes back as it went in, with all the digits the client gave it.
fn is_settled_moment(text: &str) -> bool {
    const LENGTH_MAX: usize = "2026-01-02T03:04:05.123456789Z".len();
    text.len() <= LENGTH_MAX && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T')
}
