//! The conversation so far, as a model reads it.

use crate::{
    app::App,
    domain::{
        ids::{ChatId, ParticipantNumber},
        message::{Happening, Message},
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
    let turn = |entry: Message| match entry.sender {
        ParticipantNumber::BOT => Turn::Assistant(entry.plain),
        _ => Turn::User(entry.plain),
    };
    let mut turns: Vec<Turn> = said.map(turn).collect();
    // Words that came while the model was thinking stand before its answer; they are what is open.
    if let Some(Turn::Assistant(_)) = turns.last()
        && let Some(open) = turns.iter().rev().find(|turn| matches!(turn, Turn::User(_)))
    {
        turns.push(open.clone());
    }
    Ok(turns)
}
