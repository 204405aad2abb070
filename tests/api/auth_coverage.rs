//! Every operation of the description refuses whoever has no business there.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::Value;

use crate::harness::{Desk, TestApp, bearer};

/// May only shrink.
const PUBLIC: [&str; 6] = [
    "GET /authinfo",
    "POST /auth/token",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.yaml",
];

/// What a visitor's token opens at all; only for its own chat.
const VISITORS: [&str; 13] = [
    "GET /Attachment",
    "POST /Attachment",
    "GET /Attachment/{id}",
    "GET /Chat",
    "GET /Chat/{id}",
    "GET /ChatMessage",
    "POST /ChatMessage",
    "GET /ChatMessage/Socket",
    "GET /ChatMessage/Stream",
    "POST /ChatMessage/IsTyping",
    "POST /ChatFlow",
    "GET /OnlineStatus",
    "POST /OnlineStatus",
];

/// What a public key opens; a visitor's token adds nothing to it.
const KEYED: [&str; 3] = ["POST /Chat", "POST /ChatMatchingData", "GET /ChatProfile/{id}"];

/// What only Slack's signature opens; a token adds nothing to it.
const SIGNED: [&str; 3] = ["POST /Slack/Command", "POST /Slack/Event", "POST /Slack/Interactivity"];

async fn operations(test: &TestApp) -> BTreeSet<String> {
    let document = test.get("/docs/openapi.json", "").await.expect(200);
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        let path = path.clone();
        methods.into_iter().map(move |method| format!("{} {path}", method.to_uppercase()))
    };
    paths.iter().flat_map(of).collect()
}

async fn call(test: &TestApp, operation: &str, token: &str) -> u16 {
    let (method, path) = operation.split_once(' ').unwrap();
    let path = path.replace("{id}", "999");
    let mut headers = bearer(token);
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let body = if method == "POST" {
        Body::from(r#"{"chatprofileid":"help","chat_id":999,"id":0}"#)
    } else {
        Body::empty()
    };
    // Some answers never end.
    test.begin(method, &path, &headers, body).await.as_u16()
}

#[tokio::test]
async fn a_stranger_is_refused_everywhere_but_at_the_short_public_list() {
    let test = TestApp::new().await;
    let all = operations(&test).await;
    assert!(all.len() > 25, "the description was read");
    for public in PUBLIC {
        assert!(all.contains(public), "{public} is no longer there: shorten the list");
    }
    for operation in &all {
        if !PUBLIC.contains(&operation.as_str()) {
            assert_eq!(call(&test, operation, "").await, 401, "{operation}");
            assert_eq!(call(&test, operation, "no-such-token").await, 401, "{operation}");
        }
    }
}

#[tokio::test]
async fn a_visitor_gets_nowhere_but_into_chats() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    for operation in operations(&desk.test).await {
        let status = call(&desk.test, &operation, &visit.token).await;
        let name = operation.as_str();
        if PUBLIC.contains(&name) || KEYED.contains(&name) {
            continue;
        }
        let expected: &[u16] = match name {
            _ if VISITORS.contains(&name) => &[200, 201, 404, 400],
            _ if SIGNED.contains(&name) => &[401],
            _ => &[403],
        };
        assert!(expected.contains(&status), "{operation} answered {status}");
    }
}

#[tokio::test]
async fn a_scope_without_chat_opens_nothing_but_who_it_is() {
    let test = TestApp::new().await;
    let token = test.client(&["read:tickets"], None).await;
    for operation in operations(&test).await {
        let name = operation.as_str();
        if PUBLIC.contains(&name) || KEYED.contains(&name) {
            continue;
        }
        let status = call(&test, &operation, &token).await;
        let is_start_up = ["GET /lookup", "GET /InstanceInfo", "GET /Agent/me"].contains(&name);
        let is_signed = SIGNED.contains(&name);
        let expected = if is_start_up { 200 } else { 403 };
        assert_eq!(status, if is_signed { 401 } else { expected }, "{operation}");
    }
}
