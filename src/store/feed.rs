//! The order in which chats changed, for those who watch them all.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::{
    ids::{AgentId, ChatId, TeamId},
    news::Place,
};

/// Where the feed is now. The history tells a database from any other, and from itself after it was
/// put back to an earlier state.
pub async fn place(conn: &mut Conn) -> Result<Place, StoreError> {
    let row = sqlx::query!(
        r#"
        select greatest(
                coalesce((select max(feed) from chat_heads where feed > 0), 0),
                coalesce((select max(feed) from chat_departures), 0)
            ) as "feed!",
            (
                select hashtextextended(s.system_identifier::text || '/' || c.timeline_id::text || '/'
                    || d.oid::text || coalesce('/' || nullif(m.history, 0)::text, ''), 0)
                from pg_control_system() s, pg_control_checkpoint() c, pg_database d, news_marks m
                where d.datname = current_database()
            ) as "history!"
        "#
    )
    .fetch_one(conn)
    .await?;
    Ok(Place { history: row.history, feed: row.feed })
}

/// Chats that changed after one number and up to another, with the number of their latest change, in
/// that order; at most `limit`.
pub async fn list_changed(
    conn: &mut Conn,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<(i64, ChatId)>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select feed, chat_id
        from chat_heads
        where feed > $1 and feed > 0 and feed <= $2
        order by feed
        limit $3
        "#,
        after,
        up_to,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.feed, ChatId::new(row.chat_id))).collect())
}

/// Chats that left the sight of an agent or a team of theirs between these numbers.
pub async fn list_departed(
    conn: &mut Conn,
    after: i64,
    up_to: i64,
    agent: AgentId,
    teams: &[TeamId],
) -> Result<Vec<ChatId>, StoreError> {
    // What is anybody's is every team's.
    let teams: Vec<i32> = teams.iter().map(|team| team.get()).chain([0]).collect();
    let chats = sqlx::query_scalar!(
        r#"
        select distinct chat_id
        from chat_departures
        where feed > $1 and feed <= $2 and (agent_id = $3 or team_id = any($4))
        order by chat_id
        "#,
        after,
        up_to,
        agent.get(),
        &teams,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

/// Forgets departures that no cursor asks for any more.
pub async fn delete_departures_before(conn: &mut Conn, moment: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted =
        sqlx::query!("delete from chat_departures where left_at < $1", moment).execute(conn).await?;
    Ok(deleted.rows_affected())
}
