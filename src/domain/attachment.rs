//! A file that goes with a chat or a ticket.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ids::{AgentId, ChatId};

/// Where the bytes of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In pieces, beside everything else.
    Database,
    /// A file in the folder of attachments.
    File,
}

/// Names the bytes of one file, wherever they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blob {
    pub id: Uuid,
    pub place: Place,
}

/// What is known about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub id: i32,
    pub chat: Option<ChatId>,
    pub ticket: Option<i32>,
    /// The caller who sent it, by `Caller::key`.
    pub uploaded_by: String,
    /// That caller, if it is an agent.
    pub agent: Option<AgentId>,
    pub name: String,
    pub description: Option<String>,
    /// What its content is, whatever anybody said.
    pub content_type: String,
    /// Bytes.
    pub size: i32,
    pub sha256: [u8; 32],
    pub blob: Blob,
    /// The chat's visitor does not see it.
    pub is_staff_only: bool,
    pub created_at: DateTime<Utc>,
}

/// An attachment that a message brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    pub id: i32,
    pub name: String,
    /// It belonged to no chat until this message.
    pub is_new_to_chat: bool,
}
