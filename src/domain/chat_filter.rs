//! Which chats a list holds: what the caller may see, and what it asks for.

use chrono::{DateTime, Utc};

use super::ids::{AgentId, ChatId, ProfileId, TeamId, UserId};

/// Whose chats are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    Everything,
    /// The agent's own, those of its teams, and queued ones that are anybody's.
    Agent {
        id: AgentId,
        teams: Vec<TeamId>,
        /// Profiles whose chats are others', unless the agent is in them.
        barred: Vec<ProfileId>,
    },
    /// A visitor's: its own chat, and those of the user that it is signed in as.
    Visitor {
        chat: ChatId,
        user: Option<UserId>,
    },
}

/// What the caller asks for, within its sight.
#[derive(Clone, Debug, Default)]
pub struct ChatFilter {
    pub chat: Option<ChatId>,
    pub profile: Option<String>,
    pub ticket_id: Option<i32>,
    pub teams_conversation_id: Option<String>,
    pub open_only: bool,
    /// Changed after this moment.
    pub changed_after: Option<DateTime<Utc>>,
    /// Changed after this place in the order of all changes.
    pub feed_after: Option<i64>,
    /// One of these.
    pub among: Option<Vec<ChatId>>,
    /// Older than this one.
    pub below: Option<ChatId>,
}

impl ChatFilter {
    /// Exactly this chat.
    pub fn only(chat: ChatId) -> Self {
        Self { chat: Some(chat), ..Self::default() }
    }
}
