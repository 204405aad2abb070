//! Facts about the installation as a whole.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};

#[derive(Clone, Debug)]
pub struct Facts {
    pub agents: i64,
    /// Seen lately, and not offline.
    pub agents_online: i64,
    pub database_version: String,
}

pub async fn facts(conn: &mut Conn, seen_since: DateTime<Utc>) -> Result<Facts, StoreError> {
    let row = sqlx::query!(
        r#"
        select
            (select count(*) from agents where is_active and deleted_at is null) as "agents!",
            (select count(*) from agent_presence where status <> 0 and seen_at >= $1) as "agents_online!",
            current_setting('server_version') as "database_version!"
        "#,
        seen_since,
    )
    .fetch_one(conn)
    .await?;
    Ok(Facts { agents: row.agents, agents_online: row.agents_online, database_version: row.database_version })
}
