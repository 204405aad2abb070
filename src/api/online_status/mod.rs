//! `/OnlineStatus`: heartbeats and status of agents.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::{ApiError, ErrorBody},
    extract::Json,
    objects::lenient::{Flag, Int, Moment, optional},
    one_or_many::{OneOrMany, created},
};
use crate::{
    app::App,
    domain::{caller::Caller, ids::AgentId},
    service::presence::{self, Presence},
};

/// The numbers there are: offline, available, busy, away.
const STATUSES: std::ops::RangeInclusive<i32> = 0..=3;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_online_statuses, post_online_status))
}

/// A heartbeat: sending one says that the agent is there.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = OnlineStatusIn, example = json!({"agent_status": 1}))]
pub struct OnlineStatusIn {
    /// The agent; yourself unless told, and only administrators may tell.
    #[serde(rename = "techID", alias = "techid", deserialize_with = "optional")]
    pub tech_id: Option<Int>,
    /// 0 offline, 1 available, 2 busy, 3 away; unchanged when absent.
    #[serde(deserialize_with = "optional")]
    pub agent_status: Option<Int>,
    /// Signs out of live chat: the same as status 0.
    #[serde(deserialize_with = "optional")]
    pub is_logout: Option<Flag>,
}

/// Whether an agent is there, and in what status.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OnlineStatus {
    #[serde(rename = "techID")]
    pub tech_id: i32,
    /// Seen within 90 seconds, and not offline.
    #[serde(rename = "isOnline")]
    pub is_online: bool,
    #[serde(rename = "lastOnlineDate")]
    pub last_online_date: Moment,
    pub last_active: Moment,
    pub agent_status: i32,
}

impl OnlineStatus {
    fn new(app: &App, presence: &Presence) -> Self {
        Self {
            tech_id: presence.agent.get(),
            is_online: presence::is_online(presence, app.clock.now()),
            last_online_date: Moment(presence.seen_at),
            last_active: Moment(presence.seen_at),
            agent_status: presence.status,
        }
    }
}

/// List which agents are there.
#[utoipa::path(get, path = "/OnlineStatus", tag = "OnlineStatus",
    responses((status = 200, body = Vec<OnlineStatus>)))]
pub async fn list_online_statuses(State(app): State<App>) -> Result<Json<Vec<OnlineStatus>>, ApiError> {
    let rows = presence::list(&app).await?;
    Ok(Json(rows.iter().map(|row| OnlineStatus::new(&app, row)).collect()))
}

/// Say that an agent is there, and in what status.
#[utoipa::path(post, path = "/OnlineStatus", tag = "OnlineStatus", request_body = OneOrMany<OnlineStatusIn>,
    responses((status = 201, body = OnlineStatus), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_online_status(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<OneOrMany<OnlineStatusIn>>,
) -> Result<Response, ApiError> {
    let mut beats = Vec::new();
    for one in body.into_members()? {
        let own = caller.agent().map(|agent| agent.id);
        let named = one.tech_id.map(|id| id.0).filter(|id| *id > 0).map(AgentId::new);
        let agent = named
            .or(own)
            .ok_or_else(|| ApiError::bad_request("techID is missing, and the token belongs to no agent"))?;
        if own != Some(agent) && !caller.is_admin() {
            return Err(ApiError::forbidden("only administrators set the status of others"));
        }
        let status = if one.is_logout.is_some_and(|flag| flag.0) {
            Some(0)
        } else {
            one.agent_status.map(|status| status.0)
        };
        if status.is_some_and(|status| !STATUSES.contains(&status)) {
            return Err(ApiError::bad_request("agent_status is 0 offline, 1 available, 2 busy or 3 away"));
        }
        beats.push((agent, status));
    }
    let rows = presence::beat(&app, &beats).await?;
    Ok(created(rows.iter().map(|row| OnlineStatus::new(&app, row)).collect()))
}
