//! Answering an empty poll from memory: that a chat has nothing new, and that this caller may see it.

use std::hash::{BuildHasher, RandomState};

use moka::sync::Cache;

use crate::{
    app::App,
    domain::{caller::Caller, ids::ChatId, news::Reach},
    service::news::Trust,
    store::{self, Conn, StoreError},
};

const SIGHTS_IN_MEMORY_MAX: u64 = 200_000;

/// Who was let see which chat, and at which of its versions. Whatever changes who may see a chat
/// changes its version, or the caller.
pub struct Sights {
    seen: Cache<(u64, ChatId), i64>,
    hasher: RandomState,
}

impl Default for Sights {
    fn default() -> Self {
        Self { seen: Cache::new(SIGHTS_IN_MEMORY_MAX), hasher: RandomState::new() }
    }
}

impl Sights {
    fn key(&self, caller: &Caller, chat: ChatId) -> (u64, ChatId) {
        (self.hasher.hash_one(caller), chat)
    }
}

/// What is about to be learned of a chat; none: news is not heard, so nothing is remembered.
pub(super) struct Learning(Option<(Trust, ChatId, Reach)>);

/// Whether it is known, without asking, that this caller may see the chat and finds nothing new.
pub(super) fn has_nothing_after(app: &App, caller: &Caller, chat: ChatId, after: i32) -> bool {
    let Some(reach) = app.news.reach(chat) else { return false };
    let (last, may_see) = match caller {
        Caller::Visitor { chat: own, .. } if *own == chat => (reach.last_public, true),
        _ => {
            let seen = app.sights.seen.get(&app.sights.key(caller, chat));
            let last = if caller.is_visitor() { reach.last_public } else { reach.last };
            (last, seen == Some(reach.version))
        }
    };
    may_see && last.get() <= after
}

/// Notes how far a chat has come, before it is looked at: what is learned is never ahead of what is
/// seen. One round trip unless it is known.
pub(super) async fn begin(app: &App, conn: &mut Conn, chat: ChatId) -> Result<Learning, StoreError> {
    let Some(trust) = app.news.trust() else { return Ok(Learning(None)) };
    let reach = match app.news.reach(chat) {
        Some(reach) => Some(reach),
        None => store::news::find_reach(conn, chat).await?,
    };
    Ok(Learning(reach.map(|reach| (trust, chat, reach))))
}

/// Keeps it, and that this caller may see the chat.
pub(super) fn keep(app: &App, caller: &Caller, learning: &Learning) {
    let Some((trust, chat, reach)) = learning.0 else { return };
    app.news.learn(trust, chat, reach);
    app.sights.seen.insert(app.sights.key(caller, chat), reach.version);
}
