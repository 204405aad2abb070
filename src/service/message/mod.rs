//! Messages: posting into a chat's log, reading it, and who is typing.

mod amend;
mod content;
mod enclose;
mod knowledge;
mod list;
mod post;
mod queue;
mod speaker;
mod typing;

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        caller::Caller,
        chat::Participant,
        document::Document,
        ids::{ChatId, MessageNumber},
        message::{AnswerValue, Message},
    },
    service::{
        conversation::{Conversation, Refusal},
        repeat::RepeatError,
    },
    store::StoreError,
};

pub use amend::{Correction, by_visitor as correct};
pub use knowledge::Sights;
pub use list::{Log, Wanted, read};
pub use post::{apply, log_words};
pub use queue::{PostQueue, post};
pub use speaker::Claim;
pub use typing::{Typing, TypingSince, hear_typing, set_typing};

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
    /// It is to go, instead of reading differently.
    pub deletes: bool,
    pub extra: Option<Document>,
}

/// A stored message as its author is told of it.
#[derive(Clone, Debug)]
pub struct Posted {
    pub chat: ChatId,
    pub message: Message,
    pub sender: Option<Participant>,
    /// The agent who changed it last.
    pub editor: Option<Participant>,
    /// How far the log has come, as far as the author may see.
    pub last_message: MessageNumber,
}

impl Posted {
    fn new(conversation: &Conversation, caller: &Caller, message: Message) -> Self {
        Self {
            chat: conversation.id(),
            sender: conversation.participant(message.sender).cloned(),
            editor: conversation.participants.iter().find(|one| message.was_edited_by(one)).cloned(),
            last_message: if caller.is_visitor() {
                conversation.head.last_public_message
            } else {
                conversation.head.last_message
            },
            message,
        }
    }
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
