//! `POST /SlackDetails/Uninstall`.

use axum::{extract::State, response::Response};
use serde::Deserialize;

use super::wire::out;
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::Json,
        objects::lenient::{Int, optional},
        one_or_many::{OneOrMany, created},
        openapi::SlackDetails,
    },
    app::App,
    domain::{audit::Actor, caller::Caller},
    slack::details,
};

/// Which connection ends; other members of the record are taken and mean nothing.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(example = json!({ "id": 12 }))]
#[derive(Default)]
pub struct SlackUninstall {
    /// The record; not needed when there is only one that is not uninstalled yet.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = Option<i32>)]
    pub id: Option<Int>,
}

/// End the connection to a Slack channel.
///
/// The token is revoked at Slack and forgotten here; the record stays and reads `uninstalled`. Takes an
/// object with an `id`, or no body when there is only one such record. Should Slack not be reached, the
/// connection ends here all the same, and `_warning` says so.
#[utoipa::path(post, path = "/SlackDetails/Uninstall", tag = "Slack", request_body = Option<SlackUninstall>,
    responses((status = 201, body = SlackDetails), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn uninstall_slack_details(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    body: Option<Json<OneOrMany<SlackUninstall>>>,
) -> Result<Response, ApiError> {
    let wanted = match body.map(|Json(body)| body.into_members()).transpose()?.as_deref() {
        None => None,
        Some([one]) => one.id.map(|id| id.0).filter(|id| *id > 0),
        Some(_) => return Err(ApiError::bad_request("only one record is uninstalled at once")),
    };
    let ended = details::uninstall(&app, &actor, wanted).await?;
    Ok(created(vec![out(&app, &caller, &ended.details, &ended.warnings)]))
}
