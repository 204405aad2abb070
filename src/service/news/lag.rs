//! How late news is, and how much of it was not heard: figures for whoever runs the server.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::{
    ids::ChatId,
    news::{News, Reach},
};

/// After this long a change that was never heard is given up, and another is watched.
const PATIENCE: Duration = Duration::from_secs(10);

/// Watches one change at a time on its way out of this process and back, and what only a look found.
#[derive(Default)]
pub(super) struct Lag(Mutex<State>);

#[derive(Default)]
struct State {
    watched: Option<Watched>,
    /// What the last look found before it was heard, by version.
    unheard: HashMap<ChatId, i64>,
    /// Somebody said to look instead of telling.
    is_sent_to_look: bool,
}

struct Watched {
    chat: ChatId,
    version: i64,
    begun: Instant,
    /// None: the commit is under way.
    committed: Option<Instant>,
}

/// Says that this commit is the one that is watched.
pub(super) struct Turn;

impl Lag {
    /// A transaction is about to be committed and told of.
    pub fn begins(&self, news: &[News]) -> Option<Turn> {
        let (chat, reach) = news.iter().find_map(|one| match one {
            News::Moved(heads) => heads.first(),
            _ => None,
        })?;
        let mut state = self.lock();
        if state.watched.as_ref().is_some_and(|watched| watched.begun.elapsed() < PATIENCE) {
            return None;
        }
        let begun = Instant::now();
        state.watched = Some(Watched { chat: *chat, version: reach.version, begun, committed: None });
        Some(Turn)
    }

    pub fn committed(&self, _: Turn) {
        if let Some(watched) = &mut self.lock().watched {
            watched.committed = Some(Instant::now());
        }
    }

    /// News came in by the way between processes.
    pub fn heard(&self, news: &[News]) {
        let mut state = self.lock();
        for one in news {
            match one {
                News::Moved(heads) => heads.iter().for_each(|head| state.hear(*head)),
                News::Look => state.is_sent_to_look = true,
                _ => {}
            }
        }
    }

    /// A look begins: what the one before found first has had its time to be heard.
    pub fn looks(&self) {
        let mut state = self.lock();
        let missed = state.unheard.len();
        state.unheard.clear();
        metrics::counter!("aureole_news_missed_total").increment(missed.try_into().unwrap_or(u64::MAX));
    }

    /// A look found these, which nobody had told of so far.
    pub fn found(&self, heads: impl Iterator<Item = (ChatId, Reach)>) {
        let mut state = self.lock();
        if !state.is_sent_to_look {
            state.unheard.extend(heads.map(|(chat, reach)| (chat, reach.version)));
        }
    }

    pub fn looked(&self) {
        self.lock().is_sent_to_look = false;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn hear(&mut self, (chat, reach): (ChatId, Reach)) {
        if self.unheard.get(&chat).is_some_and(|version| *version <= reach.version) {
            self.unheard.remove(&chat);
        }
        let is_watched = |one: &mut Watched| one.chat == chat && one.version <= reach.version;
        if let Some(watched) = self.watched.take_if(is_watched) {
            // It may be heard before the commit's answer is.
            let lag = watched.committed.map_or(Duration::ZERO, |at| at.elapsed());
            metrics::histogram!("aureole_news_lag_seconds").record(lag.as_secs_f64());
        }
    }
}
