//! Flows that call another system, while the server is killed again and again: every chat ends with
//! exactly the log that it would have had without a single crash.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Uri},
    routing::any,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    client::{Chat, Client},
    harness::{Folder, eventually, random_below},
    server::Server,
};

const KILLS: usize = 50;
const VISITORS: usize = 8;
/// Between a start and the next kill, so many things happen at the most: answers of the server and
/// calls that reach the other system.
const EVENTS_BETWEEN_KILLS_MAX: usize = 40;

/// The system that the flow calls. It counts what happens.
#[derive(Clone, Default)]
struct Other {
    events: Arc<AtomicUsize>,
    /// Idempotency keys, by the address that was called.
    keys: Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>,
}

impl Other {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answer = any(async |State(other): State<Self>, uri: Uri, headers: HeaderMap| {
            let key = headers["idempotency-key"].to_str().unwrap().to_owned();
            other.keys.lock().unwrap().entry(uri.path().to_owned()).or_default().insert(key);
            other.events.fetch_add(1, Ordering::Relaxed);
            json!({ "echo": format!("seen {}", uri.path()) }).to_string()
        });
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    async fn progress(&self, more: usize) {
        let goal = self.events.load(Ordering::Relaxed) + more;
        let has_come = || self.events.load(Ordering::Relaxed) >= goal;
        eventually("something to happen", || std::future::ready(has_come().then_some(()))).await;
    }
}

fn profile(address: &str) -> Value {
    let call = |path: &str| json!({ "url": format!("http://{address}/{path}/$answer") }).to_string();
    let ways =
        |to: i64| json!([{ "end_step": to, "approval_result": 1 }, { "end_step": 9, "approval_result": 2 }]);
    let echo = json!([{ "id": 1, "key": "echo", "value": "/echo" }]);
    json!({ "name": "Calls", "key": "open-sesame", "access_type": 1, "steps": [
        { "step_id": 1, "isstart": true, "steptype": 2, "message": "First?", "actions": [{ "end_step": 2 }] },
        { "step_id": 2, "steptype": 11, "content": call("first"), "output_variables": echo, "actions": ways(3) },
        { "step_id": 3, "steptype": 7, "message": "$echo", "content": "Chat $chatid", "actions": ways(4) },
        { "step_id": 4, "steptype": 2, "message": "Second?", "actions": [{ "end_step": 5 }] },
        { "step_id": 5, "steptype": 11, "message": "Again.", "content": call("second"),
          "output_variables": echo, "actions": ways(6) },
        { "step_id": 6, "steptype": 16, "message": "$echo" },
        { "step_id": 9, "steptype": 16, "message": "It failed." }
    ] })
}

fn expected(name: &str) -> Vec<(i64, String)> {
    let said = |words: &str| (0, words.to_owned());
    vec![
        (1, String::new()),
        said("First?"),
        said(&format!("{name}-a")),
        (10, String::new()),
        said(&format!("seen /first/{name}-a")),
        said("Second?"),
        said(&format!("{name}-b")),
        said("Again."),
        said(&format!("seen /second/{name}-b")),
        (4, String::new()),
    ]
}

#[derive(Clone)]
struct Visitor {
    caller: Client,
    profile: String,
    other: Other,
}

impl Visitor {
    async fn insist(&self, caller: &Client, path: &str, body: &Value) -> Value {
        let answered = caller.insist(path, body).await;
        self.other.events.fetch_add(1, Ordering::Relaxed);
        answered
    }

    /// Waits until the log holds this.
    async fn hear(&self, chat: &Chat, code: i64, words: &str) {
        eventually(words, || async {
            let log = self.log(chat).await?;
            log.iter().any(|(system, text)| (*system, text.as_str()) == (code, words)).then_some(())
        })
        .await;
    }

    async fn log(&self, chat: &Chat) -> Option<Vec<(i64, String)>> {
        let log = chat.visitor.get(&format!("/ChatMessage?chat_id={}&last_id=0", chat.id)).await?;
        let entry = |entry: &Value| {
            (entry["system_id"].as_i64().unwrap(), entry["textplain"].as_str().unwrap().to_owned())
        };
        Some(log.as_array().unwrap().iter().map(entry).collect())
    }

    /// One chat from the first question to the end.
    async fn walk(&self, name: &str) -> (Chat, String) {
        let start = json!({ "chatprofileid": self.profile, "display_name": "Ada" });
        let chat = self.caller.chat(&self.insist(&self.caller, "/Chat", &start).await);
        let answer = |letter: char| json!({ "chat_id": chat.id, "text": format!("{name}-{letter}") });
        self.insist(&chat.visitor, "/ChatMessage", &answer('a')).await;
        self.hear(&chat, 0, "Second?").await;
        self.insist(&chat.visitor, "/ChatMessage", &answer('b')).await;
        self.hear(&chat, 4, "").await;
        (chat, name.to_owned())
    }
}

/// Chats one after the other, until told to stop.
async fn visit(visitor: Visitor, index: usize, stopped: Arc<AtomicBool>) -> Vec<(Chat, String)> {
    let mut walked = Vec::new();
    while !stopped.load(Ordering::Relaxed) {
        walked.push(visitor.walk(&format!("v{index}-{}", walked.len())).await);
    }
    walked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_chat_ends_with_its_log_whenever_the_server_is_killed() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let other = Other::default();
    let (status, body) = staff.post("/ChatProfile", &profile(&other.start().await), None).await.unwrap();
    assert_eq!(status, 201, "{body}");
    let profile = body["id"].as_str().unwrap().to_owned();
    let visitor = Visitor { caller: staff.clone(), profile, other: other.clone() };
    let stopped = Arc::new(AtomicBool::new(false));
    let mut visitors = JoinSet::new();
    for index in 0..VISITORS {
        visitors.spawn(visit(visitor.clone(), index, stopped.clone()));
    }
    for _ in 0..KILLS {
        other.progress(1 + random_below(EVENTS_BETWEEN_KILLS_MAX)).await;
        server.kill(false);
        server.restart().await;
    }
    stopped.store(true, Ordering::Relaxed);
    let walked = visitors.join_all().await.concat();
    for (chat, name) in &walked {
        assert_eq!(visitor.log(chat).await.unwrap(), expected(name), "chat {}", chat.id);
    }
    let tickets = staff.read("/Tickets?pageinate=true&page_size=1").await;
    assert_eq!(tickets["record_count"], walked.len(), "one ticket a chat");
    for (path, keys) in &*other.keys.lock().unwrap() {
        assert_eq!(keys.len(), 1, "{path}: a call that is repeated has the same key");
    }
    println!("{KILLS} kills, {} chats", walked.len());
}
