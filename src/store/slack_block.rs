//! Controls that were posted into Slack: buttons, selects, forms. Each is used once.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError};
use crate::domain::ids::{ChatId, MessageNumber};

/// The controls of one question.
#[derive(Clone, Debug)]
pub struct StoredBlock {
    pub id: Uuid,
    pub chat: ChatId,
    /// The entry of the log that asks.
    pub entry: MessageNumber,
    /// What was chosen so far, where a choice has several parts.
    pub selection: Vec<String>,
    pub is_used: bool,
}

/// The controls of a question: new ones, or those that it has.
pub async fn ensure(
    conn: &mut Conn,
    chat: ChatId,
    entry: MessageNumber,
    now: DateTime<Utc>,
) -> Result<Uuid, StoreError> {
    let known = sqlx::query_scalar!(
        "select block_id from slack_blocks where chat_id = $1 and message_id = $2 and cleared_at is null",
        chat.get(),
        entry.get(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = Uuid::new_v4();
    sqlx::query!(
        "insert into slack_blocks (block_id, chat_id, message_id, created_at) values ($1, $2, $3, $4)",
        id,
        chat.get(),
        entry.get(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(id)
}

pub async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<StoredBlock>, StoreError> {
    let row = sqlx::query!(
        r#"
        select chat_id, message_id, selection, used_at is not null as "is_used!"
        from slack_blocks
        where block_id = $1
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| StoredBlock {
        id,
        chat: ChatId::new(row.chat_id),
        entry: MessageNumber::new(row.message_id),
        selection: row.selection.and_then(|values| serde_json::from_value(values).ok()).unwrap_or_default(),
        is_used: row.is_used,
    }))
}

/// Keeps what was chosen so far.
pub async fn select(conn: &mut Conn, id: Uuid, values: &[String]) -> Result<(), StoreError> {
    let selection = serde_json::json!(values);
    sqlx::query!(
        "update slack_blocks set selection = $2 where block_id = $1 and used_at is null",
        id,
        selection,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks controls as used; false when they already were.
pub async fn mark_used(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let marked = sqlx::query!(
        "update slack_blocks set used_at = $2 where block_id = $1 and used_at is null",
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// Controls in a chat that are still to be seen, of entries before this one.
pub async fn list_uncleared(
    conn: &mut Conn,
    chat: ChatId,
    before: MessageNumber,
) -> Result<Vec<StoredBlock>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select block_id, message_id, used_at is not null as "is_used!"
        from slack_blocks
        where chat_id = $1 and message_id < $2 and cleared_at is null
        order by message_id
        "#,
        chat.get(),
        before.get(),
    )
    .fetch_all(conn)
    .await?;
    let block = |id, entry, is_used| StoredBlock { id, chat, entry, selection: Vec::new(), is_used };
    Ok(rows
        .into_iter()
        .map(|row| block(row.block_id, MessageNumber::new(row.message_id), row.is_used))
        .collect())
}

/// Notes that controls are gone from Slack; they are of no use from then on.
pub async fn mark_cleared(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "update slack_blocks set cleared_at = $2, used_at = coalesce(used_at, $2) where block_id = $1",
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
