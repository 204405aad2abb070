//! Who is there to take chats.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::{AgentId, ChatId, TeamId},
    },
    service::{
        access,
        conversation::{self, Conversation, Refusal},
    },
    store::{self, Conn, StoreError},
};

pub use crate::store::presence::{Presence, VisitorPresence};

#[derive(Debug, thiserror::Error)]
pub enum PresenceError {
    #[error("agent {0} does not exist")]
    AgentNotFound(AgentId),
    #[error("could not record the heartbeat")]
    Store(#[from] StoreError),
}

/// An agent counts as online this long after its last heartbeat.
pub const HEARTBEAT_SECONDS_MAX: i64 = 90;

/// Agents who were seen since then count as online.
pub fn online_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::seconds(HEARTBEAT_SECONDS_MAX)
}

/// Teams of which somebody can take a chat now: online, available, under the cap.
pub async fn reachable_teams(conn: &mut Conn, now: DateTime<Utc>) -> Result<BTreeSet<TeamId>, StoreError> {
    Ok(store::presence::list_reachable_teams(conn, online_since(now)).await?.into_iter().collect())
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

/// Records the heartbeat of a chat's visitor, with a new status if one is given.
pub async fn beat_visitor(
    app: &App,
    chat: ChatId,
    status: Option<i32>,
) -> Result<VisitorPresence, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::presence::save_visitor(&mut conn, chat, status, app.clock.now()).await
}

/// Both sides of a chat that the caller may see: its visitor, and the agents who are in it.
pub async fn of_chat(
    app: &App,
    caller: &Caller,
    chat: ChatId,
) -> Result<(Option<VisitorPresence>, Vec<Presence>), Refusal> {
    let mut tx = store::begin(&app.pool).await?;
    let opened = conversation::open(&mut tx, &[chat].into()).await?.pop();
    let opened = opened.filter(|one| access::may_see(caller, &one.chat, &one.participants));
    let conversation = opened.ok_or(Refusal::ChatNotFound(chat))?;
    let visitor = store::presence::find_visitor(&mut tx, chat).await?;
    let mut agents = store::presence::list(&mut tx).await?;
    store::roll_back(tx).await?;
    let is_in = |agent: AgentId| {
        conversation.participants.iter().any(|one| one.agent() == Some(agent) && !one.has_left)
    };
    agents.retain(|presence| is_in(presence.agent));
    Ok((visitor, agents))
}

/// Whether a sign of life is recent enough.
pub fn is_online(status: i32, seen_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    status != 0 && now - seen_at <= TimeDelta::seconds(HEARTBEAT_SECONDS_MAX)
}

/// Visitors whose clients have asked something, until it is written down.
#[derive(Default)]
pub struct VisitorsSeen(Mutex<HashMap<ChatId, DateTime<Utc>>>);

impl VisitorsSeen {
    /// A visitor's client is there: it polls, types or reads.
    pub fn note(&self, chat: ChatId, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(chat, now);
    }
}

/// Writes down which visitors this process has heard of since the last time.
pub async fn keep_visitors(app: &App) -> Result<(), StoreError> {
    let seen = std::mem::take(&mut *app.visitors_seen.0.lock().unwrap_or_else(PoisonError::into_inner));
    if seen.is_empty() {
        return Ok(());
    }
    let mut conn = store::acquire(&app.pool).await?;
    store::presence::save_visitors(&mut conn, &seen.into_iter().collect::<Vec<_>>()).await
}

/// A visitor's last sign of life: words, or a client that asks; at least since the chat came to people.
pub async fn visitor_seen_at(
    conn: &mut Conn,
    conversation: &Conversation,
) -> Result<DateTime<Utc>, StoreError> {
    let chat = &conversation.chat;
    let since = chat.queued_at.unwrap_or(chat.created_at);
    let Some(visitor) = conversation.visitor() else { return Ok(since) };
    let seen = store::presence::visitor_seen_at(conn, chat.id, visitor.number).await?;
    Ok(seen.map_or(since, |seen| seen.max(since)))
}
