//! Followers: each polls the logs of chats with `last_id` and keeps what it sees.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::task::JoinSet;

use crate::{
    client::{Chat, Client, Entry},
    harness::eventually,
};

/// Chats of one follower when there are many.
const CHATS_PER_FOLLOWER: usize = 25;

/// What was seen of each chat.
pub type Seen = BTreeMap<i64, Vec<Entry>>;

/// Followers at work.
pub struct Followers {
    tasks: JoinSet<Seen>,
    finished: Arc<AtomicBool>,
}

impl Followers {
    /// Follows every chat as each of the callers and as its visitor.
    pub fn start(callers: &[Client], chats: &[Chat]) -> Self {
        let mut followers = Self { tasks: JoinSet::new(), finished: Arc::default() };
        for (index, chats) in chats.chunks(CHATS_PER_FOLLOWER).enumerate() {
            for caller in callers {
                followers.spawn(chats.iter().map(|chat| (chat.id, caller.clone())).collect());
            }
            let caller = &callers[index % callers.len()];
            let visitors = chats.iter().map(|chat| (chat.id, caller.speaking_as(&chat.visitor)));
            followers.spawn(visitors.collect());
        }
        followers
    }

    fn spawn(&mut self, chats: Vec<(i64, Client)>) {
        let finished = self.finished.clone();
        self.tasks.spawn(follow(chats, finished));
    }

    /// Says that nothing more is written, and collects what everybody saw.
    pub async fn finish(self) -> Vec<Seen> {
        self.finished.store(true, Ordering::Release);
        self.tasks.join_all().await
    }
}

async fn follow(chats: Vec<(i64, Client)>, finished: Arc<AtomicBool>) -> Seen {
    let mut seen = Seen::new();
    loop {
        // The first round that begins after the last write and brings nothing is the end.
        let is_last = finished.load(Ordering::Acquire);
        let mut is_empty = true;
        for (chat, caller) in &chats {
            let log = seen.entry(*chat).or_default();
            let last = log.last().map_or(0, |entry| entry.number);
            let news = eventually("a poll to be answered", || caller.entries_after(*chat, last)).await;
            for entry in news {
                let last = log.last().map_or(0, |entry| entry.number);
                assert_eq!(entry.number, last + 1, "chat {chat} is read in order, without a gap");
                log.push(entry);
                is_empty = false;
            }
        }
        if is_last && is_empty {
            return seen;
        }
    }
}
