//! All chats that a caller may see, as they change.
//!
//! A feed tells the latest of each chat, not every change on the way. It begins with a snapshot of the
//! open chats, or after a cursor that is still good.

mod cursor;

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{sync::watch, time::Instant};

use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat_filter::{ChatFilter, Sight},
        ids::ChatId,
        news::Place,
    },
    service::{
        access,
        chat::{self, ChatView},
    },
    store::{self, StoreError},
};

pub use cursor::{Cursor, told_since};

/// Chats that are read at once.
const CHATS_MAX: i64 = 100;
/// A feed looks no more often than this, however much happens.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// What a feed's reader is told.
pub enum Told {
    /// What was told before is to be forgotten: the open chats follow.
    Snapshot { reason: &'static str },
    /// A chat as it is now.
    Header(Box<ChatView>),
    /// A chat that the reader no longer sees.
    Removed(ChatId),
    /// Everything up to here was told.
    Current,
}

/// One thing, and where to resume once it was read.
pub struct Item {
    pub told: Told,
    pub cursor: Option<Cursor>,
}

enum Stage {
    /// The snapshot goes on below this chat; from then on the changes since it began.
    Snapshot { since: Place, below: Option<ChatId> },
    /// Everything up to here was told.
    Changes { since: Place },
}

/// Where the feed is for a caller, before something is read.
pub struct Present {
    sight: Option<Sight>,
    place: Place,
    now: DateTime<Utc>,
}

impl Present {
    pub async fn read(app: &App, caller: &Caller) -> Result<Self, StoreError> {
        let place = store::feed::place(&mut *store::acquire(&app.pool).await?).await?;
        Ok(Self { sight: access::sight(caller), place, now: app.clock.now() })
    }

    /// The number that a cursor stands for; none: it is not good, or no longer.
    pub fn number(&self, cursor: &str) -> Option<i64> {
        Cursor::read(cursor, self.sight.clone(), self.place, self.now)
    }

    /// Whoever goes on after this misses nothing that comes from now on.
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.sight.clone(), self.place, self.now)
    }
}

/// Tells one reader.
pub struct Feed {
    app: App,
    caller: Caller,
    stage: Stage,
    ready: VecDeque<Item>,
    moves: watch::Receiver<u64>,
    looked_at: Option<Instant>,
    is_up_to_date: bool,
}

impl Feed {
    /// Goes on after a cursor, or begins with a snapshot where there is none or it is no longer good.
    pub async fn open(app: &App, caller: Caller, cursor: Option<&str>) -> Result<Self, StoreError> {
        let moves = app.news.moves();
        let mut conn = store::acquire(&app.pool).await?;
        let now = store::feed::place(&mut conn).await?;
        drop(conn);
        let resumed =
            cursor.and_then(|text| Cursor::read(text, access::sight(&caller), now, app.clock.now()));
        let mut feed = Self {
            app: app.clone(),
            caller,
            stage: Stage::Snapshot { since: now, below: None },
            ready: VecDeque::new(),
            moves,
            looked_at: None,
            is_up_to_date: false,
        };
        match (resumed, cursor) {
            (Some(feed_number), _) => {
                feed.stage = Stage::Changes { since: Place { feed: feed_number, ..now } };
            }
            (None, Some(_)) => feed.tell(Told::Snapshot { reason: "expired" }, None),
            (None, None) => feed.tell(Told::Snapshot { reason: "start" }, None),
        }
        Ok(feed)
    }

    /// The same reader with other rights: what it sees is another set of chats.
    pub async fn become_caller(&mut self, caller: Caller) -> Result<(), StoreError> {
        let mut conn = store::acquire(&self.app.pool).await?;
        let since = store::feed::place(&mut conn).await?;
        self.caller = caller;
        self.stage = Stage::Snapshot { since, below: None };
        self.ready.clear();
        self.is_up_to_date = false;
        self.tell(Told::Snapshot { reason: "rights" }, None);
        Ok(())
    }

    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The next thing to tell. Dropped half-way, it loses nothing.
    pub async fn next(&mut self) -> Result<Item, StoreError> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(item);
            }
            if self.is_up_to_date {
                if self.moves.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                self.is_up_to_date = false;
            }
            if let Some(before) = self.looked_at {
                tokio::time::sleep_until(before + LOOK_INTERVAL).await;
            }
            self.moves.borrow_and_update();
            match self.stage {
                Stage::Snapshot { since, below } => self.go_on_with_snapshot(since, below).await?,
                Stage::Changes { since } => {
                    self.look_for_changes(since).await?;
                    self.looked_at = Some(Instant::now());
                }
            }
        }
    }

    fn tell(&mut self, told: Told, cursor: Option<Cursor>) {
        self.ready.push_back(Item { told, cursor });
    }

    fn cursor(&self, place: Place) -> Cursor {
        Cursor::new(access::sight(&self.caller), place, self.app.clock.now())
    }

    async fn go_on_with_snapshot(&mut self, since: Place, below: Option<ChatId>) -> Result<(), StoreError> {
        let mut conn = store::acquire(&self.app.pool).await?;
        let filter = ChatFilter { open_only: true, below, ..ChatFilter::default() };
        let views = chat::some(&self.app, &mut conn, &self.caller, &filter, CHATS_MAX).await?;
        let last = views.last().map(|view| view.listed.chat.id);
        for view in views {
            self.tell(Told::Header(Box::new(view)), None);
        }
        self.stage = if last.is_some() {
            Stage::Snapshot { since, below: last }
        } else {
            let cursor = self.cursor(since);
            self.tell(Told::Current, Some(cursor));
            Stage::Changes { since }
        };
        Ok(())
    }

    /// Tells chats that have changed. Numbers become visible in their order, so nothing that belongs
    /// before the end of what is read can come later.
    async fn look_for_changes(&mut self, since: Place) -> Result<(), StoreError> {
        let mut conn = store::acquire(&self.app.pool).await?;
        let now = store::feed::place(&mut conn).await?;
        if now.history != since.history || now.feed < since.feed {
            drop(conn);
            let caller = self.caller.clone();
            self.become_caller(caller).await?;
            return Ok(());
        }
        let changed = store::feed::list_changed(&mut conn, since.feed, now.feed, CHATS_MAX).await?;
        let is_whole = i64::try_from(changed.len()).unwrap_or(i64::MAX) < CHATS_MAX;
        let up_to = changed.last().filter(|_| !is_whole).map_or(now.feed, |(feed, _)| *feed);
        let departed = match access::sight(&self.caller) {
            Some(Sight::Agent { id, teams, .. }) => {
                store::feed::list_departed(&mut conn, since.feed, up_to, id, &teams).await?
            }
            _ => Vec::new(),
        };
        let order: Vec<ChatId> = changed.iter().map(|(_, chat)| *chat).collect();
        let all: BTreeSet<ChatId> = order.iter().chain(&departed).copied().collect();
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let filter = ChatFilter { among: Some(all.into_iter().collect()), ..ChatFilter::default() };
        let mut views = chat::some(&self.app, &mut conn, &self.caller, &filter, count).await?;
        let seen: BTreeSet<ChatId> = views.iter().map(|view| view.listed.chat.id).collect();
        views.sort_by_key(|view| order.iter().position(|chat| *chat == view.listed.chat.id));
        let removed = departed.into_iter().filter(|chat| !seen.contains(chat)).map(Told::Removed);
        let mut told: Vec<Told> = removed.collect();
        told.extend(views.into_iter().map(|view| Told::Header(Box::new(view))));
        let place = Place { feed: up_to, ..now };
        let cursor = self.cursor(place);
        let last = told.pop();
        for one in told {
            self.tell(one, None);
        }
        if let Some(last) = last {
            self.tell(last, Some(cursor));
        }
        self.stage = Stage::Changes { since: place };
        self.is_up_to_date = is_whole;
        Ok(())
    }
}
