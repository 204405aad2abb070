//! Which message in Slack is which entry of a log.

use super::{Conn, StoreError};
use crate::domain::ids::{ChatId, MessageNumber};

/// A message in Slack, and the part of an entry that it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackMessage {
    pub chat_app: i32,
    pub channel: String,
    pub ts: String,
    pub chat: ChatId,
    pub entry: MessageNumber,
    /// Its place among the posts of the entry, counted from 0.
    pub part: i32,
    /// Posted by us, as opposed to written in Slack.
    pub is_ours: bool,
}

/// Remembers a message; one that is known already stays as it is.
pub async fn insert(conn: &mut Conn, message: &SlackMessage) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into slack_messages (chat_app_id, channel_id, ts, chat_id, message_id, part, is_ours)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict do nothing
        "#,
        message.chat_app,
        message.channel,
        message.ts,
        message.chat.get(),
        message.entry.get(),
        message.part,
        message.is_ours,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The entry that a message of somebody in Slack became: its first, when it was cut.
pub async fn find(
    conn: &mut Conn,
    chat_app: i32,
    channel: &str,
    ts: &str,
) -> Result<Option<SlackMessage>, StoreError> {
    let row = sqlx::query!(
        r#"
        select chat_id, message_id, part, is_ours
        from slack_messages
        where chat_app_id = $1 and channel_id = $2 and ts = $3
        "#,
        chat_app,
        channel,
        ts,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SlackMessage {
        chat_app,
        channel: channel.to_owned(),
        ts: ts.to_owned(),
        chat: ChatId::new(row.chat_id),
        entry: MessageNumber::new(row.message_id),
        part: row.part,
        is_ours: row.is_ours,
    }))
}

/// The messages that show an entry, in their order.
pub async fn list_by_entry(
    conn: &mut Conn,
    chat: ChatId,
    entry: MessageNumber,
) -> Result<Vec<SlackMessage>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select chat_app_id, channel_id, ts, part, is_ours
        from slack_messages
        where chat_id = $1 and message_id = $2
        order by part
        "#,
        chat.get(),
        entry.get(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SlackMessage {
            chat_app: row.chat_app_id,
            channel: row.channel_id,
            ts: row.ts,
            chat,
            entry,
            part: row.part,
            is_ours: row.is_ours,
        })
        .collect())
}
