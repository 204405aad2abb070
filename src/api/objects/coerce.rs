//! Reads one value the way Halo's clients write it; knows nothing of documents, serde or API.

use std::fmt::Write;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Timelike, Utc};
use uuid::Uuid;

use crate::domain::wall_clock;

/// A value as it came, borrowed where it can be.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    Bool(bool),
    Int(i64),
    Unsigned(u64),
    Real(f64),
    Text(&'a str),
}

/// Why a value cannot be read, worded to follow the name of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("is not a whole number")]
    NotWhole,
    #[error("is a whole number that does not fit in 32 bits")]
    BeyondInt,
    #[error("is a whole number that does not fit in 64 bits")]
    BeyondBigInt,
    #[error("is not a number")]
    NotReal,
    #[error("is not true or false")]
    NotFlag,
    #[error("is not text")]
    NotText,
    #[error("contains a NUL character")]
    Nul,
    #[error("is not a date and time such as 2026-01-02T03:04:05Z")]
    NotMoment,
    #[error("is a date outside the years 1 to 9999")]
    BeyondCalendar,
    #[error("is not a time of day such as 09:00, or a date and time such as 1900-01-01T09:00:00")]
    NotWallTime,
    #[error("is not a uuid")]
    NotGuid,
}

/// What was read; an empty string where a number or a date belongs is how forms say "none".
pub type Read<T> = Result<Option<T>, Fault>;

/// Reads a 32-bit integer.
pub fn int(raw: Raw<'_>) -> Read<i32> {
    let fit = |wide| i32::try_from(wide).map_err(|_| Fault::BeyondInt);
    match big_int(raw) {
        // A number beyond 64 bits is just as much beyond 32.
        Err(Fault::BeyondBigInt) => Err(Fault::BeyondInt),
        read => read?.map(fit).transpose(),
    }
}

/// Reads a 64-bit integer.
pub fn big_int(raw: Raw<'_>) -> Read<i64> {
    match raw {
        Raw::Int(number) => Ok(Some(number)),
        Raw::Unsigned(number) => i64::try_from(number).map(Some).map_err(|_| Fault::BeyondBigInt),
        Raw::Real(number) => whole(number).map(Some),
        Raw::Text(text) => digits(text.trim()),
        Raw::Bool(_) => Err(Fault::NotWhole),
    }
}

fn digits(text: &str) -> Read<i64> {
    if text.is_empty() {
        return Ok(None);
    }
    let (number, fraction) = text.split_once('.').unwrap_or((text, ""));
    let sign_free = number.strip_prefix(['-', '+']).unwrap_or(number);
    let plain = !sign_free.is_empty() && sign_free.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || fraction.bytes().any(|byte| byte != b'0') {
        return Err(Fault::NotWhole);
    }
    number.parse().map(Some).map_err(|_| Fault::BeyondBigInt)
}

fn whole(number: f64) -> Result<i64, Fault> {
    /// Two to the power of 63: every float below it fits, and none from it on.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if !number.is_finite() || number.fract() != 0.0 {
        return Err(Fault::NotWhole);
    }
    if !(-LIMIT..LIMIT).contains(&number) {
        return Err(Fault::BeyondBigInt);
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and in range, checked above")]
    Ok(number as i64)
}

/// Reads a floating-point number; never infinite, never "not a number", since JSON has neither.
#[expect(clippy::cast_precision_loss, reason = "a double is what the field holds")]
pub fn real(raw: Raw<'_>) -> Read<f64> {
    let number = match raw {
        Raw::Int(number) => number as f64,
        Raw::Unsigned(number) => number as f64,
        Raw::Real(number) => number,
        Raw::Text(text) if text.trim().is_empty() => return Ok(None),
        Raw::Text(text) => text.trim().parse().map_err(|_| Fault::NotReal)?,
        Raw::Bool(_) => return Err(Fault::NotReal),
    };
    if number.is_finite() { Ok(Some(number)) } else { Err(Fault::NotReal) }
}

/// Reads a truth value, also as Python and PowerShell print it.
pub fn flag(raw: Raw<'_>) -> Read<bool> {
    match raw {
        Raw::Bool(flag) => Ok(Some(flag)),
        Raw::Int(0) | Raw::Unsigned(0) => Ok(Some(false)),
        Raw::Int(1) | Raw::Unsigned(1) => Ok(Some(true)),
        Raw::Text(text) => match text.trim() {
            "" => Ok(None),
            "1" => Ok(Some(true)),
            "0" => Ok(Some(false)),
            word if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
            word if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
            _ => Err(Fault::NotFlag),
        },
        Raw::Int(_) | Raw::Unsigned(_) | Raw::Real(_) => Err(Fault::NotFlag),
    }
}

/// Renders text, or anything that a client wrote without its quotes.
pub fn text(raw: Raw<'_>) -> Result<String, Fault> {
    match raw {
        Raw::Text(text) => plain(text).map(str::to_owned),
        Raw::Bool(flag) => Ok(flag.to_string()),
        Raw::Int(number) => Ok(number.to_string()),
        Raw::Unsigned(number) => Ok(number.to_string()),
        // Printed as JSON prints it, so that 5.0 stays "5.0".
        Raw::Real(number) => {
            serde_json::Number::from_f64(number).map(|number| number.to_string()).ok_or(Fault::NotText)
        }
    }
}

/// Refuses the one character that Postgres cannot store in text.
pub fn plain(text: &str) -> Result<&str, Fault> {
    if text.contains('\0') { Err(Fault::Nul) } else { Ok(text) }
}

/// Reads a moment: with `Z`, with an offset, without a zone (taken as UTC), or a day alone.
pub fn moment(raw: Raw<'_>) -> Read<DateTime<Utc>> {
    let Raw::Text(text) = raw else {
        return Err(Fault::NotMoment);
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let moment = parse_moment(text).and_then(settle_leap_second).ok_or(Fault::NotMoment)?;
    if (1..=9999).contains(&moment.year()) { Ok(Some(moment)) } else { Err(Fault::BeyondCalendar) }
}

fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    const ZONED: &str = "%Y-%m-%dT%H:%M:%S%.f%#z";
    const LOCAL: [&str; 4] =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let zoned = |text: &str| {
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, ZONED)).ok()
    };
    let local = || LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    zoned(text).map(|moment| moment.to_utc()).or_else(|| Some(local().or_else(day)?.and_utc()))
}

/// Postgres knows no leap seconds: 23:59:60 is the first moment of the next day.
fn settle_leap_second(moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const SECOND: u32 = 1_000_000_000;
    match moment.timestamp_subsec_nanos().checked_sub(SECOND) {
        Some(rest) => DateTime::from_timestamp(moment.timestamp() + 1, rest),
        None => Some(moment),
    }
}

/// Reads a date and time that is meant as the clock shows it, and keeps it as it was written; a time
/// of day alone gets the day that Halo puts such times on.
pub fn wall_time(raw: Raw<'_>) -> Read<String> {
    let Raw::Text(text) = raw else {
        return Err(Fault::NotWallTime);
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(time) = wall_clock::time_of_day(text) {
        return Ok(Some(wall_clock::DAY_OF_TIMES.and_time(time).format("%Y-%m-%dT%H:%M:%S").to_string()));
    }
    wall_clock::wall_clock(text).map(|_| Some(text.to_owned())).ok_or(Fault::NotWallTime)
}

/// Reads a uuid in any case, with or without hyphens and braces.
pub fn guid(raw: Raw<'_>) -> Read<Uuid> {
    match raw {
        Raw::Text(text) if text.trim().is_empty() => Ok(None),
        Raw::Text(text) => Uuid::try_parse(text.trim()).map(Some).map_err(|_| Fault::NotGuid),
        _ => Err(Fault::NotGuid),
    }
}

/// Prints a moment as every answer does: UTC with `Z`, up to microseconds, no idle zeros.
pub fn print_moment(moment: DateTime<Utc>) -> String {
    let mut printed = String::with_capacity("2026-01-02T03:04:05.123456Z".len());
    let micros = moment.timestamp_subsec_micros();
    // Written out because answers print many of these and chrono's formats cost several times this.
    write!(
        printed,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{micros:06}",
        moment.year(),
        moment.month(),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
    )
    .expect("a string takes whatever is written to it");
    printed.truncate(printed.trim_end_matches('0').trim_end_matches('.').len());
    printed.push('Z');
    printed
}
