//! What a stream tells of: one chat, or all of them.

use super::{
    Frame,
    told::{FeedCurrent, FeedRemoved, FeedSnapshot},
};
use crate::{
    api::{chat::wire::LiveChatHeader, error::ApiError},
    domain::caller::Caller,
    service::{
        feed::{Cursor, Feed, Item, Told},
        follow::Follower,
    },
};

/// Where frames come from.
pub enum Source {
    Chat(Box<Follower>),
    Feed(Box<Feed>),
}

impl Source {
    /// The next frames; dropped half-way, nothing is lost.
    pub async fn next(&mut self) -> Result<Vec<Frame>, ApiError> {
        match self {
            Self::Chat(follower) => {
                let happening = follower.next().await?;
                Ok(Frame::of(happening, follower.chat(), follower.caller()))
            }
            Self::Feed(feed) => {
                // Few read the feed, and what that takes is not to be in every stream's task.
                let item = Box::pin(feed.next()).await?;
                Ok(vec![frame(item, feed.caller())])
            }
        }
    }

    pub fn caller(&self) -> &Caller {
        match self {
            Self::Chat(follower) => follower.caller(),
            Self::Feed(feed) => feed.caller(),
        }
    }

    /// The same reader with other rights.
    pub async fn become_caller(&mut self, caller: Caller) -> Result<(), ApiError> {
        match self {
            Self::Chat(follower) => follower.become_caller(caller),
            Self::Feed(feed) => feed.become_caller(caller).await?,
        }
        Ok(())
    }
}

fn frame(item: Item, caller: &Caller) -> Frame {
    let id = item.cursor.as_ref().map(|cursor: &Cursor| cursor.as_str().to_owned());
    match item.told {
        Told::Snapshot { reason } => Frame::new("snapshot", id, &FeedSnapshot { reason }),
        Told::Header(view) => Frame::new("header", id, &LiveChatHeader::new(*view, caller)),
        Told::Removed(chat) => Frame::new("removed", id, &FeedRemoved { id: chat.get() }),
        Told::Current => Frame::new("current", id, &FeedCurrent {}),
    }
}
