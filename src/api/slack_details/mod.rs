//! `/SlackDetails`: Slack channels that are told of chats and make tickets.

mod query;
mod uninstall;
mod wire;

use axum::{extract::State, response::Response};
use serde_json::{Map, Value};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::{
    query::{OneDetailsQuery, SlackDetailsQuery},
    wire::{DetailsIn, out},
};
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        listing::ListQuery,
        one_or_many::{OneOrMany, created},
        openapi::SlackDetails,
    },
    app::App,
    domain::{audit::Actor, caller::Caller},
    slack::details,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_slack_details, post_slack_details))
        .routes(routes!(get_slack_details, delete_slack_details))
        .routes(routes!(uninstall::uninstall_slack_details))
}

/// List connected Slack channels, by name.
///
/// Those that are switched off or uninstalled only with `includedisabled`. `webhookurl` is a secret:
/// only administrators read it.
#[utoipa::path(get, path = "/SlackDetails", tag = "Slack", params(SlackDetailsQuery, ListQuery),
    responses((status = 200, body = Vec<SlackDetails>), (status = 400, body = ErrorBody)))]
pub async fn list_slack_details(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<SlackDetailsQuery>,
    Query(list): Query<ListQuery>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let found = details::list(&app, &query.filter(), list.page()).await?;
    Ok(Json(found.iter().map(|one| out(&app, &caller, one, &[])).collect()))
}

/// Read one connected Slack channel.
#[utoipa::path(get, path = "/SlackDetails/{id}", tag = "Slack", params(("id" = i32, Path), OneDetailsQuery),
    responses((status = 200, body = SlackDetails), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_slack_details(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i32>,
    _query: Query<OneDetailsQuery>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(out(&app, &caller, &details::find(&app, id).await?, &[])))
}

/// Connect Slack channels, or change what is known of them.
///
/// `oauth_code`, with `oauth_redirect` if the address to Slack named one, is exchanged for the token,
/// the workspace and, with the scope `incoming-webhook`, the channel. It works once, so everything
/// else is checked before. `agent_id` 0 shares the connection.
#[utoipa::path(post, path = "/SlackDetails", tag = "Slack", request_body = OneOrMany<SlackDetails>,
    responses((status = 201, body = SlackDetails), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody,
            description = "Slack cannot be asked about the code")))]
pub async fn post_slack_details(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    Json(body): Json<OneOrMany<Map<String, Value>>>,
) -> Result<Response, ApiError> {
    let wanted: Vec<DetailsIn> =
        body.into_members()?.into_iter().map(DetailsIn::read).collect::<Result<_, _>>()?;
    let saved = details::save(&app, &actor, wanted.iter().map(DetailsIn::wanted).collect()).await?;
    Ok(created(saved.iter().map(|one| out(&app, &caller, &one.details, &one.warnings)).collect()))
}

/// Delete the record of a connected channel.
///
/// Slack is not told; `POST /SlackDetails/Uninstall` does that and keeps the record.
#[utoipa::path(delete, path = "/SlackDetails/{id}", tag = "Slack", params(("id" = i32, Path)),
    responses((status = 200, body = SlackDetails), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn delete_slack_details(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    Path(id): Path<i32>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(out(&app, &caller, &details::delete(&app, &actor, id).await?, &[])))
}
