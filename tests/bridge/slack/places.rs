//! Slack's addresses beside its Web API: hooks and files.

use std::collections::VecDeque;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{Slack, TOKEN, Trouble};

pub(super) async fn hook(State(slack): State<Slack>, Path(name): Path<String>, body: Bytes) -> Response {
    let mut workspace = slack.workspace.lock().unwrap();
    let key = format!("hook:{name}");
    match workspace.troubles.get_mut(&key).and_then(VecDeque::pop_front) {
        Some(Trouble::Status(status)) => return StatusCode::from_u16(status).unwrap().into_response(),
        Some(Trouble::RateLimited(seconds)) => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())], "")
                .into_response();
        }
        _ => {}
    }
    workspace.hooks.push((name, serde_json::from_slice(&body).unwrap()));
    "ok".into_response()
}

pub(super) async fn upload(State(slack): State<Slack>, body: Bytes) -> String {
    let length = body.len();
    slack.workspace.lock().unwrap().uploads.push(body.to_vec());
    format!("OK - {length}")
}

/// With another token than the app's, Slack answers with a page to sign in.
pub(super) async fn download(
    State(slack): State<Slack>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = headers.get("authorization").map(|value| value.to_str().unwrap());
    if token != Some(&format!("Bearer {TOKEN}")) {
        return ([("content-type", "text/html; charset=utf-8")], "<html>Sign in</html>").into_response();
    }
    let mut workspace = slack.workspace.lock().unwrap();
    if let Some(Trouble::Status(status)) =
        workspace.troubles.get_mut("download").and_then(VecDeque::pop_front)
    {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    match workspace.files.get(&id) {
        Some((kind, bytes)) => ([("content-type", *kind)], bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
