//! Writers: each posts one message after the other and keeps what was acknowledged.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    client::{Chat, Client},
    harness::{WRITERS, eventually},
};

/// A message that the server said is stored.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub chat: i64,
    pub number: i64,
    pub text: String,
}

/// How long the writers go on.
#[derive(Clone, Copy)]
pub enum Length {
    /// Messages of each writer. Every one must be taken at the first try.
    Messages(usize),
    /// The same, and a post that was not answered is repeated under its key.
    Repeated(usize),
    /// Until they are stopped. A post that was not answered is repeated under its key.
    Endless,
}

/// Writers at work.
pub struct Writers {
    tasks: JoinSet<Vec<Acknowledged>>,
    pub acknowledged: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
}

impl Writers {
    /// Sends the writers off, spread over `callers`; every other one speaks as the visitor of the
    /// chat, and so with the bot, which answers each message in the same transaction.
    pub fn start(callers: &[Client], chats: &[Chat], length: Length) -> Self {
        let mut writers =
            Self { tasks: JoinSet::new(), acknowledged: Arc::default(), stopped: Arc::default() };
        for index in 0..WRITERS {
            // Pairs share a server, so that staff and visitors write at every one.
            let caller = &callers[index / 2 % callers.len()];
            let writer = Writer {
                index,
                caller: caller.clone(),
                chats: chats.to_vec(),
                is_visitor: index % 2 == 0,
                count: writers.acknowledged.clone(),
            };
            writers.tasks.spawn(writer.write(length, writers.stopped.clone()));
        }
        writers
    }

    /// Waits for the writers to finish what they were given.
    pub async fn join(self) -> Vec<Acknowledged> {
        self.tasks.join_all().await.concat()
    }

    /// Waits for the posts under way, and no more.
    pub async fn stop(self) -> Vec<Acknowledged> {
        self.stopped.store(true, Ordering::Relaxed);
        self.join().await
    }

    /// Waits until so many more have been acknowledged.
    pub async fn progress(&self, more: usize) {
        self.reach(self.acknowledged.load(Ordering::Relaxed) + more).await;
    }

    /// Waits until so many have been acknowledged, for as long as it is getting more.
    pub async fn reach(&self, goal: usize) {
        let count = || self.acknowledged.load(Ordering::Relaxed);
        loop {
            let before = count();
            if before >= goal {
                return;
            }
            let is_more = || std::future::ready((count() > before).then_some(()));
            eventually("posts to be acknowledged", is_more).await;
        }
    }
}

struct Writer {
    index: usize,
    caller: Client,
    chats: Vec<Chat>,
    is_visitor: bool,
    count: Arc<AtomicUsize>,
}

impl Writer {
    async fn write(self, length: Length, stopped: Arc<AtomicBool>) -> Vec<Acknowledged> {
        let mut acknowledged = Vec::new();
        for turn in 0.. {
            let is_over = match length {
                Length::Messages(messages) | Length::Repeated(messages) => turn == messages,
                Length::Endless => stopped.load(Ordering::Relaxed),
            };
            if is_over {
                break;
            }
            // Each starts in another chat, and all come through all of them.
            let chat = &self.chats[(self.index * 7 + turn) % self.chats.len()];
            let text = format!("w{}-{turn}", self.index);
            let number = self.post(chat, &text, !matches!(length, Length::Messages(_))).await;
            acknowledged.push(Acknowledged { chat: chat.id, number, text });
            self.count.fetch_add(1, Ordering::Relaxed);
        }
        acknowledged
    }

    async fn post(&self, chat: &Chat, text: &str, may_repeat: bool) -> i64 {
        let caller =
            if self.is_visitor { self.caller.speaking_as(&chat.visitor) } else { self.caller.clone() };
        let body = json!({"chat_id": chat.id, "text": text});
        let key = may_repeat.then(|| Uuid::new_v4().to_string());
        let post = async || match caller.post("/ChatMessage", &body, key.as_deref()).await {
            Some((201, answer)) => Some(answer["id"].as_i64().expect("an entry has a number")),
            None | Some((500.., _)) if may_repeat => None,
            other => panic!("{text}: {other:?}"),
        };
        eventually("a post to be answered", post).await
    }
}
