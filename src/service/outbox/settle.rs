//! An answer from outside, told to the chat that waits for it.

use std::collections::BTreeSet;

use crate::{
    app::App,
    flow::{Event, Outcome, Position},
    service::{conversation, flow, news, profile},
    store::{self, StoreError, outbox::Claimed},
};

/// Takes the call out of the outbox and moves the chat, in one transaction. Nothing happens when
/// somebody else has settled it; a chat that waits for it no longer is left as it is.
pub(super) async fn settle(app: &App, call: &Claimed, outcome: Outcome) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &BTreeSet::from([call.chat])).await?;
    if !store::outbox::delete(&mut tx, call.id).await? {
        return Ok(());
    }
    let event = Event::CalledBack { call: call.call, outcome };
    for conversation in &mut conversations {
        let awaits =
            matches!(conversation.position, Position::Calling { call: awaited, .. } if awaited == call.call);
        let profile = profile::of_chat(app, &mut tx, &conversation.chat).await?;
        let Some(profile) = profile.filter(|_| awaits) else { continue };
        if conversation.chat.is_closed() {
            // The bot does not speak after the end; should the chat be reopened, it is past this.
            conversation.position = Position::Finished;
            continue;
        }
        let walk = flow::decide(app, &mut tx, conversation, &profile, &event, now).await?;
        walk.carry_out(conversation, &profile, now);
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}
