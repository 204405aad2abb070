//! The transcript of a chat, as the one action of its ticket that holds it.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::{document::Document, ids::ChatId};

/// What the action is called.
pub const OUTCOME: &str = "Chat transcript";

/// Writes the transcript, in place of the one that the ticket has of this chat.
pub async fn save(
    conn: &mut Conn,
    ticket: i32,
    chat: ChatId,
    action: &Document,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        with present as (
            update ticket_actions
            set document = $3::text::jsonb
            where ticket_id = $1 and deleted_at is null and document ->> 'chatid' = $2::int::text
                and document ->> 'outcome' = $4
            returning id
        )
        insert into ticket_actions (document, created_at)
        select $3::text::jsonb, $5
        where not exists (select from present)
        "#,
        ticket,
        chat.get(),
        action.as_str(),
        OUTCOME,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
