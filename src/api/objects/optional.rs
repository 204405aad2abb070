//! Optional members: absent, null, or empty where that means null.

use serde::de::{Deserialize, Deserializer};

/// A type that knows what counts as null for it.
pub trait Wire<'de>: Deserialize<'de> {
    fn optional<D: Deserializer<'de>>(input: D) -> Result<Option<Self>, D::Error>;
}

/// For `#[serde(default, deserialize_with = "optional")]` on an `Option`, where an empty
/// string should read as `None` instead of being refused, as in a query's `?count=`.
pub fn optional<'de, D, T>(input: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Wire<'de>,
{
    T::optional(input)
}
