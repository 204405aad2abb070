//! The task behind a stream. It reads when there is room, so a reader who is slow holds nothing but
//! what fits between the two, and ends when it has been stuck for too long.

use std::time::Duration;

use tokio::sync::mpsc;

use super::{Ending, Frame, Source};
use crate::{
    api::{
        error::ApiError,
        session::{self, Session},
    },
    app::App,
    domain::caller::Caller,
    service::follow::Seat,
};

/// Frames between the task and the connection.
pub const FRAMES_MAX: usize = 16;

/// The way to one reader.
pub struct Outlet {
    /// Boxed: the channel keeps room for many, of which most readers have none.
    pub frames: mpsc::Sender<Box<Frame>>,
    /// How long one frame may take.
    pub patience: Duration,
}

impl Outlet {
    /// False when nobody takes it any more, or not in time.
    pub async fn send(&self, frames: Vec<Frame>) -> bool {
        for frame in frames {
            let is_end = frame.is_end();
            if self.frames.send_timeout(Box::new(frame), self.patience).await.is_err() || is_end {
                return false;
            }
        }
        true
    }
}

/// Tells a reader what happens, until it is over, the reader is gone or no longer let in, or its time
/// or the server's has come.
pub async fn pump(app: App, mut session: Session, mut source: Source, outlet: Outlet, _seat: Seat) {
    let mut ending = Ending::new(&app);
    let mut caller = source.caller().clone();
    Box::pin(session::show_presence(&app, &caller)).await;
    loop {
        let step = tokio::select! {
            frames = source.next() => Step::Tell(frames),
            other = session.changed(&caller) => Step::Become(other),
            last = ending.reached() => Step::Tell(Ok(vec![last])),
            () = outlet.frames.closed() => return,
        };
        let frames = match step {
            Step::Tell(frames) => frames,
            Step::Become(other) => {
                Box::pin(renewed(&mut source, &mut caller, other)).await.map(|()| Vec::new())
            }
        };
        let frames = frames.unwrap_or_else(|error| vec![Frame::refusal(&error)]);
        if !outlet.send(frames).await {
            return;
        }
    }
}

/// What is to be done next.
enum Step {
    Tell(Result<Vec<Frame>, ApiError>),
    Become(Result<Caller, ApiError>),
}

/// The same reader with other rights, unless it has none.
pub async fn renewed(
    source: &mut Source,
    caller: &mut Caller,
    other: Result<Caller, ApiError>,
) -> Result<(), ApiError> {
    *caller = other?;
    source.become_caller(caller.clone()).await
}
