//! What somebody has not read yet.

use std::collections::BTreeMap;

use super::{Conn, StoreError};
use crate::domain::ids::{ChatId, MessageNumber, ParticipantNumber};

/// More are not counted.
pub const UNREAD_MAX: i32 = 999;
/// Entries after a read mark that are looked at. Numbers have no gaps, so this bounds what is read of
/// the index however long the log is.
const ENTRIES_MAX: i32 = 2_000;

/// How far a reader has come in a chat.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub chat: ChatId,
    /// None: the reader is nobody in it.
    pub reader: Option<ParticipantNumber>,
    pub read: MessageNumber,
}

/// Counts the words of others after each mark: what people, the bot or clients wrote, not what
/// happened, nor what was deleted. A chat without any is left out.
pub async fn count(
    conn: &mut Conn,
    marks: &[Mark],
    with_staff_only: bool,
) -> Result<BTreeMap<ChatId, i32>, StoreError> {
    let chats: Vec<i32> = marks.iter().map(|mark| mark.chat.get()).collect();
    // No participant has a negative number.
    let readers: Vec<i32> = marks.iter().map(|mark| mark.reader.map_or(-1, ParticipantNumber::get)).collect();
    let reads: Vec<i32> = marks.iter().map(|mark| mark.read.get()).collect();
    let rows = sqlx::query!(
        r#"
        select mark.chat_id as "chat_id!", count(*)::int as "unread!"
        from unnest($1::int[], $2::int[], $3::int[]) mark (chat_id, reader, read)
        cross join lateral (
            select
            from chat_messages m
            where m.chat_id = mark.chat_id
                and m.message_id > mark.read and m.message_id <= mark.read + $4
                and m.sender_id <> mark.reader
                and (m.system_id in (0, 8, 9, 15, 17) or m.system_id > 18)
                and not m.is_deleted and ($5 or not m.is_staff_only)
            limit $6
        ) words
        group by mark.chat_id
        "#,
        &chats,
        &readers,
        &reads,
        ENTRIES_MAX,
        with_staff_only,
        i64::from(UNREAD_MAX),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ChatId::new(row.chat_id), row.unread)).collect())
}
