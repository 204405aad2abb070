//! Changing messages that are stored, and what they said before.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::{
    ids::{AgentId, ChatId, MessageNumber},
    message::{FormerText, Message},
    text::SafeHtml,
};

/// Gives a stored message its new words, in whatever entry tells of it, and keeps the former ones, in
/// one statement. `entry` is the entry of the log that says so. The caller has locked the chat.
pub async fn replace(
    conn: &mut Conn,
    chat: ChatId,
    entry: MessageNumber,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        with former as (
            insert into chat_message_history (chat_id, message_id, changed_by_message_id, html, plain,
                is_safe, extra, replaced_at, agent_id)
            select chat_id, message_id, $3, html, plain, is_safe, extra, $4, $5
            from chat_messages
            where chat_id = $1 and message_id = $2
        ),
        -- Entries that told of earlier changes: what they said is former text like the message's own.
        told as (
            update chat_messages
            set html = $6, plain = $7, is_safe = $8
            where chat_id = $1 and message_id > $2 and message_id < $3 and system_id = 11 and value_int = $2
        )
        update chat_messages
        set html = $6, plain = $7, is_safe = $8, is_deleted = $9, edited_by_agent_id = $5,
            -- A deletion leaves nothing of what the message brought.
            value_int = case when not $9 then value_int end,
            value_bool = case when not $9 then value_bool end,
            value_date = case when not $9 then value_date end,
            value_multi = case when not $9 then value_multi end,
            ask = case when not $9 then ask end,
            hits = case when not $9 then hits end,
            extra = case when not $9 then extra end
        where chat_id = $1 and message_id = $2
        "#,
        chat.get(),
        message.number.get(),
        entry.get(),
        now,
        message.edited_by.map(AgentId::get),
        message.html.as_str(),
        message.plain,
        message.is_safe,
        message.is_deleted,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What the messages of a part of a log said before, the oldest text of each first.
pub async fn list(
    conn: &mut Conn,
    chat: ChatId,
    first: MessageNumber,
    last: MessageNumber,
) -> Result<Vec<FormerText>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select message_id, html, plain, replaced_at, agent_id, a.name as "agent_name?"
        from chat_message_history h
        left join agents a on a.id = h.agent_id
        where chat_id = $1 and message_id between $2 and $3
        order by message_id, changed_by_message_id
        "#,
        chat.get(),
        first.get(),
        last.get(),
    )
    .fetch_all(conn)
    .await?;
    let former = rows.into_iter().map(|row| FormerText {
        message: MessageNumber::new(row.message_id),
        html: SafeHtml::from_storage(row.html),
        plain: row.plain,
        replaced_at: row.replaced_at,
        agent: row.agent_id.map(AgentId::new),
        agent_name: row.agent_name,
    });
    Ok(former.collect())
}
