//! `/OnlineStatus`: heartbeats and status of agents and visitors.

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::{ApiError, ErrorBody},
    extract::{Json, Query},
    objects::lenient::{Flag, Int, Moment, optional},
    one_or_many::{OneOrMany, created},
};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::{AgentId, ChatId},
    },
    service::presence::{self, Presence, VisitorPresence},
};

/// The numbers there are: offline, available, busy, away.
const STATUSES: std::ops::RangeInclusive<i32> = 0..=3;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_online_statuses, post_online_status))
}

/// A heartbeat: sending one says that the sender is there.
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

/// Whose status is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct OnlineStatusQuery {
    /// The people of this chat: its visitor and the agents in it. A visitor's own unless told.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
}

/// Whether somebody is there, and in what status.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OnlineStatus {
    /// The agent; absent for a visitor.
    #[serde(rename = "techID", skip_serializing_if = "Option::is_none")]
    pub tech_id: Option<i32>,
    /// The chat whose visitor it is; absent for an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<i32>,
    /// Seen within 90 seconds, and not offline.
    #[serde(rename = "isOnline")]
    pub is_online: bool,
    #[serde(rename = "lastOnlineDate")]
    pub last_online_date: Moment,
    pub last_active: Moment,
    pub agent_status: i32,
}

impl OnlineStatus {
    fn of_agent(app: &App, presence: &Presence) -> Self {
        Self { tech_id: Some(presence.agent.get()), ..Self::new(app, presence.status, presence.seen_at) }
    }

    fn of_visitor(app: &App, presence: &VisitorPresence) -> Self {
        Self { chat_id: Some(presence.chat.get()), ..Self::new(app, presence.status, presence.seen_at) }
    }

    fn new(app: &App, status: i32, seen_at: DateTime<Utc>) -> Self {
        Self {
            tech_id: None,
            chat_id: None,
            is_online: presence::is_online(status, seen_at, app.clock.now()),
            last_online_date: Moment(seen_at),
            last_active: Moment(seen_at),
            agent_status: status,
        }
    }
}

/// List which agents are there, or who of a chat is.
#[utoipa::path(get, path = "/OnlineStatus", tag = "OnlineStatus", params(OnlineStatusQuery),
    responses((status = 200, body = Vec<OnlineStatus>), (status = 404, body = ErrorBody)))]
pub async fn list_online_statuses(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<OnlineStatusQuery>,
) -> Result<Json<Vec<OnlineStatus>>, ApiError> {
    let named = query.chat_id.map(|id| id.0).filter(|id| *id > 0).map(ChatId::new);
    let Some(chat) = named.or(visited(&caller)) else {
        let rows = presence::list(&app).await?;
        return Ok(Json(rows.iter().map(|row| OnlineStatus::of_agent(&app, row)).collect()));
    };
    let (visitor, agents) = presence::of_chat(&app, &caller, chat).await?;
    let visitor = visitor.iter().map(|row| OnlineStatus::of_visitor(&app, row));
    Ok(Json(visitor.chain(agents.iter().map(|row| OnlineStatus::of_agent(&app, row))).collect()))
}

/// Say that an agent or a chat's visitor is there, and in what status.
#[utoipa::path(post, path = "/OnlineStatus", tag = "OnlineStatus", request_body = OneOrMany<OnlineStatusIn>,
    responses((status = 201, body = OnlineStatus), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_online_status(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<OneOrMany<OnlineStatusIn>>,
) -> Result<Response, ApiError> {
    let bodies = body.into_members()?;
    if let Some(chat) = visited(&caller) {
        let statuses = bodies.iter().map(status_of).collect::<Result<Vec<_>, _>>()?;
        let mut rows = Vec::with_capacity(statuses.len());
        for status in statuses {
            rows.push(OnlineStatus::of_visitor(&app, &presence::beat_visitor(&app, chat, status).await?));
        }
        return Ok(created(rows));
    }
    let mut beats = Vec::new();
    for one in bodies {
        let own = caller.agent().map(|agent| agent.id);
        let named = one.tech_id.as_ref().map(|id| id.0).filter(|id| *id > 0).map(AgentId::new);
        let agent = named
            .or(own)
            .ok_or_else(|| ApiError::bad_request("techID is missing, and the token belongs to no agent"))?;
        if own != Some(agent) && !caller.is_admin() {
            return Err(ApiError::forbidden("only administrators set the status of others"));
        }
        beats.push((agent, status_of(&one)?));
    }
    let rows = presence::beat(&app, &beats).await?;
    Ok(created(rows.iter().map(|row| OnlineStatus::of_agent(&app, row)).collect()))
}

/// The chat that the caller is the visitor of.
fn visited(caller: &Caller) -> Option<ChatId> {
    match caller {
        Caller::Visitor { chat, .. } => Some(*chat),
        Caller::Staff(_) | Caller::Stranger => None,
    }
}

fn status_of(beat: &OnlineStatusIn) -> Result<Option<i32>, ApiError> {
    let status = match beat.is_logout {
        Some(Flag(true)) => Some(0),
        _ => beat.agent_status.map(|status| status.0),
    };
    match status {
        Some(status) if !STATUSES.contains(&status) => {
            Err(ApiError::bad_request("agent_status is 0 offline, 1 available, 2 busy or 3 away"))
        }
        status => Ok(status),
    }
}
