//! Messages that their author changed or took back in Slack.

use super::{
    phrase,
    work::{Job, finish},
};
use crate::{
    app::App,
    service::{
        conversation::{self, Refusal},
        message::{self, Correction},
        news,
    },
    store::{self, StoreError, slack_inbox, slack_message},
};

/// What became of a message in Slack.
pub(super) enum Change<'a> {
    Says(&'a str),
    Deleted,
}

/// Changes the entry that a message became. One that we do not know, or did not come from there, stays.
pub(super) async fn take(
    app: &App,
    job: &Job<'_>,
    channel: &str,
    ts: &str,
    change: Change<'_>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    let known = slack_message::find(&mut conn, job.chat_app.id, channel, ts).await?;
    drop(conn);
    let Some(known) = known.filter(|known| !known.is_ours) else { return finish(app, job.request).await };
    let new = match change {
        Change::Says(text) => {
            let names = phrase::names(app, job, text).await?;
            Some(phrase::in_our_form(text, &phrase::by_id(&names)))
        }
        Change::Deleted => None,
    };
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(());
    }
    let mut conversations = conversation::open(&mut tx, &[known.chat].into()).await?;
    for conversation in &mut conversations {
        let correction = new.as_ref().map_or(Correction::Deleted, Correction::Says);
        let limits = &app.config.limits;
        match message::correct(&mut tx, conversation, known.entry, correction, limits, now).await {
            Ok(_) => {}
            Err(Refusal::Store(error)) => return Err(error),
            Err(refusal) => tracing::warn!(chat.id = %known.chat, %refusal, "a correction was refused"),
        }
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}
