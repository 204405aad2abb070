//! Who is there: one row an agent, overwritten by every heartbeat.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::ids::{AgentId, ChatId, ParticipantNumber, TeamId};

/// An agent's last sign of life.
#[derive(Clone, Debug)]
pub struct Presence {
    pub agent: AgentId,
    /// 0 offline, 1 available, 2 busy, 3 away.
    pub status: i32,
    pub seen_at: DateTime<Utc>,
}

pub async fn list(conn: &mut Conn) -> Result<Vec<Presence>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select p.agent_id, p.status, p.seen_at
        from agent_presence p
        join agents a on a.id = p.agent_id and a.deleted_at is null
        order by p.agent_id
        "#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Presence { agent: AgentId::new(row.agent_id), status: row.status, seen_at: row.seen_at })
        .collect())
}

/// Records a sign of life; without a status the last one stands, or "available" the first time.
pub async fn save(
    conn: &mut Conn,
    agent: AgentId,
    status: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Presence, StoreError> {
    let row = sqlx::query!(
        r#"
        insert into agent_presence (agent_id, status, seen_at)
        values ($1, coalesce($2, 1), $3)
        on conflict (agent_id) do update
        set status = coalesce($2, agent_presence.status), seen_at = excluded.seen_at
        returning status, seen_at
        "#,
        agent.get(),
        status,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(Presence { agent, status: row.status, seen_at: row.seen_at })
}

/// Teams of which somebody who was seen since then is available and under the cap.
pub async fn list_reachable_teams(
    conn: &mut Conn,
    seen_since: DateTime<Utc>,
) -> Result<Vec<TeamId>, StoreError> {
    let teams = sqlx::query_scalar!(
        r#"
        select distinct m.team_id
        from agent_presence p
        join agents a on a.id = p.agent_id and a.is_active and a.deleted_at is null
        join team_members m on m.agent_id = p.agent_id
        join teams t on t.id = m.team_id and t.allows_live_chat and t.deleted_at is null
        where p.status = 1 and p.seen_at >= $1
            and a.max_chats > (select count(*) from chats c where c.agent_id = a.id and not c.is_closed
                and not c.is_agent_chat)
        "#,
        seen_since,
    )
    .fetch_all(conn)
    .await?;
    Ok(teams.into_iter().map(TeamId::new).collect())
}

/// Keeps when visitors were last seen; never an earlier moment than is known.
pub async fn save_visitors(conn: &mut Conn, seen: &[(ChatId, DateTime<Utc>)]) -> Result<(), StoreError> {
    let chats: Vec<i32> = seen.iter().map(|(chat, _)| chat.get()).collect();
    let moments: Vec<DateTime<Utc>> = seen.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        r#"
        insert into visitor_presence (chat_id, seen_at)
        select c.chat_id, s.seen_at
        from unnest($1::int[], $2::timestamptz[]) s (chat_id, seen_at)
        join chats c on c.chat_id = s.chat_id and not c.is_closed
        order by c.chat_id
        on conflict (chat_id) do update
        set seen_at = greatest(visitor_presence.seen_at, excluded.seen_at)
        "#,
        &chats,
        &moments,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A visitor's last sign of life, and the status that its client has given.
#[derive(Clone, Debug)]
pub struct VisitorPresence {
    pub chat: ChatId,
    /// The numbers of an agent's.
    pub status: i32,
    pub seen_at: DateTime<Utc>,
}

/// Records a visitor's sign of life; without a status the last one stands.
pub async fn save_visitor(
    conn: &mut Conn,
    chat: ChatId,
    status: Option<i32>,
    now: DateTime<Utc>,
) -> Result<VisitorPresence, StoreError> {
    let row = sqlx::query!(
        r#"
        insert into visitor_presence (chat_id, status, seen_at)
        values ($1, coalesce($2, 1), $3)
        on conflict (chat_id) do update
        set status = coalesce($2, visitor_presence.status),
            seen_at = greatest(visitor_presence.seen_at, excluded.seen_at)
        returning status, seen_at
        "#,
        chat.get(),
        status,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(VisitorPresence { chat, status: row.status, seen_at: row.seen_at })
}

/// When a chat's visitor was seen, and in what status; none: its client has asked nothing yet.
pub async fn find_visitor(conn: &mut Conn, chat: ChatId) -> Result<Option<VisitorPresence>, StoreError> {
    let row = sqlx::query!("select status, seen_at from visitor_presence where chat_id = $1", chat.get())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| VisitorPresence { chat, status: row.status, seen_at: row.seen_at }))
}

/// A visitor's last words, or the last time that its client was seen.
pub async fn visitor_seen_at(
    conn: &mut Conn,
    chat: ChatId,
    visitor: ParticipantNumber,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let seen = sqlx::query_scalar!(
        r#"
        select greatest(
            (select seen_at from visitor_presence where chat_id = $1),
            (
                select created_at
                from chat_messages
                where chat_id = $1 and sender_id = $2
                order by message_id desc
                limit 1
            )
        )
        "#,
        chat.get(),
        visitor.get(),
    )
    .fetch_one(conn)
    .await?;
    Ok(seen)
}
