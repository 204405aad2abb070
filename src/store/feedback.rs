//! The rating of a chat, as the feedback record that reports read.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Conn, StoreError};
use crate::domain::ids::ChatId;

/// A rating that is about to be kept.
pub struct Rating<'a> {
    pub chat: ChatId,
    /// From 1 (worst) to 5 (best).
    pub score: i32,
    pub comment: Option<&'a str>,
    pub ticket: Option<i32>,
}

/// Keeps a chat's one rating.
pub async fn insert(conn: &mut Conn, rating: &Rating<'_>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut document = json!({
        "chat_id": rating.chat.get(),
        "score": rating.score,
        "date": now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    });
    if let Some(comment) = rating.comment {
        document["comment"] = comment.into();
    }
    if let Some(ticket) = rating.ticket {
        document["ticket_id"] = ticket.into();
    }
    sqlx::query!(
        r#"
        insert into feedback (document, created_at)
        values ($1, $2)
        on conflict (chat_id) where chat_id is not null and deleted_at is null do nothing
        "#,
        document,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds the words that go with a rating given before.
pub async fn update_comment(conn: &mut Conn, chat: ChatId, comment: &str) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update feedback
        set document = document || jsonb_build_object('comment', $2::text)
        where chat_id = $1 and deleted_at is null
        "#,
        chat.get(),
        comment,
    )
    .execute(conn)
    .await?;
    Ok(())
}
