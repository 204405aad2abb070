//! One reader of one chat.

use std::collections::{BTreeSet, VecDeque};

use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::Participant,
        ids::{ChatId, MessageNumber, ParticipantNumber},
        message::Happening as Said,
    },
    service::{
        chat::{self, ChatView},
        conversation::Refusal,
        message::{self, Log, TypingSince, Wanted},
        news::{Signal, Watch},
    },
};

/// Entries that are read at once: what a slow reader holds in memory.
const ENTRIES_MAX: i64 = 100;

/// What a reader is told.
pub enum Happening {
    /// The next entries.
    Entries(Log),
    /// The chat itself has changed: more than words were said.
    Header(Box<ChatView>),
    /// Who else is typing now.
    Typing(Vec<TypingSince>),
    /// The chat is closed, and all of it has been told.
    Closed,
}

/// Tells one reader what happens in a chat.
pub struct Follower {
    app: App,
    caller: Caller,
    chat: ChatId,
    /// The last entry that was told.
    last: i32,
    watch: Watch,
    noticed: Signal,
    must_look: bool,
    must_show: bool,
    /// The version up to which everything was told.
    version: i64,
    people: Vec<Participant>,
    own_place: Option<ParticipantNumber>,
    typing: Vec<TypingSince>,
    ready: VecDeque<Happening>,
}

impl Follower {
    /// Follows a chat that the caller may see, from after this entry on.
    pub async fn open(app: &App, caller: Caller, chat: ChatId, last: i32) -> Result<Self, Refusal> {
        let mut follower = Self {
            watch: Watch::new(app, chat),
            app: app.clone(),
            caller,
            chat,
            last: last.max(0),
            noticed: Signal::default(),
            must_look: true,
            must_show: true,
            version: 0,
            people: Vec::new(),
            own_place: None,
            typing: Vec::new(),
            ready: VecDeque::new(),
        };
        follower.look().await?;
        Ok(follower)
    }

    /// The same reader with other rights: whether it may still see the chat is asked at once.
    pub fn become_caller(&mut self, caller: Caller) {
        self.caller = caller;
        self.must_look = true;
        self.must_show = true;
    }

    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    pub const fn chat(&self) -> ChatId {
        self.chat
    }

    /// The next thing that happens. Dropped half-way, it loses nothing.
    pub async fn next(&mut self) -> Result<Happening, Refusal> {
        loop {
            if let Some(happening) = self.ready.pop_front() {
                return Ok(happening);
            }
            if self.must_look {
                // What it takes to look is held only while it looks: most readers wait most of the time.
                Box::pin(self.look()).await?;
                continue;
            }
            self.watch.changed().await;
            let before = self.noticed;
            self.noticed = self.watch.notice();
            self.must_look = self.noticed.version > self.version;
            if self.noticed.typing != before.typing {
                self.tell_typing();
            }
        }
    }

    fn tell_typing(&mut self) {
        let mut typing = self.app.typing.in_chat(self.chat, self.app.clock.now());
        typing.retain(|(who, _)| Some(*who) != self.own_place);
        if typing != self.typing {
            self.typing.clone_from(&typing);
            self.ready.push_back(Happening::Typing(typing));
        }
    }

    /// Reads what there is to tell. Nothing is noted before everything is read.
    async fn look(&mut self) -> Result<(), Refusal> {
        // Noticed before it is read: what happens meanwhile is noticed next.
        let noticed = self.watch.notice();
        let wanted = Wanted { last_id: Some(self.last), limit: Some(ENTRIES_MAX), ..Wanted::default() };
        let log = message::read(&self.app, &self.caller, self.chat, wanted).await?;
        let is_whole = i64::try_from(log.messages.len()).unwrap_or(i64::MAX) < ENTRIES_MAX;
        let is_more_than_words = match log.version {
            Some(_) => self.is_more_than_words(&log),
            None => noticed.version > self.version,
        };
        let must_show = self.must_show || is_more_than_words;
        let view = if must_show && is_whole {
            Some(chat::view(&self.app, &self.caller, self.chat).await?)
        } else {
            None
        };
        self.noticed = noticed;
        self.must_show = must_show && !is_whole;
        self.must_look = !is_whole;
        self.version = self.version.max(log.version.unwrap_or(0));
        if let Some(last) = log.messages.last() {
            self.last = last.number.get();
            // How far the log has come was read after the entries.
            self.must_look |= log.last_message > last.number;
            self.people.clone_from(&log.participants);
            self.ready.push_back(Happening::Entries(log));
        }
        if let Some(view) = view {
            self.show(view);
        }
        // Without news of a version a look may have come before the change that caused it.
        self.must_look |= self.noticed.version > self.version;
        Ok(())
    }

    fn show(&mut self, view: ChatView) {
        self.version = self.version.max(view.listed.head.version);
        self.own_place = view.own_place;
        self.people.clone_from(&view.participants);
        self.typing.clone_from(&view.typing);
        self.typing.retain(|(who, _)| Some(*who) != view.own_place);
        let head = view.listed.head;
        let last = if self.caller.is_visitor() { head.last_public_message } else { head.last_message };
        let (is_closed, is_all_told) = (view.listed.chat.is_closed(), last <= MessageNumber::new(self.last));
        self.ready.push_back(Happening::Header(Box::new(view)));
        if is_closed && is_all_told {
            self.ready.push_back(Happening::Closed);
        }
        // It was read after the entries: there may be more by now.
        self.must_look |= !is_all_told;
        self.must_show |= is_closed && !is_all_told;
    }

    /// Whether there is more to the change of a chat than that somebody spoke, who has thereby read.
    fn is_more_than_words(&self, log: &Log) -> bool {
        let speakers: BTreeSet<ParticipantNumber> = log.messages.iter().map(|one| one.sender).collect();
        let is_same = |before: &Participant, now: &Participant| {
            let has_read = speakers.contains(&now.number);
            *before == if has_read { Participant { read: before.read, ..now.clone() } } else { now.clone() }
        };
        log.messages.iter().any(|message| message.happening != Said::Said)
            || log.participants.len() != self.people.len()
            || !self.people.iter().zip(&log.participants).all(|(before, now)| is_same(before, now))
    }
}
