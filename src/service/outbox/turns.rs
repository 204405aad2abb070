//! The conversation so far, as a model reads it.

use crate::{
    app::App,
    domain::{
        ids::{ChatId, ParticipantNumber},
        message::Happening,
    },
    outbound::model::Turn,
    store::{self, StoreError, message::Range},
};

/// Entries of the log that a model is told; older ones are left out.
const ENTRIES_MAX: i64 = 100;

/// What was said, the oldest first: the bot's words as the model's own, everybody else's as the
/// user's.
pub(super) async fn of_chat(app: &App, chat: ChatId) -> Result<Vec<Turn>, StoreError> {
    let range = Range { after: 0, up_to: i32::MAX, newest: true, limit: ENTRIES_MAX, with_staff_only: false };
    let mut conn = store::acquire(&app.pool).await?;
    let log = store::message::list(&mut conn, chat, range).await?;
    let said = log.into_iter().filter(|entry| entry.happening == Happening::Said && !entry.plain.is_empty());
    let turn = |entry: crate::domain::message::Message| match entry.sender {
        ParticipantNumber::BOT => Turn::Assistant(entry.plain),
        _ => Turn::User(entry.plain),
    };
    Ok(said.map(turn).collect())
}
