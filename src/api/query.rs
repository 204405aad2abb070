//! A query as Halo's clients write it: parameter names in any case, the last of several counts.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads what stands behind the `?` of an address; an error names the parameter.
pub fn read<T: DeserializeOwned>(query: &str) -> Result<T, String> {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let members: Map<String, Value> =
        pairs.map(|(name, value)| (name.to_ascii_lowercase(), Value::String(value.into_owned()))).collect();
    serde_path_to_error::deserialize(Value::Object(members)).map_err(|error| {
        let path = error.path().to_string();
        format!("{path}: {}", error.into_inner())
    })
}
