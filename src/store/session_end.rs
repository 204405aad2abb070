//! The end of sign-ins: their tokens go with them.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::ids::AgentId;

/// Ends every sign-in of an agent.
pub async fn delete_by_agent(conn: &mut Conn, agent: AgentId) -> Result<(), StoreError> {
    sqlx::query!("delete from sessions where agent_id = $1", agent.get()).execute(conn).await?;
    Ok(())
}

/// Ends the sign-ins of agents who may not sign in any more.
pub async fn delete_of_inactive(conn: &mut Conn, agents: &[i32]) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        delete from sessions s
        using agents a
        where a.id = any($1) and not a.is_active and s.agent_id = a.id
        "#,
        agents,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends every sign-in of an API client, and of agents through it.
pub async fn delete_by_client(conn: &mut Conn, client: &str) -> Result<(), StoreError> {
    sqlx::query!("delete from sessions where client_id = $1", client).execute(conn).await?;
    Ok(())
}

/// Forgets what has expired.
pub async fn delete_expired(conn: &mut Conn, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let tokens = sqlx::query!("delete from tokens where expires_at <= $1", now).execute(&mut *conn).await?;
    let sessions = sqlx::query!("delete from sessions where expires_at <= $1", now).execute(conn).await?;
    Ok(tokens.rows_affected() + sessions.rows_affected())
}
