//! `/Agent/me`: who the token belongs to.

use axum::extract::State;
use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::document;
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::Json,
        openapi::Uname,
    },
    app::App,
    domain::caller::Caller,
    service::resource::{self, Resource},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_me))
}

/// Read who the token belongs to.
///
/// The agent who signed in, or whom the client acts as. A client without an agent is answered by
/// name, with `id` 0.
#[utoipa::path(get, path = "/Agent/me", tag = "Agent",
    responses((status = 200, body = Uname), (status = 404, body = ErrorBody)))]
pub async fn get_me(State(app): State<App>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let staff = caller.staff().ok_or_else(|| ApiError::unauthorized("a token is missing"))?;
    if let Some(agent) = &staff.agent {
        let row = resource::find(&app, &caller, Resource::Agents, agent.id.get()).await?;
        let mut answer = document::out(Resource::Agents, &row);
        answer["is_agent"] = json!(true);
        return Ok(Json(answer));
    }
    let name = staff.client.as_ref().map_or("", |client| client.name.as_str());
    Ok(Json(json!({
        "id": 0, "name": name, "is_agent": false, "isapiagent": true, "is_admin": staff.is_admin, "teams": [],
    })))
}
