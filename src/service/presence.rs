//! Who is there to take chats.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    app::App,
    domain::ids::{AgentId, TeamId},
    store::{self, Conn, StoreError},
};

pub use crate::store::presence::Presence;

#[derive(Debug, thiserror::Error)]
pub enum PresenceError {
    #[error("agent {0} does not exist")]
    AgentNotFound(AgentId),
    #[error("could not record the heartbeat")]
    Store(#[from] StoreError),
}

/// An agent counts as online this long after its last heartbeat.
pub const HEARTBEAT_SECONDS_MAX: i64 = 90;

/// Teams of which somebody can take a chat now: online, available, under the cap.
pub async fn reachable_teams(conn: &mut Conn, now: DateTime<Utc>) -> Result<BTreeSet<TeamId>, StoreError> {
    let since = now - TimeDelta::seconds(HEARTBEAT_SECONDS_MAX);
    Ok(store::presence::list_reachable_teams(conn, since).await?.into_iter().collect())
}

pub async fn list(app: &App) -> Result<Vec<Presence>, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::presence::list(&mut conn).await
}

/// Records heartbeats, each with a new status if one is given; all or none.
pub async fn beat(app: &App, beats: &[(AgentId, Option<i32>)]) -> Result<Vec<Presence>, PresenceError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut rows = Vec::with_capacity(beats.len());
    for (agent, status) in beats {
        let saved = store::presence::save(&mut tx, *agent, *status, now).await;
        rows.push(saved.map_err(|error| match error.constraint() {
            Some("agent_presence_agent_id_fkey") => PresenceError::AgentNotFound(*agent),
            _ => PresenceError::Store(error),
        })?);
    }
    store::commit(tx).await?;
    Ok(rows)
}

/// Whether a sign of life is recent enough.
pub fn is_online(presence: &Presence, now: DateTime<Utc>) -> bool {
    presence.status != 0 && now - presence.seen_at <= TimeDelta::seconds(HEARTBEAT_SECONDS_MAX)
}
