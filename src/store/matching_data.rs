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

/// Forgets what is older.
pub async fn delete_before(conn: &mut Conn, limit: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted =
        sqlx::query!("delete from chat_matching_data where created_at <= $1", limit).execute(conn).await?;
    Ok(deleted.rows_affected())
}
