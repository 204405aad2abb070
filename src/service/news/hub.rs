//! Where news meets those who wait for it, inside one process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{Trust, known::Known, lag::Lag, upgrades::Upgrades};
use crate::{
    app::App,
    domain::{
        ids::ChatId,
        news::{News, Reach},
    },
};

/// What those who watch a chat are told. It holds only the latest, however slow they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signal {
    /// The newest version that was told of; 0: none yet.
    pub version: i64,
    /// Counts changes in who is typing.
    pub typing: u64,
}

/// Everything that waits for news in this process.
pub struct Hub {
    known: Known,
    watched: Mutex<HashMap<ChatId, watch::Sender<Signal>>>,
    /// Counts news of any chat.
    moves: watch::Sender<u64>,
    /// Counts revocations: what was checked under another number counts as unchecked.
    rights: watch::Sender<u64>,
    upgrades: Upgrades,
    stopping: watch::Sender<bool>,
    /// Count news of work that waits.
    outbox: watch::Sender<u64>,
    slack: watch::Sender<u64>,
    pub(super) lag: Lag,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            known: Known::new(),
            watched: Mutex::default(),
            moves: watch::Sender::new(0),
            rights: watch::Sender::new(0),
            upgrades: Upgrades::default(),
            stopping: watch::Sender::new(false),
            outbox: watch::Sender::new(0),
            slack: watch::Sender::new(0),
            lag: Lag::default(),
        }
    }
}

impl Hub {
    /// The present time of trust: while it lasts, what this process has learned counts.
    pub fn trust(&self) -> Option<Trust> {
        self.known.trust()
    }

    /// How far a chat has come, if this process knows.
    pub fn reach(&self, chat: ChatId) -> Option<Reach> {
        self.known.reach(chat)
    }

    /// Keeps what was read from the database during a time of trust.
    pub fn learn(&self, trust: Trust, chat: ChatId, reach: Reach) {
        self.known.learn(trust, chat, reach);
    }

    /// News may have been lost.
    pub fn lose(&self) {
        self.known.lose();
    }

    /// Everything up to now has been looked at; news is heard, or is not.
    pub fn confirm(&self, is_hearing: bool) {
        self.known.confirm(is_hearing);
    }

    /// Wakes those who wait for this. Hearing the same twice does no harm.
    pub fn hear(&self, news: &[News]) {
        for one in news {
            match one {
                News::Moved(heads) => self.move_heads(heads),
                // The one who looks for lost news does it, and tells what it finds; nobody waits for the
                // other.
                News::Look | News::Configured => {}
                News::Typing { chat, .. } => self.signal(*chat, |signal| {
                    signal.typing += 1;
                    true
                }),
                News::Revoked => self.rights.send_modify(|count| *count += 1),
                News::Upgraded(chat) => self.upgrades.hear(*chat),
                News::Outbox => self.outbox.send_modify(|count| *count += 1),
                News::Slack => self.slack.send_modify(|count| *count += 1),
            }
        }
    }

    fn move_heads(&self, heads: &[(ChatId, Reach)]) {
        let trust = self.known.trust();
        for (chat, reach) in heads {
            if let Some(trust) = trust {
                self.known.learn(trust, *chat, *reach);
            }
            self.signal(*chat, |signal| {
                let is_news = signal.version < reach.version;
                signal.version = signal.version.max(reach.version);
                is_news
            });
        }
        self.moves.send_modify(|count| *count += 1);
    }

    fn signal(&self, chat: ChatId, change: impl FnOnce(&mut Signal) -> bool) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = watched.get(&chat) {
            sender.send_if_modified(change);
        }
    }

    /// Changes at every revocation.
    pub fn rights(&self) -> watch::Receiver<u64> {
        self.rights.subscribe()
    }

    /// The number of the latest revocation.
    pub fn rights_now(&self) -> u64 {
        *self.rights.borrow()
    }

    /// The number of the latest upgrade of a visitor's token.
    pub fn upgrades_now(&self) -> u64 {
        self.upgrades.now()
    }

    /// Whether the token of a chat's visitor opens more than it did at an upgrade with this number.
    pub fn is_upgraded_since(&self, chat: ChatId, number: u64) -> bool {
        self.upgrades.is_upgraded_since(chat, number)
    }

    /// Changes whenever any chat does.
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }

    /// True from the moment in which the server is to end.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Ends everything that waits for news.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Changes when the outbox has something new.
    pub fn outbox(&self) -> watch::Receiver<u64> {
        self.outbox.subscribe()
    }

    /// Changes when there is something to do for Slack.
    pub fn slack(&self) -> watch::Receiver<u64> {
        self.slack.subscribe()
    }
}

/// Somebody's eyes on one chat.
pub struct Watch {
    app: App,
    chat: ChatId,
    receiver: watch::Receiver<Signal>,
}

impl Watch {
    /// Whatever happens from now on is told.
    pub fn new(app: &App, chat: ChatId) -> Self {
        let mut watched = app.news.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let receiver = watched.entry(chat).or_default().subscribe();
        drop(watched);
        Self { app: app.clone(), chat, receiver }
    }

    /// What is told now, which then counts as noticed.
    pub fn notice(&mut self) -> Signal {
        *self.receiver.borrow_and_update()
    }

    /// Waits for something that has not been noticed.
    pub async fn changed(&mut self) {
        // The sender lives as long as there is a receiver.
        if self.receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.app.news.watched.lock().unwrap_or_else(PoisonError::into_inner);
        // This one is still counted.
        if watched.get(&self.chat).is_some_and(|sender| sender.receiver_count() <= 1) {
            watched.remove(&self.chat);
        }
    }
}
