//! Files that messages bring along.

use super::{Conn, StoreError};
use crate::domain::ids::{ChatId, MessageNumber};

/// Takes the files that a message brought from the visitor's sight: it is being deleted.
pub async fn hide_of_message(
    conn: &mut Conn,
    chat: ChatId,
    message: MessageNumber,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update attachments
        set is_staff_only = true
        where chat_id = $1 and id in (
            select (file ->> 'id')::int
            from chat_messages m,
                jsonb_array_elements(
                    case jsonb_typeof(m.extra -> 'attachment_ids')
                        when 'array' then m.extra -> 'attachment_ids'
                        else '[]'
                    end
                ) file
            where m.chat_id = $1 and m.message_id = $2
        )
        "#,
        chat.get(),
        message.get(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
