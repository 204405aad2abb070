//! The log: entries are appended under the chat's row lock and read in the order of their numbers.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Conn, StoreError, happening_row,
    message_columns::{Columns, Departure, ReadMark, departure_columns, head_columns, mark_columns},
    message_row, news,
};
use crate::domain::{
    chat::Head,
    document::Document,
    ids::{AgentId, ChatId, MessageNumber, ParticipantNumber, ProfileId, StepId},
    message::{AnswerValue, Message},
    text::SafeHtml,
};

/// The part of a log that a reader asks for.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Entries after this one.
    pub after: i32,
    /// Entries up to this one.
    pub up_to: i32,
    /// When there are more than `limit`: the newest instead of the oldest of them.
    pub newest: bool,
    pub limit: i64,
    /// Whether entries for staff only are wanted as well.
    pub with_staff_only: bool,
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    chat_id: i32,
    message_id: i32,
    sender_id: i32,
    system_id: i32,
    is_staff_only: bool,
    html: String,
    plain: String,
    is_safe: bool,
    created_at: DateTime<Utc>,
    step_id: Option<i32>,
    profile_id: Option<String>,
    value_int: Option<i32>,
    value_bool: Option<bool>,
    value_date: Option<DateTime<Utc>>,
    value_multi: Option<String>,
    image_type: i32,
    ask: Option<Value>,
    hits: Option<Value>,
    warning: Option<String>,
    edited_by_agent_id: Option<i32>,
    is_deleted: bool,
    detail: Option<Value>,
    extra: Option<String>,
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        let id = || format!("{}/{}", row.chat_id, row.message_id);
        let bad = |problem| StoreError::bad_row("chat_messages", id(), problem);
        let sender = ParticipantNumber::new(row.sender_id);
        let (happening, introduces) =
            happening_row::happening_from(row.system_id, sender, row.detail).map_err(bad)?;
        Ok(Self {
            number: MessageNumber::new(row.message_id),
            sender,
            happening,
            introduces,
            is_staff_only: row.is_staff_only,
            image: row.image_type,
            ask: row.ask.map(message_row::ask_from_json).transpose().map_err(bad)?,
            hits: row.hits.map(message_row::hits_from_json).transpose().map_err(bad)?.unwrap_or_default(),
            html: SafeHtml::from_storage(row.html),
            plain: row.plain,
            is_safe: row.is_safe,
            at: row.created_at,
            step: row.step_id.map(StepId::new),
            profile: row.profile_id.map(ProfileId::new),
            value: AnswerValue {
                int: row.value_int,
                bool: row.value_bool,
                date: row.value_date,
                multi: row.value_multi,
            },
            warning: row.warning,
            edited_by: row.edited_by_agent_id.map(AgentId::new),
            is_deleted: row.is_deleted,
            extra: row.extra.map(Document::from_json),
        })
    }
}

macro_rules! select_range {
    ($order:literal) => {
        concat!(
            "select chat_id, message_id, sender_id, system_id, is_staff_only, html, plain, is_safe,",
            " created_at, step_id, profile_id, value_int, value_bool, value_date, value_multi, image_type, ask,",
            " hits, warning, edited_by_agent_id, is_deleted, detail, extra::text as extra",
            " from chat_messages",
            " where chat_id = $1 and message_id > $2 and message_id <= $3 and ($4 or not is_staff_only)",
            " order by message_id ",
            $order,
            " limit $5"
        )
    };
}

/// Reads a part of a chat's log, ascending.
pub async fn list(conn: &mut Conn, chat: ChatId, range: Range) -> Result<Vec<Message>, StoreError> {
    let statement = if range.newest { select_range!("desc") } else { select_range!("asc") };
    let mut rows: Vec<MessageRow> = sqlx::query_as(statement)
        .bind(chat.get())
        .bind(range.after)
        .bind(range.up_to)
        .bind(range.with_staff_only)
        .bind(range.limit)
        .fetch_all(conn)
        .await?;
    if range.newest {
        rows.reverse();
    }
    rows.into_iter().map(Message::try_from).collect()
}

/// Reads entries by their numbers, of several chats at once.
pub async fn find_many(
    conn: &mut Conn,
    numbers: &[(ChatId, MessageNumber)],
) -> Result<Vec<(ChatId, Message)>, StoreError> {
    let (chats, messages): (Vec<i32>, Vec<i32>) =
        numbers.iter().map(|(chat, message)| (chat.get(), message.get())).unzip();
    let rows = sqlx::query_as!(
        MessageRow,
        r#"
        select m.chat_id, m.message_id, sender_id, system_id, is_staff_only, html, plain, is_safe,
            created_at, step_id, profile_id, value_int, value_bool, value_date, value_multi,
            image_type, ask, hits, warning, edited_by_agent_id, is_deleted, detail,
            extra::text as extra
        from unnest($1::int[], $2::int[]) wanted (chat_id, message_id)
        join chat_messages m on m.chat_id = wanted.chat_id and m.message_id = wanted.message_id
        "#,
        &chats,
        &messages,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((ChatId::new(row.chat_id), Message::try_from(row)?))).collect()
}

/// What happened to chats that the caller has locked.
pub struct Appended<'a> {
    /// What other processes are told at the commit.
    pub news: Option<String>,
    pub entries: Vec<(ChatId, &'a Message)>,
    pub heads: Vec<(ChatId, Head)>,
    /// Read marks of those who posted.
    pub marks: Vec<ReadMark>,
    pub departures: Vec<Departure>,
    pub now: DateTime<Utc>,
}

/// Appends entries to logs, moves the heads of those logs, and tells other processes at the commit:
/// one round trip, however many chats and entries.
pub async fn append(conn: &mut Conn, appended: &Appended<'_>) -> Result<(), StoreError> {
    let new = Columns::of(&appended.entries);
    let (head_chats, lasts, publics, versions, updates) = head_columns(&appended.heads);
    let (mark_chats, places, reads) = mark_columns(&appended.marks);
    let (departed, teams, agents) = departure_columns(&appended.departures);
    sqlx::query!(
        r#"
        with moved as (
            update chat_heads h
            set last_message_id = n.last, last_public_message_id = n.public, version = n.version, updated_at = n.updated_at
            from unnest($22::int[], $23::int[], $24::int[], $25::bigint[], $26::timestamptz[])
                n (chat_id, last, public, version, updated_at)
            where h.chat_id = n.chat_id), marked as (
            update chat_participants p set read_id = n.read
            from unnest($27::int[], $28::int[], $29::int[]) n (chat_id, participant_id, read)
            where p.chat_id = n.chat_id and p.participant_id = n.participant_id), departed as (
            insert into chat_departures (chat_id, team_id, agent_id, left_at)
            select chat_id, team_id, agent_id, $33
            from unnest($30::int[], $31::int[], $32::int[]) n (chat_id, team_id, agent_id)), written as (
            insert into chat_messages (chat_id, message_id, sender_id, system_id, is_staff_only, html, plain,
                is_safe, created_at, step_id, profile_id, value_int, value_bool, value_date, value_multi,
                image_type, ask, hits, warning, detail, extra)
            select *
            from unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::boolean[], $6::text[], $7::text[],
                $8::boolean[], $9::timestamptz[], $10::int[], $11::text[], $12::int[], $13::boolean[],
                $14::timestamptz[], $15::text[], $16::int[], $17::jsonb[], $18::jsonb[], $19::text[],
                $20::jsonb[], $21::jsonb[]))
        select pg_notify($34, $35) where $35::text is not null
        "#,
        &new.chat_ids,
        &new.message_ids,
        &new.sender_ids,
        &new.system_ids,
        &new.staff_only,
        &new.htmls as &[&str],
        &new.plains as &[&str],
        &new.safes,
        &new.created,
        &new.steps as &[Option<i32>],
        &new.profiles as &[Option<&str>],
        &new.ints as &[Option<i32>],
        &new.bools as &[Option<bool>],
        &new.dates as &[Option<DateTime<Utc>>],
        &new.multis as &[Option<&str>],
        &new.images,
        &new.asks as &[Option<Value>],
        &new.hits as &[Option<Value>],
        &new.warnings as &[Option<&str>],
        &new.details as &[Option<Value>],
        &new.extras as &[Option<Value>],
        &head_chats,
        &lasts,
        &publics,
        &versions,
        &updates,
        &mark_chats,
        &places,
        &reads,
        &departed,
        &teams as &[Option<i32>],
        &agents as &[Option<i32>],
        appended.now,
        news::CHANNEL,
        appended.news,
    )
    .execute(conn)
    .await?;
    Ok(())
}
