//! What the model is asked and how its answers are understood.

use aureole::outbound::{
    Outbound,
    model::{Completion, ModelError, Reply, Tool, ToolCall, Turn},
};
use serde_json::{Value, json};

use crate::harness::{Server, answer, config};

pub fn to_model(url: &str) -> Outbound {
    Outbound::new(&config(&[
        ("AI_API_URL", url),
        ("AI_API_KEY", "sk-hush"),
        ("AI_MODEL", "small"),
        ("AI_TIMEOUT_SECONDS", "1"),
        ("HTTP_STEP_BYTES_MAX", "1000"),
    ]))
}

pub fn question() -> Completion<'static> {
    Completion { model: None, messages: vec![Turn::User("hush?".to_owned())], tools: &[] }
}

pub fn said(message: &Value) -> Vec<u8> {
    answer(200, &[], json!({ "choices": [{ "message": message }] }).to_string())
}

/// The reply to a question of whoever answers so.
async fn reply(message: &Value) -> Result<Reply, ModelError> {
    let server = Server::new(vec![said(message)]);
    to_model(&server.url("/v1")).model().complete(&question()).await
}

#[tokio::test]
async fn a_question_has_the_shape_that_endpoints_know() {
    let server = Server::new(vec![said(&json!({ "content": "Hello" }))]);
    let call = ToolCall { id: "c1".to_owned(), name: "find".to_owned(), arguments: "{}".to_owned() };
    let tool = Tool {
        name: "find".to_owned(),
        description: "Finds.".to_owned(),
        parameters: json!({ "type": "object" }),
    };
    let ask = Completion {
        model: Some("large".to_owned()),
        messages: vec![
            Turn::System("Be kind.".to_owned()),
            Turn::User("Where?".to_owned()),
            Turn::AssistantCalls(vec![call]),
            Turn::ToolResult { call_id: "c1".to_owned(), text: "Here.".to_owned() },
            Turn::Assistant("Here.".to_owned()),
        ],
        tools: &[tool],
    };
    let outbound = to_model(&server.url("/v1/"));
    let reply = outbound.model().complete(&ask).await.unwrap();
    assert_eq!((reply.words.as_str(), reply.calls.len(), reply.is_refusal), ("Hello", 0, false));

    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(seen.header("authorization"), Some("Bearer sk-hush"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    let body = json!({
        "model": "large",
        "messages": [
            { "role": "system", "content": "Be kind." },
            { "role": "user", "content": "Where?" },
            { "role": "assistant", "content": null, "tool_calls": [
                { "id": "c1", "type": "function", "function": { "name": "find", "arguments": "{}" } },
            ] },
            { "role": "tool", "tool_call_id": "c1", "content": "Here." },
            { "role": "assistant", "content": "Here." },
        ],
        "tools": [{ "type": "function", "function":
            { "name": "find", "description": "Finds.", "parameters": { "type": "object" } } }],
    });
    assert_eq!(seen.json(), body);
}

#[tokio::test]
async fn what_is_not_given_is_left_out_or_configured() {
    let server = Server::new(vec![said(&json!({ "content": "" }))]);
    to_model(&server.url("")).model().complete(&question()).await.unwrap();
    let plain = Outbound::new(&config(&[("AI_API_URL", &server.url(""))]));
    plain.model().complete(&question()).await.unwrap();

    let messages = json!([{ "role": "user", "content": "hush?" }]);
    let [with_default, without] = &server.seen()[..] else { panic!("two questions") };
    assert_eq!(with_default.json(), json!({ "model": "small", "messages": messages }));
    assert_eq!(without.json(), json!({ "messages": messages }));
    assert_eq!(without.header("authorization"), None);
}

#[tokio::test]
async fn a_model_may_call_tools() {
    let call = json!({ "id": "c1", "type": "function",
        "function": { "name": "find", "arguments": r#"{"q":"x"}"# } });
    let nameless = json!({ "function": { "name": "stop", "arguments": {} } });
    let reply = reply(&json!({ "content": null, "tool_calls": [call, nameless] })).await.unwrap();
    let calls = [("c1", "find", r#"{"q":"x"}"#), ("call_2", "stop", "{}")].map(|(id, name, arguments)| {
        ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
    });
    assert_eq!(reply, Reply { words: String::new(), calls: calls.to_vec(), is_refusal: false });
}

#[tokio::test]
async fn a_model_may_refuse() {
    let refusal = reply(&json!({ "content": null, "refusal": "I will not." })).await.unwrap();
    assert!(refusal.is_refusal);
    let filtered =
        json!({ "choices": [{ "message": { "content": "" }, "finish_reason": "content_filter" }] });
    let server = Server::new(vec![answer(200, &[], filtered.to_string())]);
    assert!(to_model(&server.url("")).model().complete(&question()).await.unwrap().is_refusal);
}

#[tokio::test]
async fn nothing_of_a_conversation_prints() {
    let call = ToolCall { id: "c1".to_owned(), name: "find".to_owned(), arguments: "hush".to_owned() };
    let ask = Completion {
        model: None,
        messages: vec![
            Turn::System("hush".to_owned()),
            Turn::AssistantCalls(vec![call.clone()]),
            Turn::ToolResult { call_id: "c1".to_owned(), text: "hush".to_owned() },
        ],
        tools: &[],
    };
    let reply = Reply { words: "hush".to_owned(), calls: vec![call], is_refusal: false };
    let printed = format!("{ask:?} {:?} {reply:?}", ask.messages);
    assert!(!printed.contains("hush"), "{printed}");
}
