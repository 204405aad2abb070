//! Watching a chat's log as a stream of events.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tracing::Instrument;

use super::handlers::chat_of;
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::Query,
        objects::lenient::{Int, optional},
        session::Session,
        stream::{self, ChatEvent, Outlet, Source},
    },
    app::App,
    domain::caller::Caller,
    service::{
        audit,
        follow::{Follower, Transport},
    },
};

/// Where a stream begins.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StreamQuery {
    /// The chat; a visitor's token names it already.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
    /// Entries after this one; the header `Last-Event-ID` wins.
    #[serde(deserialize_with = "optional")]
    pub last_id: Option<Int>,
}

impl StreamQuery {
    /// The last entry that the reader has seen.
    pub fn last(&self, headers: &HeaderMap) -> i32 {
        let header = headers.get("Last-Event-ID").and_then(|id| id.to_str().ok()?.trim().parse().ok());
        header.or(self.last_id.map(|id| id.0)).unwrap_or(0)
    }
}

/// Watch a chat: server-sent events.
///
/// `message` is an entry of the log, as `GET /ChatMessage` shows it; its event id is its number, so
/// `Last-Event-ID` resumes exactly. `header` is the chat's header, at the beginning and when more than
/// words were said. `typing` tells who else is typing. `end` is the last event: its `reason` is
/// `closed` (the chat is, and all of it was told), `shutdown` (come back after a moment), `renew` (the
/// stream went on for as long as this server lets one: come back) or `refused` (with the body and the
/// `status` of the error that any other request meets now).
/// A comment every 15 seconds keeps the connection open.
#[utoipa::path(get, path = "/ChatMessage/Stream", tag = "ChatMessage", params(StreamQuery,
        ("Last-Event-ID" = Option<i32>, Header, description = "The last entry seen")),
    responses((status = 200, body = ChatEvent, content_type = "text/event-stream"),
        (status = 400, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub async fn stream_messages(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    headers: HeaderMap,
    Query(query): Query<StreamQuery>,
) -> Result<Response, ApiError> {
    let chat = chat_of(query.chat_id, &caller)?;
    let seat = session.seat(Transport::Events)?;
    let follower = Follower::open(&app, caller.clone(), chat, query.last(&headers)).await?;
    audit::note_read(&app, &caller, session.address(), chat).await?;
    let (frames, response) = stream::answer(&app);
    let outlet = Outlet { frames, patience: app.config.limits.stream_stall };
    let pump = stream::pump(app, session, Source::Chat(Box::new(follower)), outlet, seat);
    tokio::spawn(pump.in_current_span());
    Ok(response)
}
