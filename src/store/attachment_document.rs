//! Attachments among the members of a message that are kept as they are, in Halo's words.

use serde_json::{Map, Value, json};

use crate::domain::{attachment::Enclosed, document::Document};

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
