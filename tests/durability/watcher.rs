//! Watchers of one chat each, by every transport, who lose their connections again and again.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

use crate::client::{Chat, Client, Entry};

/// How long a watcher waits for something before it looks whether it is done.
const QUIET: Duration = Duration::from_millis(500);
/// Entries after which a watcher cuts its connection, at the most.
const ENTRIES_PER_CONNECTION_MAX: u128 = 40;

#[derive(Clone, Copy, Debug)]
pub enum Transport {
    Poll,
    LongPoll,
    Stream,
    Socket,
}

impl Transport {
    pub const ALL: [Self; 4] = [Self::Poll, Self::LongPoll, Self::Stream, Self::Socket];
}

/// Anything below this, as often as anything else.
pub fn random(below: u128) -> usize {
    usize::try_from(Uuid::new_v4().as_u128() % below.max(1)).expect("it is small")
}

/// What a watcher has seen of its chat.
pub struct Watcher {
    chat: Chat,
    servers: Vec<Client>,
    transport: Transport,
    pub seen: Vec<Entry>,
}

impl Watcher {
    pub fn new(chat: Chat, servers: &[Client], transport: Transport) -> Self {
        Self { chat, servers: servers.to_vec(), transport, seen: Vec::new() }
    }

    fn last(&self) -> i64 {
        self.seen.last().map_or(0, |entry| entry.number)
    }

    /// Watches through one connection, to a server at random, until it breaks or is cut.
    pub async fn watch(&mut self) {
        let caller = self.servers[random(self.servers.len() as u128)].speaking_as(&self.chat.visitor);
        match self.transport {
            Transport::Poll => self.read(&caller, "").await,
            Transport::LongPoll => self.read(&caller, "&wait=1").await,
            Transport::Stream => drop(self.stream(&caller).await),
            Transport::Socket => drop(self.socket(&caller).await),
        }
    }

    async fn read(&mut self, caller: &Client, wait: &str) {
        let path = format!("/ChatMessage?chat_id={}&last_id={}{wait}", self.chat.id, self.last());
        // Half of the answers never arrive.
        let answer = timeout(Duration::from_millis(200 + random(2_000) as u64), caller.get(&path)).await;
        for entry in answer.ok().flatten().iter().flat_map(|log| log.as_array().expect("a log is an array")) {
            self.take(entry);
        }
        tokio::time::sleep(Duration::from_millis(random(100) as u64)).await;
    }

    async fn stream(&mut self, caller: &Client) -> Option<()> {
        let path = format!("/ChatMessage/Stream?chat_id={}&last_id={}", self.chat.id, self.last());
        let mut response = timeout(Duration::from_secs(5), caller.open(&path)).await.ok()??;
        let mut text = String::new();
        let mut left = random(ENTRIES_PER_CONNECTION_MAX);
        while left > 0 {
            let chunk = timeout(QUIET, response.chunk()).await.ok()?.ok()??;
            text.push_str(std::str::from_utf8(&chunk).expect("frames are text and come whole"));
            while let Some(end) = text.find("\n\n") {
                let block: String = text.drain(..end + 2).collect();
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
                if field("event: ") == Some("message") {
                    self.take(&serde_json::from_str(field("data: ")?).expect("data is JSON"));
                    left = left.saturating_sub(1);
                }
            }
        }
        Some(())
    }

    async fn socket(&mut self, caller: &Client) -> Option<()> {
        let (url, token) =
            caller.socket(&format!("/ChatMessage/Socket?chat_id={}&last_id={}", self.chat.id, self.last()));
        let mut request = url.into_client_request().expect("the address is well-formed");
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        let (mut socket, _) = timeout(Duration::from_secs(5), connect_async(request)).await.ok()?.ok()?;
        let mut left = random(ENTRIES_PER_CONNECTION_MAX);
        while left > 0 {
            let Message::Text(text) = timeout(QUIET, socket.next()).await.ok()??.ok()? else { continue };
            let frame: Value = serde_json::from_str(&text).expect("a frame is JSON");
            if frame["event"] == "message" {
                self.take(&frame["data"]);
                left = left.saturating_sub(1);
            }
        }
        Some(())
    }

    fn take(&mut self, entry: &Value) {
        let entry = Entry {
            number: entry["id"].as_i64().expect("an entry has a number"),
            text: entry["text"].as_str().expect("an entry has a text").to_owned(),
        };
        let (chat, transport) = (self.chat.id, self.transport);
        assert_eq!(
            entry.number,
            self.last() + 1,
            "chat {chat} by {transport:?}: once, in order, without a gap"
        );
        self.seen.push(entry);
    }
}
