//! Typed values for wire structs that read what Halo's clients send; the rules are `coerce`'s.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::coerce::{self, Fault, Raw, Read};

use super::coerce::print_moment;
pub use super::optional::{Wire, optional};

/// A 32-bit integer; also written as digits in quotes or as `5.0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Int(pub i32);

/// A 64-bit integer; also written as digits in quotes or as `5.0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BigInt(pub i64);

/// A finite double; also written in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Real(pub f64);

/// A truth value; also written in quotes, in any case, or as 1 and 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Flag(pub bool);

/// Text without NUL characters; also a number or a truth value without its quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text(pub String);

/// A moment; with `Z`, with an offset, without a zone (taken as UTC), or a day alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub DateTime<Utc>);

/// A uuid in any case, with or without hyphens and braces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Guid(pub Uuid);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(&print_moment(self.0))
    }
}

/// Reads a moment from a word of a query; nothing when it is none.
pub fn read_moment(text: &str) -> Option<DateTime<Utc>> {
    coerce::moment(Raw::Text(text)).ok().flatten()
}

/// What `ScalarVisitor` needs to know of a type.
pub(super) trait Coerce: Sized {
    const EXPECTED: &'static str;

    fn read(raw: Raw<'_>) -> Read<Self>;

    /// For types that can keep the string they are handed.
    fn read_owned(text: String) -> Read<Self> {
        Self::read(Raw::Text(&text))
    }
}

/// `None` is null, or an empty string where text is not what the field holds.
pub(super) fn read_optional<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Coerce,
{
    input.deserialize_any(ScalarVisitor(PhantomData))
}

fn read_required<'de, D, T>(input: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Coerce,
{
    read_optional(input)?
        .ok_or_else(|| D::Error::custom(format_args!("the value is empty, {} belongs here", T::EXPECTED)))
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: Coerce> ScalarVisitor<T> {
    fn settle<E: Error>(read: Read<T>) -> Result<Option<T>, E> {
        read.map_err(|fault: Fault| E::custom(format_args!("the value {fault}")))
    }
}

impl<'de, T: Coerce> Visitor<'de> for ScalarVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(T::EXPECTED)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Self::settle(T::read(Raw::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Self::settle(T::read(Raw::Int(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Self::settle(T::read(Raw::Unsigned(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Self::settle(T::read(Raw::Real(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Self::settle(T::read(Raw::Text(value)))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        Self::settle(T::read_owned(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl Coerce for Text {
    const EXPECTED: &'static str = "text";

    fn read(raw: Raw<'_>) -> Read<Self> {
        coerce::text(raw).map(|text| Some(Self(text)))
    }

    fn read_owned(text: String) -> Read<Self> {
        coerce::plain(&text)?;
        Ok(Some(Self(text)))
    }
}

/// The reading of every type that `coerce` has one function for.
macro_rules! scalars {
    ($($name:ident, $read:path, $expected:literal;)*) => { $(
        impl Coerce for $name {
            const EXPECTED: &'static str = $expected;

            fn read(raw: Raw<'_>) -> Read<Self> {
                Ok($read(raw)?.map(Self))
            }
        }
    )* };
}

scalars! {
    Int, coerce::int, "a whole number";
    BigInt, coerce::big_int, "a whole number";
    Real, coerce::real, "a number";
    Flag, coerce::flag, "true or false";
    Moment, coerce::moment, "a date and time";
    Guid, coerce::guid, "a uuid";
}

/// What all the types share: reading by serde, taking the value out, putting one in.
macro_rules! wire_values {
    ($($name:ident, $inner:ty;)*) => { $(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                read_required(input)
            }
        }

        impl<'de> Wire<'de> for $name {
            fn optional<D: Deserializer<'de>>(input: D) -> Result<Option<Self>, D::Error> {
                read_optional(input)
            }
        }

        impl From<$inner> for $name {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )* };
}

wire_values! {
    Int, i32;
    BigInt, i64;
    Real, f64;
    Flag, bool;
    Text, String;
    Moment, DateTime<Utc>;
    Guid, Uuid;
}

/// Prints the value within, as it stands in JSON but without quotes.
macro_rules! printed {
    ($($name:ident),*) => { $(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }
    )* };
}

printed!(Int, BigInt, Real, Flag, Text, Guid);

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&print_moment(self.0))
    }
}
