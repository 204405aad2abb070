//! Slack's Web API as far as these tests go: a server that is strict about how each method is called,
//! and answers with what Slack's own documentation shows.

use std::{
    collections::HashMap,
    fs,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::TestApp;

/// The token that the sample answers belong to.
pub const BOT_TOKEN: &str = "xoxb-example-bot-token";

/// A call as it came: the method, its token, its arguments.
pub type Call = (String, Option<String>, Value);

#[derive(Default)]
struct Shared {
    answers: Mutex<HashMap<String, (u16, Value)>>,
    calls: Mutex<Vec<Call>>,
    /// What Slack would not have understood.
    mistakes: Mutex<Vec<String>>,
}

pub struct FakeSlack {
    pub api_url: String,
    shared: Arc<Shared>,
}

/// An answer of Slack's, as its documentation has it.
pub fn sample(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/slack/web-api/responses");
    serde_json::from_str(&fs::read_to_string(format!("{folder}/{name}.json")).unwrap()).unwrap()
}

/// Slack's no.
pub fn refusal(code: &str) -> Value {
    json!({ "ok": false, "error": code })
}

impl FakeSlack {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}/api", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(any(answer)).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { api_url, shared }
    }

    /// What a method answers from now on; without it, Slack does not know the method.
    pub fn answers(&self, method: &str, answer: Value) {
        self.fails(method, 200, answer);
    }

    pub fn fails(&self, method: &str, status: u16, answer: Value) {
        self.shared.answers.lock().unwrap().insert(method.to_owned(), (status, answer));
    }

    /// What was called since the last time, each as Slack wants it.
    #[track_caller]
    pub fn calls(&self) -> Vec<Call> {
        let mistakes = self.shared.mistakes.lock().unwrap();
        assert!(mistakes.is_empty(), "{mistakes:?}");
        std::mem::take(&mut *self.shared.calls.lock().unwrap())
    }

    /// The methods that were called since the last time.
    #[track_caller]
    pub fn methods(&self) -> Vec<String> {
        self.calls().into_iter().map(|(method, ..)| method).collect()
    }

    /// A server that speaks to this Slack.
    pub async fn app(&self, variables: &[(&str, &str)]) -> TestApp {
        let mut all = vec![("SLACK_API_URL", self.api_url.as_str())];
        all.extend_from_slice(variables);
        TestApp::with(&all).await
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let name = uri.path().strip_prefix("/api/").unwrap_or_default().to_owned();
    let read = read(&name, &method, &uri, &headers, &body);
    let (token, arguments) = match read {
        Ok(read) => read,
        Err(mistake) => {
            shared.mistakes.lock().unwrap().push(format!("{name}: {mistake}"));
            return refusal("invalid_arguments").to_string().into_response();
        }
    };
    shared.calls.lock().unwrap().push((name.clone(), token, arguments));
    let answer = shared.answers.lock().unwrap().get(&name).cloned();
    let (status, answer) = answer.unwrap_or_else(|| (200, refusal("unknown_method")));
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], answer.to_string()).into_response()
}

/// How a method wants to be called: whether with a token, in which form, with which arguments.
fn wants(method: &str) -> Option<(bool, bool, &'static [&'static str], &'static [&'static str])> {
    Some(match method {
        "auth.test" => (true, true, &[], &[]),
        "auth.revoke" => (true, false, &[], &["test"]),
        "bots.info" => (true, false, &["bot"], &["team_id"]),
        "apps.uninstall" => (true, false, &["client_id", "client_secret"], &[]),
        "oauth.v2.access" => (false, false, &["client_id", "client_secret", "code"], &["redirect_uri"]),
        _ => return None,
    })
}

fn read(
    name: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Option<String>, Value), String> {
    let (with_token, is_json, needed, allowed) = wants(name).ok_or("there is no such method here")?;
    if method != Method::POST || uri.query().is_some() {
        return Err(format!("{method} {uri}"));
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let token = text(header::AUTHORIZATION).map(|value| match value.strip_prefix("Bearer ") {
        Some(token) => Ok(token.to_owned()),
        None => Err("the token is no bearer's"),
    });
    let token = token.transpose()?;
    if token.is_some() != with_token {
        return Err(format!("token: {}", token.is_some()));
    }
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    let wanted =
        if is_json { "application/json; charset=utf-8" } else { "application/x-www-form-urlencoded" };
    if kind != wanted {
        return Err(format!("content type {kind}"));
    }
    let arguments: Value = if is_json {
        serde_json::from_slice(body).map_err(|error| error.to_string())?
    } else {
        let pairs = url::form_urlencoded::parse(body);
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect()
    };
    let names: Vec<&str> =
        arguments.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let missing = needed.iter().find(|one| !names.contains(one));
    let unknown = names.iter().find(|one| !needed.contains(one) && !allowed.contains(one));
    match missing.or(unknown) {
        Some(argument) => Err(format!("argument {argument}")),
        None => Ok((token, arguments)),
    }
}
