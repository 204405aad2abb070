//! What frames tell beside messages and headers.

use serde::Serialize;

use crate::api::{chat::wire::LiveChatTyping, error::ErrorBody};

/// Who else is typing in a chat.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StreamTyping {
    pub chat_id: i32,
    pub typing: Vec<LiveChatTyping>,
}

/// Why a feed begins anew.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FeedSnapshot {
    /// `start`, `expired` or `rights`.
    pub reason: &'static str,
}

/// A chat that the caller no longer sees.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FeedRemoved {
    pub id: i32,
}

/// All that is known was told.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FeedCurrent {}

/// The last word of a stream.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum StreamEnd<'a> {
    /// There is nothing more, or not here and now.
    Over {
        #[schema(inline)]
        reason: Over,
    },
    /// The caller is no longer let in: the body of the error that any other request meets now.
    Refused {
        #[schema(inline)]
        reason: Refused,
        #[serde(flatten)]
        refusal: FrameError<'a>,
    },
}

/// Why a stream ends for everybody.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// The chat is closed, and all of it was told.
    Closed,
    /// The server ends; another may be there after a moment.
    Shutdown,
    /// It went on for as long as the server lets one.
    Renew,
}

/// Why a stream ends for somebody.
#[derive(Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Refused {
    Refused,
}

/// The body of any other answer, with its status.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FrameError<'a> {
    pub status: u16,
    #[serde(flatten)]
    pub error: ErrorBody<'a>,
}
