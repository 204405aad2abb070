//! Attachments among the members of a message that are kept as they are, in Halo's words.

use serde_json::{Map, Value, json};

use crate::domain::{attachment::Enclosed, document::Document};

/// The files that a message brought along, as (id, name).
pub fn enclosed(extra: Option<&Document>) -> Vec<(i32, String)> {
    let members: Value =
        extra.and_then(|extra| serde_json::from_str(extra.as_str()).ok()).unwrap_or_default();
    let pairs = members["attachment_ids"].as_array().map_or(&[][..], Vec::as_slice);
    let file = |pair: &Value| {
        let id = pair["id"].as_i64().and_then(|id| i32::try_from(id).ok())?;
        Some((id, pair["name"].as_str()?.to_owned()))
    };
    pairs.iter().filter_map(file).collect()
}

/// Their names.
pub fn names(extra: Option<&Document>) -> Vec<String> {
    enclosed(extra).into_iter().map(|(_, name)| name).collect()
}

/// Adds pairs of id and name, and the first id, to what a message holds.
pub fn enclose(extra: Option<&Document>, enclosed: &[Enclosed]) -> Document {
    let members = extra.and_then(|extra| serde_json::from_str(extra.as_str()).ok());
    let mut members: Map<String, Value> = members.unwrap_or_default();
    if let Some(first) = enclosed.first() {
        members.insert("attachment_id".to_owned(), json!(first.id));
    }
    let pairs = enclosed.iter().map(|one| json!({ "id": one.id, "name": one.name })).collect();
    members.insert("attachment_ids".to_owned(), Value::Array(pairs));
    Document::from_json(Value::Object(members).to_string())
}
