//! Reading a chat's log.

use std::sync::Arc;

use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::Participant,
        chat_filter::{ChatFilter, Sight},
        ids::{ChatId, MessageNumber},
        message::{FormerText, Message},
    },
    service::{
        access,
        conversation::Refusal,
        message::knowledge,
        profile::{self, RunningProfile},
    },
    store::{self, Conn, message::Range},
};

/// Entries of one answer.
const MESSAGES_MAX: i64 = 1_000;

/// The part of a log that a reader asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Entries after this one.
    pub last_id: Option<i32>,
    /// Entries up to this one; alone, the newest of them.
    pub max_id: Option<i32>,
    /// What edited messages said before; only administrators are told.
    pub with_history: bool,
    /// Entries of one answer, if fewer than there may be.
    pub limit: Option<i64>,
}

/// A part of a log with what is needed to show it.
pub struct Log {
    pub chat: ChatId,
    pub messages: Vec<Message>,
    pub participants: Vec<Participant>,
    /// What its messages said before; empty unless it was asked for.
    pub history: Vec<FormerText>,
    pub profile: Option<Arc<RunningProfile>>,
    /// How far the log has come, as far as the reader may see.
    pub last_message: MessageNumber,
    /// The version of its chat; none when there is nothing new.
    pub version: Option<i64>,
}

/// Entries after `last_id`, up to `max_id`; with `max_id` alone the newest ones up to it.
///
/// No round trip when this process knows that there is nothing new; else one for a visitor when there
/// is nothing, and one more for staff, whose sight of the chat is checked first.
pub async fn read(app: &App, caller: &Caller, chat: ChatId, wanted: Wanted) -> Result<Log, Refusal> {
    let sight = access::sight(caller).ok_or(Refusal::ChatNotFound(chat))?;
    let Wanted { last_id, max_id, with_history, limit } = wanted;
    let range = Range {
        after: last_id.unwrap_or(0),
        up_to: max_id.unwrap_or(i32::MAX),
        newest: max_id.is_some() && last_id.is_none(),
        limit: limit.unwrap_or(MESSAGES_MAX).min(MESSAGES_MAX),
        with_staff_only: !caller.is_visitor(),
    };
    if knowledge::has_nothing_after(app, caller, chat, range.after) {
        return Ok(nothing(chat, range.after));
    }
    let mut conn = store::acquire(&app.pool).await?;
    let learning = knowledge::begin(app, &mut conn, chat).await?;
    match caller {
        // The token itself says which chat this is.
        Caller::Visitor { chat: own, .. } if *own == chat => {}
        _ => {
            store::chat_list::find(&mut conn, &sight, &ChatFilter::only(chat))
                .await?
                .ok_or(Refusal::ChatNotFound(chat))?;
        }
    }
    knowledge::keep(app, caller, &learning);
    let messages = store::message::list(&mut conn, chat, range).await?;
    if messages.is_empty() {
        return Ok(nothing(chat, range.after));
    }
    let mut log = dress(app, &mut conn, caller, &sight, chat, messages).await?;
    if with_history
        && caller.is_admin()
        && let (Some(first), Some(last)) = (log.messages.first(), log.messages.last())
    {
        log.history = store::message_history::list(&mut conn, chat, first.number, last.number).await?;
    }
    Ok(log)
}

fn nothing(chat: ChatId, after: i32) -> Log {
    Log {
        chat,
        messages: Vec::new(),
        participants: Vec::new(),
        history: Vec::new(),
        profile: None,
        last_message: MessageNumber::new(after),
        version: None,
    }
}

/// Adds who spoke and how far the log has come; read after the entries, so never behind them.
async fn dress(
    app: &App,
    conn: &mut Conn,
    caller: &Caller,
    sight: &Sight,
    chat: ChatId,
    messages: Vec<Message>,
) -> Result<Log, Refusal> {
    let participants = store::participant::list_by_chats(conn, &[chat]).await?;
    let listed = store::chat_list::find(conn, sight, &ChatFilter::only(chat))
        .await?
        .ok_or(Refusal::ChatNotFound(chat))?;
    let profile = profile::of_chat(app, conn, &listed.chat).await?;
    Ok(Log {
        chat,
        messages,
        participants: participants.into_iter().map(|(_, participant)| participant).collect(),
        history: Vec::new(),
        profile,
        version: Some(listed.head.version),
        last_message: if caller.is_visitor() {
            listed.head.last_public_message
        } else {
            listed.head.last_message
        },
    })
}
