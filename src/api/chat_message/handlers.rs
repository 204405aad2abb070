//! The operations on `/ChatMessage`.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};

use super::{new_message::LiveChatMsgIn, wire::LiveChatMsg};
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Json, Query},
        idempotency::Repeat,
        objects::lenient::{Flag, Int, Moment, optional},
        one_or_many::{OneOrMany, created},
        session::Session,
    },
    app::App,
    domain::{caller::Caller, ids::ChatId},
    service::{
        audit,
        follow::{self, Transport},
        message::{self, Claim, Log, NewMessage, Wanted},
    },
};

/// The part of a log to read.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct MessageQuery {
    /// The chat; a visitor's token names it already.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
    /// Entries after this one.
    #[serde(deserialize_with = "optional")]
    pub last_id: Option<Int>,
    /// Entries up to this one; without `last_id` the newest of them.
    #[serde(deserialize_with = "optional")]
    pub max_id: Option<Int>,
    /// Adds what edited and deleted messages said before; for administrators, ignored from others.
    #[serde(deserialize_with = "optional")]
    pub include_history: Option<Flag>,
    /// Seconds to wait for an entry while there is none, 60 at most; only with `last_id`.
    #[serde(deserialize_with = "optional")]
    pub wait: Option<Int>,
}

/// The longest that a read waits for something to read.
pub const WAIT_MAX: Duration = Duration::from_mins(1);

impl MessageQuery {
    /// How long to wait; none: what is asked for does not come later.
    fn patience(&self) -> Option<Duration> {
        let seconds = u64::try_from(self.wait?.0).ok().filter(|seconds| *seconds > 0)?;
        (self.last_id.is_some() && self.max_id.is_none()).then(|| Duration::from_secs(seconds).min(WAIT_MAX))
    }
}

/// The chat that is meant; a visitor's token names its own.
pub(super) fn chat_of(chat: Option<Int>, caller: &Caller) -> Result<ChatId, ApiError> {
    match (chat, caller) {
        (Some(chat), _) => Ok(ChatId::new(chat.0)),
        (None, Caller::Visitor { chat, .. }) => Ok(*chat),
        (None, _) => Err(ApiError::bad_request("chat_id is missing")),
    }
}

/// Read a chat's log.
///
/// At most 1,000 entries, ascending. Whoever follows with `last_id` sees every entry once, in order.
/// With `wait` the answer comes as soon as there is an entry, or after so many seconds without one.
#[utoipa::path(get, path = "/ChatMessage", tag = "ChatMessage", params(MessageQuery),
    responses((status = 200, body = Vec<LiveChatMsg>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn list_messages(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    Query(query): Query<MessageQuery>,
) -> Result<Json<Vec<LiveChatMsg>>, ApiError> {
    let patience = query.patience();
    let chat = chat_of(query.chat_id, &caller)?;
    let wanted = Wanted {
        last_id: query.last_id.map(|id| id.0),
        max_id: query.max_id.map(|id| id.0),
        with_history: query.include_history.is_some_and(|flag| flag.0),
        limit: None,
    };
    let Some(patience) = patience else {
        let log = message::read(&app, &caller, chat, wanted).await?;
        note_read(&app, &caller, session.address(), &log).await?;
        return Ok(Json(LiveChatMsg::of_log(&log, &caller)));
    };
    wait(&app, caller, session, chat, wanted, patience).await
}

/// Reads once there is something, unless the caller is shut out meanwhile.
async fn wait(
    app: &App,
    mut caller: Caller,
    mut session: Session,
    chat: ChatId,
    wanted: Wanted,
    patience: Duration,
) -> Result<Json<Vec<LiveChatMsg>>, ApiError> {
    let _seat = session.seat(Transport::Poll)?;
    let start = Instant::now();
    loop {
        let left = patience.saturating_sub(start.elapsed());
        tokio::select! {
            log = follow::poll(app, &caller, chat, wanted, left) => {
                let log = log?;
                note_read(app, &caller, session.address(), &log).await?;
                return Ok(Json(LiveChatMsg::of_log(&log, &caller)));
            }
            other = session.changed(&caller) => caller = other?,
        }
    }
}

/// Whoever is told nothing has read nothing.
async fn note_read(app: &App, caller: &Caller, address: Option<IpAddr>, log: &Log) -> Result<(), ApiError> {
    if log.messages.is_empty() {
        return Ok(());
    }
    Ok(audit::note_read(app, caller, address, log.chat).await?)
}

/// Add messages to chats' logs, all or none; the flow answers a visitor in the same breath.
///
/// With an `id` staff change a message of their own, administrators any: it reads as `text` says from
/// then on, or is gone with `_delete`, and an entry 11 or 12 at the end of the log tells those who have
/// read past it. Entry 11 carries the new text.
///
/// The answer is the stored message. What the bot says to it is read from the log:
/// `lastmessageid` tells how far that has come.
#[utoipa::path(post, path = "/ChatMessage", tag = "ChatMessage", request_body = OneOrMany<LiveChatMsgIn>,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Repeating a request with the same key and body within 24 hours gives the first answer again")),
    responses((status = 201, body = LiveChatMsg), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn post_messages(
    State(app): State<App>,
    caller: Caller,
    request: Repeat<OneOrMany<LiveChatMsgIn>>,
) -> Result<Response, ApiError> {
    let body = request.body.ok_or_else(|| ApiError::bad_request("the body is empty; chat_id is missing"))?;
    let messages: Vec<NewMessage> =
        body.into_members()?.into_iter().map(NewMessage::try_from).collect::<Result<_, _>>()?;
    let posted = message::post(&app, &caller, messages, request.repeatable).await?;
    Ok(created(posted.iter().map(|one| LiveChatMsg::of_post(one, &caller)).collect()))
}

/// Somebody who is typing, or has stopped.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = LiveChatIsTypingIn, example = json!({"chat_id": 7, "sender_id": 1}))]
pub struct LiveChatIsTypingIn {
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = i32)]
    pub chat_id: Option<Int>,
    /// Your number in the chat.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = i32)]
    pub sender_id: Option<Int>,
    /// Typing has ended.
    #[serde(rename = "_stopped", deserialize_with = "optional")]
    pub stopped: Option<Flag>,
}

/// What was noted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiveChatIsTyping {
    pub chat_id: i32,
    pub sender_id: i32,
    pub timestamp: Moment,
    #[serde(rename = "_stopped", skip_serializing_if = "Option::is_none")]
    pub stopped: Option<bool>,
}

/// Say that you are typing, or have stopped; never stored, told to readers of the chat's header.
#[utoipa::path(post, path = "/ChatMessage/IsTyping", tag = "ChatMessage", request_body = LiveChatIsTypingIn,
    responses((status = 201, body = LiveChatIsTyping), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_is_typing(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<LiveChatIsTypingIn>,
) -> Result<(StatusCode, Json<LiveChatIsTyping>), ApiError> {
    let chat = body.chat_id.ok_or_else(|| ApiError::bad_request("chat_id is missing"))?;
    let sender = body.sender_id.ok_or_else(|| ApiError::bad_request("sender_id is missing"))?;
    let stopped = body.stopped.map(|flag| flag.0);
    let chat = ChatId::new(chat.0);
    let (who, since) =
        message::set_typing(&app, &caller, chat, Claim(sender.0), stopped == Some(true)).await?;
    let noted =
        LiveChatIsTyping { chat_id: chat.get(), sender_id: who.get(), timestamp: Moment(since), stopped };
    Ok((StatusCode::CREATED, Json(noted)))
}
