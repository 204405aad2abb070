//! The long poll: an answer as soon as there is something to say.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    app::App,
    domain::{caller::Caller, ids::ChatId},
    service::{
        conversation::Refusal,
        message::{self, Log, Wanted},
        news::Watch,
    },
};

/// Reads a part of a log, and waits for it while it is empty; answers what there is at the deadline,
/// and when the server is to end.
pub async fn poll(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    wanted: Wanted,
    longest: Duration,
) -> Result<Log, Refusal> {
    let deadline = Instant::now() + longest;
    let mut stopping = app.news.stopping();
    // Watched before it is read: what happens in between is noticed.
    let mut watch = Watch::new(app, chat);
    loop {
        watch.notice();
        let log = message::read(app, caller, chat, wanted).await?;
        if !log.messages.is_empty() || *stopping.borrow() {
            return Ok(log);
        }
        tokio::select! {
            () = watch.changed() => {}
            _ = stopping.changed() => {}
            () = tokio::time::sleep_until(deadline) => return Ok(log),
        }
    }
}
