//! `/Privacy`: what is kept of a person, given out or removed.

mod wire;

use std::time::Duration;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::wire::{ErasedOut, PersonExport, PersonIn};
use super::{
    error::{ApiError, ErrorBody},
    extract::Json,
};
use crate::{app::App, domain::audit::Actor, service::privacy};

/// How long one request erases; what is left is for the next.
const ERASES_FOR: Duration = Duration::from_secs(10);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export_person)).routes(routes!(erase_person))
}

/// Give out everything that is kept of a visitor or a user.
///
/// Takes one of `email`, `user_id`, `unknown_id` and `chat_id` (the chat's visitor). The answer is one
/// document, sent as it is read: the person's records, then every chat with its entries, former texts,
/// files (by id: `GET /Attachment/{id}` has the bytes), ratings, tickets and sessions.
#[utoipa::path(post, path = "/Privacy/Export", tag = "Privacy", request_body = PersonIn,
    responses((status = 200, body = PersonExport), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn export_person(
    State(app): State<App>,
    actor: Actor,
    Json(body): Json<PersonIn>,
) -> Result<Response, ApiError> {
    let pieces = privacy::export(&app, &actor, &body.subject()?).await?;
    let pieces = stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
    let mut response = Body::from_stream(pieces).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::from_static("attachment; filename=\"person.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Remove everything that is kept of a visitor or a user, for good.
///
/// Takes one of `email`, `user_id`, `unknown_id` and `chat_id` (the chat's visitor). Open chats of the
/// person are closed. Entries of their logs keep number, kind and time; words, names, addresses, answers,
/// files, former texts and sign-ins go, those of the tickets made from them too. Counts of what was
/// removed are answered; with `complete` false there is more, and the same request goes on.
#[utoipa::path(post, path = "/Privacy/Erase", tag = "Privacy", request_body = PersonIn,
    responses((status = 200, body = ErasedOut), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn erase_person(
    State(app): State<App>,
    actor: Actor,
    Json(body): Json<PersonIn>,
) -> Result<Json<ErasedOut>, ApiError> {
    let erased = privacy::erase(&app, &actor, &body.subject()?, ERASES_FOR).await?;
    Ok(Json(erased.into()))
}
