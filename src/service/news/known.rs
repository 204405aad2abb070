//! What a process knows of chats without asking the database. It may be a moment old, never wrong
//! for longer: it counts only while news is heard, and looks confirm that it is.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use moka::{ops::compute::Op, sync::Cache};

use crate::domain::{ids::ChatId, news::Reach};

const CHATS_IN_MEMORY_MAX: u64 = 200_000;
/// Looks come once a second; without one for this long nothing that is remembered counts.
const UNCONFIRMED_MAX: Duration = Duration::from_secs(3);

/// A time during which all news was heard. Knowledge from one does not count in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trust(u64);

struct State {
    time: u64,
    is_hearing: bool,
    confirmed_at: Option<Instant>,
}

pub(super) struct Known {
    state: Mutex<State>,
    reaches: Cache<ChatId, (Trust, Reach)>,
}

impl Known {
    pub fn new() -> Self {
        let state = State { time: 0, is_hearing: false, confirmed_at: None };
        Self { state: Mutex::new(state), reaches: Cache::new(CHATS_IN_MEMORY_MAX) }
    }

    /// The present time of trust; none: nothing that is remembered counts now.
    pub fn trust(&self) -> Option<Trust> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_confirmed = state.confirmed_at.is_some_and(|at| at.elapsed() < UNCONFIRMED_MAX);
        (state.is_hearing && is_confirmed).then_some(Trust(state.time))
    }

    /// News may have been lost.
    pub fn lose(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.time += 1;
        state.is_hearing = false;
    }

    /// Everything up to now has been looked at; news is heard, or is not.
    pub fn confirm(&self, is_hearing: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_hearing = is_hearing;
        state.confirmed_at = Some(Instant::now());
    }

    pub fn reach(&self, chat: ChatId) -> Option<Reach> {
        let trust = self.trust()?;
        self.reaches.get(&chat).filter(|(then, _)| *then == trust).map(|(_, reach)| reach)
    }

    /// Keeps how far a chat has come; never less than is known.
    pub fn learn(&self, trust: Trust, chat: ChatId, reach: Reach) {
        self.reaches.entry(chat).and_compute_with(|present| {
            let known = present.map(moka::Entry::into_value);
            let is_newer = known.is_none_or(|(then, known)| then != trust || known.version < reach.version);
            if is_newer { Op::Put((trust, reach)) } else { Op::Nop }
        });
    }
}
