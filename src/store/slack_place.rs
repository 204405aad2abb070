//! Which open chat a person in Slack has, and where.

use super::{Conn, StoreError};
use crate::domain::{chat::SlackPlace, ids::ChatId};

/// A chat that goes on in Slack.
#[derive(Clone, Debug)]
pub struct OpenConversation {
    pub chat: ChatId,
    /// None: it goes on in the conversation itself.
    pub thread_ts: Option<String>,
}

/// The open chat of a person in a conversation.
pub async fn find_open(conn: &mut Conn, place: &SlackPlace) -> Result<Option<OpenConversation>, StoreError> {
    let row = sqlx::query!(
        r#"
        select c.chat_id, s.thread_ts
        from chats c
        join slack_conversations s on s.chat_id = c.chat_id
        where c.slack_app_id = $1 and c.slack_channel_id = $2 and c.slack_user_id = $3
            and c.slack_app_id is not null and not c.is_closed
        "#,
        place.app,
        place.channel,
        place.user,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OpenConversation { chat: ChatId::new(row.chat_id), thread_ts: row.thread_ts }))
}

/// The newest open chat of a person with an app, wherever it goes on.
pub async fn find_newest_open(
    conn: &mut Conn,
    app_id: &str,
    user: &str,
) -> Result<Option<ChatId>, StoreError> {
    let chat = sqlx::query_scalar!(
        r#"
        select chat_id
        from chats
        where slack_app_id = $1 and slack_user_id = $2 and slack_app_id is not null and not is_closed
        order by chat_id desc
        limit 1
        "#,
        app_id,
        user,
    )
    .fetch_optional(conn)
    .await?;
    Ok(chat.map(ChatId::new))
}

/// Open chats whose app was deleted; at most `limit`.
pub async fn list_orphans(conn: &mut Conn, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        r#"
        select c.chat_id
        from slack_chat_apps a
        join slack_conversations s on s.chat_app_id = a.id
        join chats c on c.chat_id = s.chat_id
        where a.deleted_at is not null and not c.is_closed
        order by c.chat_id
        limit $1
        "#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}
