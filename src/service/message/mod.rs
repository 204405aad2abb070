//! Messages: posting into a chat's log, reading it, and who is typing.

mod content;
mod enclose;
mod list;
mod post;
mod queue;
mod speaker;
mod typing;

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        chat::Participant,
        document::Document,
        ids::{ChatId, MessageNumber},
        message::{AnswerValue, Message},
    },
    service::{conversation::Refusal, repeat::RepeatError},
    store::StoreError,
};

pub use list::{Log, read};
pub use queue::{PostQueue, post};
pub use speaker::Claim;
pub use typing::{Typing, TypingSince, set_typing};

/// A message as a caller sent it, before any rule was applied.
#[derive(Clone, Debug, Default)]
pub struct NewMessage {
    pub chat: Option<ChatId>,
    /// Whose words the caller says these are; none: its own.
    pub sender: Option<Claim>,
    /// The name of a client that is no agent.
    pub display_name: Option<String>,
    /// `system_id`: 0, or one of the few that may be posted.
    pub code: i32,
    pub html: Option<String>,
    pub plain: Option<String>,
    /// The step that this answers (`input_id`).
    pub answers_step: Option<i32>,
    pub value: AnswerValue,
    /// What the widget read from its page's local storage, as (key, value).
    pub page_data: Vec<(String, String)>,
    /// Kept only for callers who speak for others.
    pub at: Option<DateTime<Utc>>,
    /// The visitor's client says that the visitor left.
    pub is_abandoned: bool,
    /// An existing message that staff wants to change.
    pub edits: Option<MessageNumber>,
    /// Files that it brings along.
    pub attachments: Vec<i32>,
    pub extra: Option<Document>,
}

/// A stored message as its author is told of it.
#[derive(Clone, Debug)]
pub struct Posted {
    pub chat: ChatId,
    pub message: Message,
    pub sender: Option<Participant>,
    /// How far the log has come, as far as the author may see.
    pub last_message: MessageNumber,
}

#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Repeated(#[from] RepeatError),
    #[error("too many messages are waiting to be stored; try again in a second")]
    Busy,
}

impl From<StoreError> for PostError {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refusal::Store(error))
    }
}
