//! Slack's events while the server is killed: what it was told 200 for becomes one message, and what
//! the bot answers is told in Slack once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri},
    routing::any,
};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::{
    client::Client,
    harness::{Folder, eventually, scaled},
    server::Server,
};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const KILLS: usize = 200;
const EVENTS_BETWEEN_KILLS: usize = 8;

/// Slack, as far as the bridge asks it. It takes every post, and counts what happens.
#[derive(Clone, Default)]
struct Slack {
    events: Arc<AtomicUsize>,
    /// By conversation.
    posts: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
}

impl Slack {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answer = any(async |State(slack): State<Self>, uri: Uri, headers: HeaderMap, body: Bytes| {
            slack.events.fetch_add(1, Ordering::Relaxed);
            let json = [("content-type", "application/json")];
            (json, slack.answer(uri.path(), &headers, &body).to_string())
        });
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/api")
    }

    fn answer(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Value {
        let is_json = headers["content-type"].to_str().unwrap().starts_with("application/json");
        let arguments: Value = if is_json {
            serde_json::from_slice(body).unwrap()
        } else {
            url::form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), json!(value))).collect()
        };
        let channel = arguments["channel"].as_str().unwrap_or_default().to_owned();
        let mut posts = self.posts.lock().unwrap();
        match path.rsplit('/').next().unwrap() {
            "chat.postMessage" => {
                let shown = posts.entry(channel).or_default();
                let ts = format!("1.{:06}", shown.len() + 1);
                let mut message = arguments;
                message["ts"] = json!(ts);
                message["bot_id"] = json!("B1");
                shown.push(message);
                json!({ "ok": true, "ts": ts })
            }
            "conversations.history" => {
                json!({ "ok": true, "messages": posts.get(&channel).cloned().unwrap_or_default() })
            }
            "users.info" => json!({ "ok": true, "user": { "name": "ada" } }),
            _ => json!({ "ok": true, "user_id": "UBOT", "team_id": "T1", "bot_id": "B1" }),
        }
    }

    async fn progress(&self) {
        let goal = self.events.load(Ordering::Relaxed) + EVENTS_BETWEEN_KILLS;
        let has_come = || self.events.load(Ordering::Relaxed) >= goal;
        eventually("something to happen", || std::future::ready(has_come().then_some(()))).await;
    }
}

fn event(number: usize) -> String {
    let user = format!("U{number}");
    json!({
        "type": "event_callback", "api_app_id": "A1", "team_id": "T1", "event_id": format!("Ev{number}"),
        "event": { "type": "message", "channel_type": "im", "channel": format!("D{number}"), "user": user,
            "text": format!("Hello {number}"), "ts": format!("2.{number:06}") },
    })
    .to_string()
}

/// Sends an event until it is acknowledged, as Slack would.
async fn deliver(client: &Client, number: usize) {
    let body = event(number);
    eventually("an acknowledgement", || async {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let timestamp = since_1970.as_secs().to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("v0:{timestamp}:{body}").as_bytes());
        let hex = |hex: String, byte: &u8| format!("{hex}{byte:02x}");
        let signature = mac.finalize().into_bytes().iter().fold("v0=".to_owned(), hex);
        let headers = [("x-slack-signature", signature), ("x-slack-request-timestamp", timestamp)];
        client.post_raw("/Slack/Event", &headers, body.clone()).await.filter(|status| *status == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_one_message_each_and_answers_one_post_whatever_is_killed() {
    let folder = Folder::new();
    let slack = Slack::default();
    let api = slack.start().await;
    let mut server = Server::start_with(&folder.0, &[("SLACK_API_URL", &api)]).await;
    let client = server.sign_in().await;
    let profile = client.publish().await;
    let app = json!({ "name": "Bot", "app_id": "A1", "chat_profile_id": profile,
        "new_bot_user_oauth_token": "xoxb-1", "new_signing_secret": SECRET });
    assert_eq!(client.post("/SlackChatApp", &app, None).await.unwrap().0, 201);
    let kills = scaled(KILLS, 10);
    let sender = {
        let client = client.clone();
        tokio::spawn(async move {
            for number in 0..kills * 4 {
                deliver(&client, number).await;
            }
        })
    };
    for kill in 0..kills {
        slack.progress().await;
        server.kill(kill % 3 == 2);
        server.restart().await;
        if sender.is_finished() {
            break;
        }
    }
    sender.await.unwrap();
    let is_told = |number: usize| slack.posts.lock().unwrap().contains_key(&format!("D{number}"));
    eventually("every answer to be told", || std::future::ready((0..kills * 4).all(is_told).then_some(())))
        .await;
    let chats = client.read("/Chat?pageinate=true&page_size=1000&page_no=1").await;
    let chats = chats["chats"].as_array().unwrap();
    assert_eq!(chats.len(), kills * 4, "an event is one chat");
    for chat in chats {
        let log = client.read(&format!("/ChatMessage?chat_id={}", chat["id"])).await;
        let of = |who: &str| {
            let said = log.as_array().unwrap().iter().filter(|entry| entry["system_id"] == 0);
            said.filter(|entry| entry["text"].as_str().unwrap().starts_with(who)).count()
        };
        assert_eq!((of("Hello"), of("Go on?")), (1, 1), "{log}");
    }
    for (channel, posts) in &*slack.posts.lock().unwrap() {
        assert_eq!(posts.len(), 1, "{channel} was told once: {posts:?}");
    }
}
