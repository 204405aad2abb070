//! A question in the endpoint's words. Pure.

use serde_json::{Value, json};

use super::ask::{Completion, Tool, ToolCall, Turn};

pub(super) fn body(ask: &Completion, default_model: Option<&str>) -> Value {
    let mut body = json!({ "messages": ask.messages.iter().map(message).collect::<Vec<_>>() });
    // A server with one model asks for no name, and an empty one would be a wrong one.
    if let Some(model) = ask.model.as_deref().or(default_model) {
        body["model"] = model.into();
    }
    // An empty list is refused by some servers.
    if !ask.tools.is_empty() {
        body["tools"] = ask.tools.iter().map(tool).collect();
    }
    body
}

fn message(turn: &Turn) -> Value {
    match turn {
        Turn::System(text) => json!({ "role": "system", "content": text }),
        Turn::User(text) => json!({ "role": "user", "content": text }),
        Turn::Assistant(text) => json!({ "role": "assistant", "content": text }),
        Turn::AssistantCalls(calls) => json!({
            "role": "assistant",
            "content": null,
            "tool_calls": calls.iter().map(call).collect::<Vec<_>>(),
        }),
        Turn::ToolResult { call_id, text } => {
            json!({ "role": "tool", "tool_call_id": call_id, "content": text })
        }
    }
}

fn call(call: &ToolCall) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": call.arguments },
    })
}

fn tool(tool: &Tool) -> Value {
    json!({
        "type": "function",
        "function": { "name": tool.name, "description": tool.description, "parameters": tool.parameters },
    })
}
