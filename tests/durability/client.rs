//! Callers of the API: somebody with a token, at one server.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::eventually;

/// Somebody with a token. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// A chat and its visitor.
#[derive(Clone)]
pub struct Chat {
    pub id: i64,
    pub visitor: Client,
}

/// One entry of a log, as far as the tests look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub number: i64,
    pub text: String,
}

impl Client {
    pub fn new(http: reqwest::Client, base: String, token: &str) -> Self {
        Self { http, base, token: token.to_owned() }
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// Somebody else, at this caller's server.
    pub fn speaking_as(&self, other: &Self) -> Self {
        self.with_token(&other.token)
    }

    /// The same caller at another server of the same database.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// The status and the body; none: no whole answer arrived.
    pub async fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Option<(u16, Value)> {
        let request = self.request(Method::POST, path).json(body);
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        answer(request).await
    }

    /// Repeats a request under one key until it is answered; what it was answered.
    pub async fn insist(&self, path: &str, body: &Value) -> Value {
        let key = Uuid::new_v4().to_string();
        eventually(path, || async {
            match self.post(path, body, Some(&key)).await {
                Some((201, answer)) => Some(answer),
                None | Some((500.., _)) => None,
                other => panic!("{path} {body}: {other:?}"),
            }
        })
        .await
    }

    /// The status of a request of somebody who has no token, but proofs of another kind.
    pub async fn post_raw(&self, path: &str, headers: &[(&str, String)], body: String) -> Option<u16> {
        let mut request = self.http.request(Method::POST, format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        Some(request.send().await.ok()?.status().as_u16())
    }

    /// The body; none: no whole answer arrived, or the server is not well yet.
    pub async fn get(&self, path: &str) -> Option<Value> {
        let (status, body) = answer(self.request(Method::GET, path)).await?;
        assert!(status == 200 || status >= 500, "GET {path}: {status} {body}");
        (status == 200).then_some(body)
    }

    /// Asks until the server answers.
    pub async fn read(&self, path: &str) -> Value {
        eventually(path, || self.get(path)).await
    }

    /// Publishes a profile whose bot asks the same again and again.
    pub async fn publish(&self) -> String {
        let profile = json!({
            "name": "Durability", "key": "open-sesame", "access_type": 1,
            "steps": [{
                "step_id": 1, "name": "Again", "steptype": 1, "isstart": true, "message": "Go on?",
                "actions": [{"id": 1, "action_name": "Yes", "end_step": 1}]
            }]
        });
        let (status, body) = self.post("/ChatProfile", &profile, None).await.expect("the server answers");
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("a profile's id is text").to_owned()
    }

    pub async fn start_chat(&self, profile: &str) -> Chat {
        let body = json!({"chatprofileid": profile, "display_name": "Ada"});
        let (status, body) = self.post("/Chat", &body, None).await.expect("the server answers");
        assert_eq!(status, 201, "{body}");
        self.chat(&body)
    }

    /// The chat that a start has answered.
    pub fn chat(&self, started: &Value) -> Chat {
        let token = started["access_token"].as_str().expect("a start answers a token");
        Chat { id: started["id"].as_i64().expect("a chat has an id"), visitor: self.with_token(token) }
    }

    pub async fn start_chats(&self, count: usize) -> Vec<Chat> {
        let profile = self.publish().await;
        let mut chats = Vec::with_capacity(count);
        for _ in 0..count {
            chats.push(self.start_chat(&profile).await);
        }
        chats
    }

    /// An answer that goes on; none: there is none.
    pub async fn open(&self, path: &str) -> Option<reqwest::Response> {
        let response = self.request(Method::GET, path).send().await.ok()?;
        response.status().is_success().then_some(response)
    }

    /// Where a socket is opened, and with which token.
    pub fn socket(&self, path: &str) -> (String, &str) {
        (format!("{}{path}", self.base.replacen("http", "ws", 1)), &self.token)
    }

    /// Entries of a chat's log after this one; none: no answer.
    pub async fn entries_after(&self, chat: i64, last: i64) -> Option<Vec<Entry>> {
        let body = self.get(&format!("/ChatMessage?chat_id={chat}&last_id={last}")).await?;
        let entries = body.as_array().expect("a log is an array").iter().map(|entry| Entry {
            number: entry["id"].as_i64().expect("an entry has a number"),
            text: entry["text"].as_str().expect("an entry has a text").to_owned(),
        });
        Some(entries.collect())
    }

    /// A whole log, page by page.
    pub async fn log(&self, chat: i64) -> Vec<Entry> {
        let mut log: Vec<Entry> = Vec::new();
        loop {
            let last = log.last().map_or(0, |entry| entry.number);
            let page = eventually("a page of a log", || self.entries_after(chat, last)).await;
            if page.is_empty() {
                return log;
            }
            log.extend(page);
        }
    }
}

async fn answer(request: RequestBuilder) -> Option<(u16, Value)> {
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let body = response.bytes().await.ok()?;
    Some((status, serde_json::from_slice(&body).expect("every answer is JSON")))
}
