//! Visitors whose tokens open more than before. Only what was checked of those counts as unchecked.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use moka::sync::Cache;

use crate::domain::ids::ChatId;

const CHATS_IN_MEMORY_MAX: u64 = 50_000;
/// Longer than a checked token is believed.
const REMEMBERED: Duration = Duration::from_mins(1);

/// Upgrades are counted; of each chat the number of its last is kept.
pub(super) struct Upgrades {
    count: AtomicU64,
    latest: Cache<ChatId, u64>,
}

impl Default for Upgrades {
    fn default() -> Self {
        let latest = Cache::builder().max_capacity(CHATS_IN_MEMORY_MAX).time_to_live(REMEMBERED).build();
        Self { count: AtomicU64::new(0), latest }
    }
}

impl Upgrades {
    /// Counted before it is kept: a check that begins in between has read what was committed.
    pub fn hear(&self, chat: ChatId) {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.latest.insert(chat, number);
    }

    pub fn now(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    pub fn is_upgraded_since(&self, chat: ChatId, number: u64) -> bool {
        self.latest.get(&chat).is_some_and(|latest| latest > number)
    }
}
