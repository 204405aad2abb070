//! `/SlackChatApp`: Slack apps whose conversations are chats.

mod wire;

use axum::{extract::State, response::Response};
use serde_json::{Map, Value};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) use self::wire::secret;
use self::wire::{out, read};
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        listing::ListQuery,
        one_or_many::{OneOrMany, created},
        openapi::SlackChatApp,
    },
    app::App,
    domain::audit::Actor,
    slack::chat_app::{self, shortcomings},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_slack_chat_apps, post_slack_chat_apps))
        .routes(routes!(get_slack_chat_app, delete_slack_chat_app))
}

/// List Slack chat apps, by name.
///
/// `_warning` says what keeps one from working.
#[utoipa::path(get, path = "/SlackChatApp", tag = "Slack", params(ListQuery),
    responses((status = 200, body = Vec<SlackChatApp>), (status = 400, body = ErrorBody)))]
pub async fn list_slack_chat_apps(
    State(app): State<App>,
    Query(list): Query<ListQuery>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let found = chat_app::list(&app, list.page()).await?;
    Ok(Json(found.rows.iter().map(|one| out(one, &shortcomings(one))).collect()))
}

/// Read one Slack chat app.
#[utoipa::path(get, path = "/SlackChatApp/{id}", tag = "Slack", params(("id" = i32, Path)),
    responses((status = 200, body = SlackChatApp), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_slack_chat_app(
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Value>, ApiError> {
    let found = chat_app::find(&app, id).await?;
    Ok(Json(out(&found, &shortcomings(&found))))
}

/// Create or change Slack chat apps.
///
/// A new one needs `app_id` and `new_signing_secret`. Secrets are written and never read. Slack is
/// asked whose a new token is: one that it refuses is a 400, and what else is odd is a `_warning`.
#[utoipa::path(post, path = "/SlackChatApp", tag = "Slack", request_body = OneOrMany<SlackChatApp>,
    responses((status = 201, body = SlackChatApp), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_slack_chat_apps(
    State(app): State<App>,
    actor: Actor,
    Json(body): Json<OneOrMany<Map<String, Value>>>,
) -> Result<Response, ApiError> {
    let wanted = body.into_members()?.into_iter().map(read).collect::<Result<_, _>>()?;
    let saved = chat_app::save(&app, &actor, wanted).await?;
    Ok(created(saved.iter().map(|one| out(&one.app, &one.warnings)).collect()))
}

/// Delete a Slack chat app; its open chats are closed.
#[utoipa::path(delete, path = "/SlackChatApp/{id}", tag = "Slack", params(("id" = i32, Path)),
    responses((status = 200, body = SlackChatApp), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn delete_slack_chat_app(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<i32>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(out(&chat_app::delete(&app, &actor, id).await?, &[])))
}
