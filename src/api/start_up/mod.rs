//! What Halo's clients ask first: where to sign in, who answers, what there is.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::{ApiError, ErrorBody},
    extract::{Json, Query},
    objects::lenient::{Int, optional},
};
use crate::{app::App, service::installation};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_authinfo))
        .routes(routes!(get_lookup))
        .routes(routes!(get_instance_info))
}

/// Where to sign in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuthInfo {
    /// Clients append `/token`.
    pub auth_url: String,
    pub tenant_id: String,
}

/// Read where to sign in.
#[utoipa::path(get, path = "/authinfo", tag = "Start-up", responses((status = 200, body = AuthInfo)))]
pub async fn get_authinfo(State(app): State<App>) -> Json<AuthInfo> {
    Json(AuthInfo { auth_url: format!("{}/auth", app.config.public_url), tenant_id: String::new() })
}

/// Which list of words is asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct LookupQuery {
    #[serde(deserialize_with = "optional")]
    pub lookupid: Option<Int>,
}

/// A word of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Lookup {
    pub id: i32,
    pub lookupid: i32,
    pub name: String,
}

/// List the words of a lookup.
///
/// The PowerShell client asks for list 11 right after it has a token and wants at least one entry.
#[utoipa::path(get, path = "/lookup", tag = "Start-up", params(LookupQuery),
    responses((status = 200, body = Vec<Lookup>), (status = 400, body = ErrorBody)))]
pub async fn get_lookup(Query(query): Query<LookupQuery>) -> Json<Vec<Lookup>> {
    let lookupid = query.lookupid.map_or(11, |id| id.0);
    Json(vec![Lookup { id: 1, lookupid, name: "Default".to_owned() }])
}

/// Who answers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InstanceInfo {
    pub app_name: &'static str,
    pub app_version: &'static str,
    pub database_version: String,
    pub dbid: &'static str,
    pub agent_count: i64,
    pub licensed_agent_count: i64,
    pub online_agent_count: i64,
    pub agent_url: String,
    pub portal_url: String,
    pub auth_url: String,
    pub mobileapp_enabled: bool,
    pub teamsbot_enabled: bool,
}

/// Read who answers.
#[utoipa::path(get, path = "/InstanceInfo", tag = "Start-up", responses((status = 200, body = InstanceInfo)))]
pub async fn get_instance_info(State(app): State<App>) -> Result<Json<InstanceInfo>, ApiError> {
    let facts = installation::facts(&app).await?;
    let url = &app.config.public_url;
    Ok(Json(InstanceInfo {
        app_name: "Aureole",
        app_version: env!("CARGO_PKG_VERSION"),
        database_version: facts.database_version,
        dbid: "aureole",
        agent_count: facts.agents,
        licensed_agent_count: facts.agents,
        online_agent_count: facts.agents_online,
        agent_url: url.clone(),
        portal_url: url.clone(),
        auth_url: format!("{url}/auth"),
        mobileapp_enabled: false,
        teamsbot_enabled: false,
    }))
}
