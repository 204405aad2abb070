//! The task behind a stream. It reads when there is room, so a reader who is slow holds nothing but
//! what fits between the two, and ends when it has been stuck for too long.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Frame;
use crate::{
    api::{error::ApiError, session::Session},
    app::App,
    service::follow::{Follower, Seat},
};

/// Frames between the task and the connection.
pub const FRAMES_MAX: usize = 16;

/// The way to one reader.
pub struct Outlet {
    pub frames: mpsc::Sender<Frame>,
    /// How long one frame may take.
    pub patience: Duration,
}

impl Outlet {
    /// False when nobody takes it any more, or not in time.
    pub async fn send(&self, frames: Vec<Frame>) -> bool {
        for frame in frames {
            let is_end = frame.is_end();
            if self.frames.send_timeout(frame, self.patience).await.is_err() || is_end {
                return false;
            }
        }
        true
    }
}

/// Tells a reader of a chat what happens, until the chat is over, the reader is gone or no longer let
/// in, or the server ends.
pub async fn pump(app: App, mut session: Session, mut follower: Follower, outlet: Outlet, _seat: Seat) {
    let mut stopping = app.news.stopping();
    let mut caller = follower.caller().clone();
    loop {
        let frames = tokio::select! {
            happening = follower.next() => match happening {
                Ok(happening) => Frame::of(happening, follower.chat(), &caller),
                Err(refusal) => vec![Frame::refusal(&ApiError::from(refusal))],
            },
            other = session.changed(&caller) => match other {
                Ok(other) => {
                    caller = other;
                    follower.become_caller(caller.clone());
                    continue;
                }
                Err(error) => vec![Frame::refusal(&error)],
            },
            _ = stopping.wait_for(|stopping| *stopping) => vec![Frame::end("shutdown")],
            () = outlet.frames.closed() => return,
        };
        if !outlet.send(frames).await {
            return;
        }
    }
}
