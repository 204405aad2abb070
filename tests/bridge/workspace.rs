//! A desk whose profile people in Slack talk to, and what Slack sends for them, signed.

use std::sync::atomic::{AtomicU64, Ordering};

use aureole::slack::{courier, inbound, notice};
use axum::body::Body;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    harness::{Desk, Reply, TestApp},
    slack::{BOT_USER, Slack, TOKEN},
};

pub const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub const ADA: &str = "UADA";
/// The bot's direct messages with Ada.
pub const DIRECT: &str = "DUADA";

/// A workspace with one app in it.
pub struct Workspace {
    pub desk: Desk,
    pub slack: Slack,
    drawn: AtomicU64,
}

impl Workspace {
    pub async fn new() -> Self {
        Self::with_steps(None, &[]).await
    }

    /// With a flow of these steps, and some of the operator's variables.
    pub async fn with_steps(steps: Option<Value>, variables: &[(&str, &str)]) -> Self {
        let slack = Slack::start().await;
        let api_url = slack.api_url();
        let own = [
            ("SLACK_API_URL", api_url.as_str()),
            ("SLACK_HOOK_HOSTS", "127.0.0.1"),
            ("SLACK_TIMEOUT_SECONDS", "1"),
        ];
        let variables: Vec<(&str, &str)> = own.iter().chain(variables).copied().collect();
        let desk = Desk::over(TestApp::with(&variables).await).await;
        if let Some(steps) = steps {
            desk.publish("talk", steps.clone()).await;
        }
        let profile = if desk.test.get("/ChatProfile/talk", &desk.test.admin).await.status == 200 {
            "talk"
        } else {
            "help"
        };
        let app = json!({ "name": "Help bot", "app_id": "A1", "new_bot_user_oauth_token": TOKEN,
            "new_signing_secret": SECRET, "chat_profile_id": profile });
        desk.test.post("/SlackChatApp", &desk.test.admin, &app).await.expect(201);
        Self { desk, slack, drawn: AtomicU64::new(1) }
    }

    fn draw(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    /// A time stamp that no other message has.
    pub fn ts(&self) -> String {
        format!("1772441000.{:06}", self.draw())
    }

    pub fn now(&self) -> i64 {
        use aureole::clock::Clock;
        self.desk.test.clock.now().timestamp()
    }

    /// A request as Slack makes it.
    pub async fn send(&self, path: &str, kind: &str, body: String) -> Reply {
        let timestamp = self.now().to_string();
        let signature = sign(SECRET, &timestamp, &body);
        self.send_signed(path, kind, &timestamp, &signature, body).await
    }

    pub async fn send_signed(
        &self,
        path: &str,
        kind: &str,
        timestamp: &str,
        signature: &str,
        body: String,
    ) -> Reply {
        let headers = [
            ("content-type".to_owned(), kind.to_owned()),
            ("x-slack-request-timestamp".to_owned(), timestamp.to_owned()),
            ("x-slack-signature".to_owned(), signature.to_owned()),
        ];
        self.desk.test.call("POST", path, &headers, Body::from(body)).await
    }

    /// An event in its envelope, with an id of its own.
    pub fn envelope(&self, event: &Value) -> Value {
        json!({
            "token": "x", "team_id": "T1", "api_app_id": "A1", "type": "event_callback",
            "event_id": format!("Ev{}", self.draw()), "event_time": self.now(), "event": event,
            "authorizations": [{ "enterprise_id": null, "team_id": "T1", "user_id": BOT_USER, "is_bot": true,
                "is_enterprise_install": false }],
        })
    }

    pub async fn event(&self, event: &Value) {
        let body = self.envelope(event).to_string();
        self.send("/Slack/Event", "application/json", body).await.expect(200);
    }

    /// Words in the bot's direct messages; answers their time stamp.
    pub async fn says(&self, text: &str) -> String {
        let ts = self.ts();
        self.event(&direct_message(ADA, text, &ts)).await;
        self.settle().await;
        ts
    }

    pub async fn command(&self, name: &str, text: &str, channel: &str) -> Reply {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("command", name),
                ("text", text),
                ("api_app_id", "A1"),
                ("team_id", "T1"),
                ("channel_id", channel),
                ("channel_name", "somewhere"),
                ("user_id", ADA),
                ("user_name", "ada"),
                ("response_url", &self.slack.hook("answer")),
                ("trigger_id", &format!("{}.1.x", self.draw())),
            ])
            .finish();
        let reply = self.send("/Slack/Command", "application/x-www-form-urlencoded", form).await;
        self.settle().await;
        reply
    }

    pub async fn interact(&self, mut payload: Value) -> Reply {
        payload["api_app_id"] = json!("A1");
        payload["team"] = json!({ "id": "T1", "domain": "team" });
        if payload["user"].is_null() {
            payload["user"] = json!({ "id": ADA, "username": "ada", "team_id": "T1" });
        }
        payload["trigger_id"] = json!(format!("{}.2.x", self.draw()));
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        let reply = self.send("/Slack/Interactivity", "application/x-www-form-urlencoded", form).await;
        self.settle().await;
        reply
    }

    /// Somebody uses a control of a message.
    pub async fn uses(&self, channel: &str, action: Value) {
        self.interact(self.click(channel, &action)).await.expect(200);
    }

    pub fn click(&self, channel: &str, action: &Value) -> Value {
        json!({ "type": "block_actions", "actions": [action], "channel": { "id": channel, "name": "directmessage" },
            "response_url": self.slack.hook("answer"), "state": { "values": {} } })
    }

    /// Works off what came and tells what is new, until there is nothing left to do now.
    pub async fn settle(&self) {
        let app = &self.desk.test.app;
        while inbound::drain(app).await.unwrap()
            + courier::drain(app).await.unwrap()
            + notice::drain(app).await.unwrap()
            > 0
        {}
    }

    /// The chats there are, the newest last.
    pub async fn chats(&self) -> Vec<Value> {
        let list = self.desk.test.get("/Chat?order=id", &self.desk.test.admin).await.expect(200);
        list["chats"].as_array().unwrap().clone()
    }

    pub async fn only_chat(&self) -> i64 {
        let chats = self.chats().await;
        assert_eq!(chats.len(), 1, "{chats:?}");
        chats[0]["id"].as_i64().unwrap()
    }

    pub async fn transcript(&self, chat: i64) -> Vec<String> {
        self.desk.transcript(chat, &self.desk.test.admin).await
    }
}

pub fn direct_message(user: &str, text: &str, ts: &str) -> Value {
    json!({ "type": "message", "channel": format!("D{user}"), "channel_type": "im", "user": user, "text": text,
        "ts": ts, "event_ts": ts, "client_msg_id": ts, "team": "T1" })
}

pub fn sign(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    mac.finalize().into_bytes().iter().fold("v0=".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The controls of the last message of a conversation that has some.
pub fn controls(slack: &Slack, channel: &str) -> Vec<Value> {
    let messages = slack.messages(channel);
    let last = messages.iter().rev().find_map(|message| {
        let blocks = message["blocks"].as_array()?;
        let controls: Vec<Value> = blocks
            .iter()
            .filter(|block| block["type"] == "actions")
            .flat_map(|block| {
                block["elements"].as_array().unwrap().iter().map(|element| {
                    let mut element = element.clone();
                    element["block_id"] = block["block_id"].clone();
                    element
                })
            })
            .collect();
        (!controls.is_empty()).then_some(controls)
    });
    last.expect("some message has controls")
}
