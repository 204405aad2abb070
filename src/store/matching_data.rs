//! What a site knows about a visitor before the chat, kept under a pair of UUIDs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError};

/// Keeps content under a guid, or replaces it when the same key is presented; false: another key
/// holds the guid.
pub async fn save(
    conn: &mut Conn,
    guid: Uuid,
    key_hash: &[u8; 32],
    content: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let saved = sqlx::query!(
        r#"
        insert into chat_matching_data (guid, key_hash, content, created_at)
        values ($1, $2, $3, $4)
        on conflict (guid) do update
        set content = excluded.content, created_at = excluded.created_at
        where chat_matching_data.key_hash = excluded.key_hash
        "#,
        guid,
        &key_hash[..],
        content,
        now,
    )
    .execute(conn)
    .await?;
    Ok(saved.rows_affected() > 0)
}

/// The content that both halves of the pair open, if it is not older than `since`. Taken the last
/// time, it is gone: of two transactions at once, the second waits and finds nothing.
pub async fn take(
    conn: &mut Conn,
    guid: Uuid,
    key_hash: &[u8; 32],
    since: DateTime<Utc>,
    is_last_time: bool,
) -> Result<Option<String>, StoreError> {
    let content = if is_last_time {
        sqlx::query_scalar!(
            r#"
            delete from chat_matching_data
            where guid = $1 and key_hash = $2 and created_at > $3
            returning content
            "#,
            guid,
            &key_hash[..],
            since,
        )
        .fetch_optional(conn)
        .await?
    } else {
        sqlx::query_scalar!(
            "select content from chat_matching_data where guid = $1 and key_hash = $2 and created_at > $3",
            guid,
            &key_hash[..],
            since,
        )
        .fetch_optional(conn)
        .await?
    };
    Ok(content)
}

/// Forgets what is older.
pub async fn delete_before(conn: &mut Conn, limit: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted =
        sqlx::query!("delete from chat_matching_data where created_at <= $1", limit).execute(conn).await?;
    Ok(deleted.rows_affected())
}
