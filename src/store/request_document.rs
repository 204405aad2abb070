//! The request of an HTTP step, read from the JSON in its `content`.

use serde_json::{Map, Value};

use crate::flow::{HttpBody, HttpTemplate};

/// None when the content is no JSON object. The body is an object, an array or a text; the headers
/// are an object, or rows with `key` (or `name`) and `value`.
pub(super) fn request(content: &str) -> Option<HttpTemplate> {
    let Ok(Value::Object(request)) = serde_json::from_str(content) else { return None };
    let headers = headers(request.get("headers"));
    Some(HttpTemplate {
        method: text(&request, "method").unwrap_or("GET").to_owned(),
        url: text(&request, "url").unwrap_or_default().to_owned(),
        body: request.get("body").and_then(|value| body(value, &headers)),
        headers,
    })
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn headers(value: Option<&Value>) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    match value {
        Some(Value::Object(rows)) => {
            rows.iter().filter_map(|(name, value)| Some(pair(name, value.as_str()?))).collect()
        }
        Some(Value::Array(rows)) => rows
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|row| {
                Some(pair(text(row, "key").or_else(|| text(row, "name"))?, text(row, "value")?))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn body(value: &Value, headers: &[(String, String)]) -> Option<HttpBody> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => return Some(HttpBody::Json(other.to_string())),
    };
    let mut types = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = types.next().map(|(_, value)| value.to_ascii_lowercase());
    Some(match content_type {
        Some(kind) if kind.contains("json") => HttpBody::Json(text),
        Some(kind) if kind.contains("x-www-form-urlencoded") => HttpBody::Form(text),
        None if text.trim_start().starts_with(['{', '[']) => HttpBody::Json(text),
        _ => HttpBody::Text(text),
    })
}
