//! What waits in the tables, for whoever runs the server. Each count reads an index of what is open or
//! undone, so it costs nothing more when the history grows.

use chrono::{DateTime, Utc};

use super::{Conn, Pool, StoreError};
use crate::domain::ids::TeamId;

/// What is open or undone.
#[derive(Clone, Debug)]
pub struct Backlog {
    pub bot_chats: i64,
    pub queued_chats: i64,
    pub live_chats: i64,
    pub calls: i64,
    pub oldest_call: Option<DateTime<Utc>>,
    pub slack_requests: i64,
    pub oldest_slack_request: Option<DateTime<Utc>>,
    pub slack_conversations: i64,
    pub slack_notices: i64,
}

/// Chats that wait for one team; none: for several, or for anybody.
#[derive(Clone, Copy, Debug)]
pub struct TeamBacklog {
    pub team: Option<TeamId>,
    pub chats: i64,
    pub oldest: Option<DateTime<Utc>>,
}

/// The connections of this process.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    pub open: u32,
    pub idle: usize,
}

pub async fn backlog(conn: &mut Conn) -> Result<Backlog, StoreError> {
    let backlog = sqlx::query_as!(
        Backlog,
        r#"
        select c.bot as "bot_chats!", c.queued as "queued_chats!", c.live as "live_chats!",
            o.calls as "calls!", o.oldest as oldest_call,
            i.requests as "slack_requests!", i.oldest as oldest_slack_request,
            (select count(*) from slack_conversations where due_at is not null) as "slack_conversations!",
            (select count(*) from slack_notices) as "slack_notices!"
        from (
                select count(*) filter (where not is_live) as bot,
                    count(*) filter (where is_live and not is_assigned) as queued,
                    count(*) filter (where is_live and is_assigned) as live
                from chats
                where not is_closed
            ) c,
            (select count(*) as calls, min(created_at) as oldest from outbox) o,
            (
                select count(*) as requests, min(received_at) as oldest
                from slack_inbox
                where due_at is not null
            ) i
        "#,
    );
    Ok(backlog.fetch_one(conn).await?)
}

pub async fn list_queues(conn: &mut Conn) -> Result<Vec<TeamBacklog>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select team_id, count(*) as "chats!", min(queued_at) as oldest
        from chats
        where is_live and not is_assigned and not is_closed
        group by team_id
        order by team_id
        "#,
    )
    .fetch_all(conn)
    .await?;
    let queues = rows.into_iter().map(|row| TeamBacklog {
        team: row.team_id.map(TeamId::new),
        chats: row.chats,
        oldest: row.oldest,
    });
    Ok(queues.collect())
}

pub fn connections(pool: &Pool) -> Connections {
    Connections { open: pool.size(), idle: pool.num_idle() }
}
