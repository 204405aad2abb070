//! A stand-in for Slack's Web API. It keeps messages, refuses what Slack refuses, and fails as often
//! and in the way that a test wants.

mod limits;
mod places;
mod web_api;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use self::places::{download, hook, upload};

pub const TOKEN: &str = "xoxb-the-bots-own";
pub const BOT_USER: &str = "UBOT";

/// One call that was made, whatever became of it.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: String,
    pub arguments: Value,
}

/// What is to go wrong with the next call of a method.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// HTTP 429 with `Retry-After`.
    RateLimited(u64),
    Status(u16),
    /// HTTP 200 and `ok: false`.
    Error(&'static str),
    /// It is done, and the answer does not come.
    AnswerLost,
    /// It is done, and a gateway answers with this status.
    DoneBut(u16),
    /// It is not done, and no answer comes.
    Lost,
}

#[derive(Default)]
struct Workspace {
    calls: Vec<Call>,
    troubles: BTreeMap<String, VecDeque<Trouble>>,
    /// By channel: messages in their order.
    messages: BTreeMap<String, Vec<Value>>,
    asides: Vec<Value>,
    hooks: Vec<(String, Value)>,
    views: Vec<Value>,
    uploads: Vec<Vec<u8>>,
    files: BTreeMap<String, (&'static str, Vec<u8>)>,
    /// What `files.info` tells.
    described: BTreeMap<String, Value>,
    hides_history: bool,
    last_ts: u64,
}

#[derive(Clone)]
pub struct Slack {
    pub address: String,
    workspace: Arc<Mutex<Workspace>>,
}

/// Methods that take no JSON (Slack's method pages).
const FORM_ONLY: [&str; 9] = [
    "users.info",
    "files.info",
    "files.getUploadURLExternal",
    "conversations.info",
    "conversations.replies",
    "bots.info",
    "auth.revoke",
    "apps.uninstall",
    "oauth.v2.access",
];

impl Slack {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let slack = Self { address, workspace: Arc::default() };
        let router = Router::new()
            .route("/api/{method}", post(call))
            .route("/hooks/{name}", post(hook))
            .route("/upload/{id}", post(upload))
            .route("/files/{id}", any(download))
            .with_state(slack.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        slack
    }

    pub fn api_url(&self) -> String {
        format!("http://{}/api", self.address)
    }

    pub fn hook(&self, name: &str) -> String {
        format!("http://{}/hooks/{name}", self.address)
    }

    pub fn trouble(&self, method: &str, troubles: &[Trouble]) {
        let mut workspace = self.workspace.lock().unwrap();
        workspace.troubles.entry(method.to_owned()).or_default().extend(troubles.iter().cloned());
    }

    pub fn hide_history(&self) {
        self.workspace.lock().unwrap().hides_history = true;
    }

    /// A file that a person has in Slack; answers its address.
    pub fn keep_file(&self, id: &str, kind: &'static str, bytes: &[u8]) -> String {
        self.workspace.lock().unwrap().files.insert(id.to_owned(), (kind, bytes.to_vec()));
        format!("http://{}/files/{id}", self.address)
    }

    pub fn know_file(&self, id: &str, file: Value) {
        self.workspace.lock().unwrap().described.insert(id.to_owned(), file);
    }

    pub fn calls(&self, method: &str) -> Vec<Value> {
        let workspace = self.workspace.lock().unwrap();
        workspace
            .calls
            .iter()
            .filter(|call| call.method == method)
            .map(|call| call.arguments.clone())
            .collect()
    }

    /// What a conversation shows, in order.
    pub fn messages(&self, channel: &str) -> Vec<Value> {
        self.workspace.lock().unwrap().messages.get(channel).cloned().unwrap_or_default()
    }

    pub fn texts(&self, channel: &str) -> Vec<String> {
        self.messages(channel).iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Words that only one person sees, by whatever way they came.
    pub fn asides(&self) -> Vec<String> {
        let workspace = self.workspace.lock().unwrap();
        let hooks = workspace.hooks.iter().map(|(_, body)| body);
        workspace
            .asides
            .iter()
            .chain(hooks)
            .map(|one| one["text"].as_str().unwrap_or("").to_owned())
            .collect()
    }

    pub fn hooks(&self, name: &str) -> Vec<Value> {
        let workspace = self.workspace.lock().unwrap();
        workspace.hooks.iter().filter(|(one, _)| one == name).map(|(_, body)| body.clone()).collect()
    }

    pub fn views(&self) -> Vec<Value> {
        self.workspace.lock().unwrap().views.clone()
    }

    pub fn uploads(&self) -> Vec<Vec<u8>> {
        self.workspace.lock().unwrap().uploads.clone()
    }
}

async fn call(
    State(slack): State<Slack>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers["content-type"].to_str().unwrap();
    let is_json = kind == "application/json; charset=utf-8";
    let arguments = if is_json {
        assert!(!FORM_ONLY.contains(&method.as_str()), "{method} takes no JSON");
        serde_json::from_slice(&body).unwrap()
    } else {
        assert_eq!(kind, "application/x-www-form-urlencoded");
        let pairs = url::form_urlencoded::parse(&body);
        Value::Object(pairs.map(|(name, value)| (name.into_owned(), json!(value))).collect::<Map<_, _>>())
    };
    let trouble = {
        let mut workspace = slack.workspace.lock().unwrap();
        workspace.calls.push(Call { method: method.clone(), arguments: arguments.clone() });
        workspace.troubles.get_mut(&method).and_then(VecDeque::pop_front)
    };
    match trouble {
        Some(Trouble::RateLimited(seconds)) => {
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())], "")
                .into_response();
        }
        Some(Trouble::Status(status)) => return StatusCode::from_u16(status).unwrap().into_response(),
        Some(Trouble::Error(code)) => return refuse(code),
        Some(Trouble::Lost) => {
            tokio::time::sleep(Duration::from_hours(1)).await;
            unreachable!("the caller has gone long ago");
        }
        Some(Trouble::AnswerLost | Trouble::DoneBut(_)) | None => {}
    }
    let token = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let answer = if token.as_deref() == Some(&format!("Bearer {TOKEN}")) {
        slack.answer(&method, &arguments)
    } else {
        refuse("invalid_auth")
    };
    if matches!(trouble, Some(Trouble::AnswerLost)) {
        tokio::time::sleep(Duration::from_hours(1)).await;
    }
    if let Some(Trouble::DoneBut(status)) = trouble {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    answer
}

fn refuse(code: &str) -> Response {
    axum::Json(json!({ "ok": false, "error": code })).into_response()
}
