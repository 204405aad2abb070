//! A person as they are asked for, and as they are found; what was removed of them.

use std::collections::BTreeMap;

use super::ids::{ChatId, UserId};

/// How a person is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Whoever gave this address, is the user with it, or has it in Slack.
    Email(String),
    User(UserId),
    /// A visitor whom nobody knows.
    Unknown(String),
    /// The visitor of this chat.
    Chat(ChatId),
}

impl Subject {
    /// The name of the member that it is asked for by.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::User(_) => "user_id",
            Self::Unknown(_) => "unknown_id",
            Self::Chat(_) => "chat_id",
        }
    }

    /// The number that names the person, where that is one; an address would be the person again.
    pub fn number(&self) -> Option<i32> {
        match self {
            Self::Email(_) | Self::Unknown(_) => None,
            Self::User(user) => Some(user.get()),
            Self::Chat(chat) => Some(chat.get()),
        }
    }
}

/// Everything that a person is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub users: Vec<i32>,
    /// In lower case.
    pub emails: Vec<String>,
    pub unknown_ids: Vec<String>,
    /// Apps by their ids at Slack, and the person's id there, pair by pair.
    pub slack_apps: Vec<String>,
    pub slack_users: Vec<String>,
}

impl Person {
    pub const fn is_nobody(&self) -> bool {
        self.users.is_empty()
            && self.emails.is_empty()
            && self.unknown_ids.is_empty()
            && self.slack_users.is_empty()
    }
}

/// How many rows of each kind were removed or emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(pub BTreeMap<&'static str, u64>);

impl Removed {
    /// Kinds of which there was nothing are not named.
    pub fn count(&mut self, kind: &'static str, rows: u64) {
        if rows > 0 {
            *self.0.entry(kind).or_default() += rows;
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (kind, rows) in &other.0 {
            self.count(kind, *rows);
        }
    }
}

/// What goes with a chat that is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The chat; its tickets are the desk's own, and lose the transcript only.
    Chat,
    /// Its tickets too: the person is to be found nowhere.
    Person,
}
