//! Reading Slack's JSON: any member may be absent, null or of another type than documented.

use serde_json::Value;

/// A text that says something.
pub fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(clean)
}

/// The text at a pointer, if it says something.
pub fn text_at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(text)
}

/// Without NUL, which Postgres keeps in no text.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// The members of a list; none for anything else.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
