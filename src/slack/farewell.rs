//! The end of chats whose Slack app is gone.

use std::error::Error;

use crate::{
    app::App,
    domain::ids::{ChatId, ParticipantNumber},
    service::{conversation, news},
    store::{self, StoreError},
};

/// Chats that are read at once; each is closed in a transaction of its own.
const CHATS_AT_ONCE: i64 = 100;

/// Closes every open chat of a Slack app, as the bot would. One that cannot be read does not keep the
/// others open.
pub async fn close_chats(app: &App, slack_app_id: &str) -> Result<(), StoreError> {
    let mut after = ChatId::new(0);
    loop {
        let mut conn = store::acquire(&app.pool).await?;
        let chats =
            store::chat::list_open_of_slack_app(&mut conn, slack_app_id, after, CHATS_AT_ONCE).await?;
        drop(conn);
        let Some(last) = chats.last() else { return Ok(()) };
        after = *last;
        for chat in chats {
            match close(app, chat).await {
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => tracing::error!(chat.id = %chat, error = &error as &dyn Error,
                    "could not close a chat whose Slack app is gone"),
                Ok(()) => {}
            }
        }
    }
}

/// Closes open chats whose app was deleted by a process that died before it had closed them.
pub async fn close_orphans(app: &App) -> Result<(), StoreError> {
    loop {
        let mut conn = store::acquire(&app.pool).await?;
        let orphans = store::slack_place::list_orphans(&mut conn, CHATS_AT_ONCE).await?;
        drop(conn);
        if orphans.is_empty() {
            return Ok(());
        }
        for chat in orphans {
            close(app, chat).await?;
        }
    }
}

async fn close(app: &App, chat: ChatId) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    for conversation in &mut conversations {
        if !conversation.chat.is_closed() {
            conversation.close(ParticipantNumber::BOT, now).expect("only a closed chat refuses");
        }
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}
