//! The endpoint's answer, read leniently: servers differ in what they leave out. Pure.

use serde_json::Value;

use super::ask::{Reply, ToolCall};

/// The first choice; `None` when there is no message in the answer.
pub(super) fn read(body: &[u8]) -> Option<Reply> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let choice = answer.get("choices")?.get(0)?;
    let message = choice.get("message")?.as_object()?;
    let content = message.get("content").unwrap_or(&Value::Null);
    let is_filtered = choice.get("finish_reason").and_then(Value::as_str) == Some("content_filter");
    Some(Reply {
        words: words(content)?,
        calls: calls(message.get("tool_calls").unwrap_or(&Value::Null)),
        is_refusal: is_filtered || message.get("refusal").is_some_and(is_said) || has_refusal(content),
    })
}

/// Text, or parts of which some are text, or nothing.
fn words(content: &Value) -> Option<String> {
    match content {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let text = |part: &Value| part.as_str().or_else(|| part.get("text")?.as_str()).map(str::to_owned);
            Some(parts.iter().filter_map(text).collect())
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn is_said(refusal: &Value) -> bool {
    refusal.as_str().is_some_and(|text| !text.is_empty())
}

fn has_refusal(content: &Value) -> bool {
    content.as_array().is_some_and(|parts| parts.iter().any(|part| part.get("refusal").is_some_and(is_said)))
}

/// A call without an id gets one, because its result must name it.
fn calls(calls: &Value) -> Vec<ToolCall> {
    let calls = calls.as_array().map_or(&[][..], Vec::as_slice);
    let read = |(number, call): (usize, &Value)| {
        let function = call.get("function")?;
        let id = call.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        Some(ToolCall {
            id: id.map_or_else(|| format!("call_{}", number + 1), str::to_owned),
            name: function.get("name")?.as_str()?.to_owned(),
            arguments: match function.get("arguments") {
                None | Some(Value::Null) => "{}".to_owned(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            },
        })
    };
    calls.iter().enumerate().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(message: &Value) -> Option<Reply> {
        read(json!({ "choices": [{ "message": message }] }).to_string().as_bytes())
    }

    #[test]
    fn words_are_text_or_parts_or_nothing() {
        for (content, words) in [
            (json!("Hello"), "Hello"),
            (json!(null), ""),
            (json!([{ "type": "text", "text": "Hel" }, { "type": "image" }, "lo"]), "Hello"),
            (json!([]), ""),
        ] {
            assert_eq!(message(&json!({ "content": content })).expect("a message").words, words);
        }
        assert_eq!(message(&json!({})).expect("a message").words, "");
        assert_eq!(message(&json!({ "content": 7 })), None);
    }

    #[test]
    fn calls_keep_their_ids_and_get_missing_ones() {
        let calls = message(&json!({ "content": null, "tool_calls": [
            { "id": "a", "type": "function", "function": { "name": "find", "arguments": "{\"q\":1}" } },
            { "function": { "name": "find", "arguments": { "q": 2 } } },
            { "id": "", "function": { "name": "stop" } },
            { "id": "d", "function": {} },
        ] }));
        let calls = calls.expect("a message").calls;
        let shown = calls.iter().map(|call| (call.id.as_str(), call.name.as_str(), call.arguments.as_str()));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [("a", "find", r#"{"q":1}"#), ("call_2", "find", r#"{"q":2}"#), ("call_3", "stop", "{}")]
        );
    }

    #[test]
    fn a_refusal_is_one_wherever_it_stands() {
        for (answer, is_refusal) in [
            (json!({ "message": { "content": "No.", "refusal": "No." } }), true),
            (json!({ "message": { "content": "" }, "finish_reason": "content_filter" }), true),
            (json!({ "message": { "content": [{ "type": "refusal", "refusal": "No." }] } }), true),
            (json!({ "message": { "content": "Yes", "refusal": null }, "finish_reason": "stop" }), false),
            (json!({ "message": { "content": "Yes", "refusal": "" } }), false),
        ] {
            let reply = read(json!({ "choices": [answer] }).to_string().as_bytes()).expect("a message");
            assert_eq!(reply.is_refusal, is_refusal, "{answer}");
        }
    }

    #[test]
    fn an_answer_without_a_message_is_none() {
        for body in
            ["", "{}", "[]", r#"{"choices":[]}"#, r#"{"choices":[{}]}"#, r#"{"error":{"message":"x"}}"#]
        {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
    }
}
