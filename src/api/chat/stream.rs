//! Watching all chats that one may see.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use tracing::Instrument;

use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::Query,
        objects::lenient::{Text, optional},
        session::Session,
        stream::{self, FeedEvent, Outlet, Source},
    },
    app::App,
    domain::caller::Caller,
    service::{feed::Feed, follow::Transport},
};

/// Where a feed begins.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct FeedQuery {
    /// The id of the last event that had one; the header `Last-Event-ID` wins.
    #[serde(deserialize_with = "optional")]
    pub cursor: Option<Text>,
}

/// Watch all chats that the caller may see: server-sent events.
///
/// `snapshot` says that what is known so far is to be forgotten, and why (`reason`: `start`, `expired`,
/// `rights`): the headers of the open chats follow, up to `current`. From then on `header` is a chat as
/// it is now, whenever one changes; versions in between may be left out, the last one never. `removed`
/// names a chat that the caller no longer sees (`id`). Event ids are opaque: the last one resumes the
/// feed, for a week. `end` is the last event, as on `GET /ChatMessage/Stream`.
/// While an agent watches, it counts as online.
#[utoipa::path(get, path = "/Chat/Stream", tag = "Chat", params(FeedQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The last event id seen")),
    responses((status = 200, body = FeedEvent, content_type = "text/event-stream"),
        (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn stream_chats(
    State(app): State<App>,
    caller: Caller,
    session: Session,
    headers: HeaderMap,
    Query(query): Query<FeedQuery>,
) -> Result<Response, ApiError> {
    let seat = session.seat(Transport::Feed)?;
    let header = headers.get("Last-Event-ID").and_then(|id| id.to_str().ok());
    let cursor = header.or(query.cursor.as_ref().map(|text| text.0.as_str()));
    let feed = Feed::open(&app, caller, cursor.filter(|cursor| !cursor.is_empty())).await?;
    let (frames, response) = stream::answer(&app);
    let outlet = Outlet { frames, patience: app.config.limits.stream_stall };
    let pump = stream::pump(app, session, Source::Feed(Box::new(feed)), outlet, seat);
    tokio::spawn(pump.in_current_span());
    Ok(response)
}
