//! Taking what is known of a person out of one chat that the caller has locked. Numbers, kinds and
//! times stay, so that the log can still be followed and replayed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError, attachment::place_of};
use crate::domain::{
    attachment::Blob,
    ids::ChatId,
    person::{Extent, Removed},
};

/// Empties a chat. Answers what went, and the bytes that are nobody's now.
pub async fn erase_chat(
    conn: &mut Conn,
    chat: ChatId,
    extent: Extent,
    now: DateTime<Utc>,
) -> Result<(Removed, Vec<Blob>), StoreError> {
    let mut removed = Removed::default();
    let blobs = delete_files(conn, chat, extent, now).await?;
    removed.count("attachments", blobs.len() as u64);
    empty_log(conn, chat, &mut removed).await?;
    empty_records(conn, chat, extent, &mut removed).await?;
    empty_people(conn, chat, &mut removed).await?;
    // What Slack is yet to be told, or has been, is found by the chat's place there.
    forget_slack(conn, chat, &mut removed).await?;
    empty_row(conn, chat, now).await?;
    removed.count("chats", 1);
    Ok((removed, blobs))
}

async fn delete_files(
    conn: &mut Conn,
    chat: ChatId,
    extent: Extent,
    now: DateTime<Utc>,
) -> Result<Vec<Blob>, StoreError> {
    // "AT", as whoever adds a file to the chat: one that is on its way is either here or refused.
    sqlx::query!("select pg_advisory_xact_lock(16724, $1)", chat.get()).execute(&mut *conn).await?;
    let rows = sqlx::query!(
        r#"
        with gone as (
            delete from attachments
            where chat_id = $1 or ($2 and ticket_id in (
                select id from tickets where chat_id = $1
                union all
                select ticket_id from chats where chat_id = $1
            ))
            returning blob_id, place
        )
        insert into attachment_leftovers (blob_id, place, since)
        select blob_id, place, $3 from gone
        returning blob_id, place
        "#,
        chat.get(),
        extent == Extent::Person,
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| blob(row.blob_id, &row.place)).collect()
}

fn blob(id: Uuid, place: &str) -> Result<Blob, StoreError> {
    Ok(Blob { id, place: place_of(place, id)? })
}

async fn empty_log(conn: &mut Conn, chat: ChatId, removed: &mut Removed) -> Result<(), StoreError> {
    let former = sqlx::query!("delete from chat_message_history where chat_id = $1", chat.get())
        .execute(&mut *conn)
        .await?;
    removed.count("former_texts", former.rows_affected());
    // Numbers of ordinary entries are answers; those of happenings point at entries.
    let messages = sqlx::query!(
        r#"
        update chat_messages
        set html = '', plain = '', is_safe = true, value_bool = null, value_date = null,
            value_multi = null, ask = null, hits = null, warning = null, extra = null,
            value_int = case when system_id not in (0, 9, 15) and system_id < 19 then value_int end,
            detail = erased_detail(detail)
        where chat_id = $1
        "#,
        chat.get(),
    )
    .execute(&mut *conn)
    .await?;
    removed.count("messages", messages.rows_affected());
    Ok(())
}

/// The records that a chat leaves beside its log.
async fn empty_records(
    conn: &mut Conn,
    chat: ChatId,
    extent: Extent,
    removed: &mut Removed,
) -> Result<(), StoreError> {
    let feedback = sqlx::query!(
        "update feedback set document = erased_document(document, 'comment') - 'comment' where chat_id = $1",
        chat.get(),
    )
    .execute(&mut *conn)
    .await?;
    removed.count("feedback", feedback.rows_affected());
    let actions = sqlx::query!(
        r#"
        update ticket_actions
        set document = erased_document(document, 'outcome')
        where ticket_id in (
            select id from tickets where chat_id = $1
            union all
            select ticket_id from chats where chat_id = $1
        ) and ($2 or document ->> 'chatid' = $1::int::text)
        "#,
        chat.get(),
        extent == Extent::Person,
    )
    .execute(&mut *conn)
    .await?;
    removed.count("actions", actions.rows_affected());
    if extent == Extent::Person {
        let tickets = sqlx::query!(
            r#"
            update tickets
            set document = erased_document(document, 'summary')
            where chat_id = $1 or id = (select ticket_id from chats where chat_id = $1)
            "#,
            chat.get(),
        )
        .execute(&mut *conn)
        .await?;
        removed.count("tickets", tickets.rows_affected());
    }
    let calls = sqlx::query!("delete from outbox where chat_id = $1", chat.get()).execute(&mut *conn).await?;
    removed.count("outbox", calls.rows_affected());
    Ok(())
}

/// The visitor, and whatever lets the visitor in.
async fn empty_people(conn: &mut Conn, chat: ChatId, removed: &mut Removed) -> Result<(), StoreError> {
    let sessions =
        sqlx::query!("delete from sessions where chat_id = $1", chat.get()).execute(&mut *conn).await?;
    removed.count("sessions", sessions.rows_affected());
    let keys = sqlx::query!(
        r#"
        delete from idempotency_keys
        where caller in (
            select 'visitor:' || chat_id || ':' || participant_id
            from chat_participants
            where chat_id = $1 and unknown_id is not null
        )
        "#,
        chat.get(),
    )
    .execute(&mut *conn)
    .await?;
    removed.count("idempotency_keys", keys.rows_affected());
    sqlx::query!("delete from visitor_presence where chat_id = $1", chat.get()).execute(&mut *conn).await?;
    let people = sqlx::query!(
        r#"
        update chat_participants
        set name = 'Erased', email = null, user_id = null, unknown_id = 'erased', is_signed_in = false
        where chat_id = $1 and unknown_id is not null
        "#,
        chat.get(),
    )
    .execute(conn)
    .await?;
    removed.count("participants", people.rows_affected());
    Ok(())
}

async fn forget_slack(conn: &mut Conn, chat: ChatId, removed: &mut Removed) -> Result<(), StoreError> {
    // A direct message is a conversation with this person alone; elsewhere its id names nobody.
    let requests = sqlx::query!(
        r#"
        update slack_inbox i
        set payload = '', due_at = null, channel_id = null, message_ts = null, lane = 'erased'
        from (
            select theirs.inbox_id
            from chats c
            join slack_chat_apps a on a.app_id = c.slack_app_id
            join slack_inbox theirs on theirs.chat_app_id = a.id
            where c.chat_id = $1 and (
                (theirs.channel_id = c.slack_channel_id and c.slack_channel_id like 'D%')
                or theirs.lane in (a.id || ':' || c.slack_user_id, a.id || ':form:' || c.slack_user_id)
                or (theirs.lane = a.id || ':' || c.slack_channel_id
                    and (c.slack_channel_id like 'D%' or position(c.slack_user_id in theirs.payload) > 0))
            )
            -- Whoever works one off holds its row and waits for the chat.
            for update of theirs skip locked
        ) found
        where i.inbox_id = found.inbox_id
        "#,
        chat.get(),
    )
    .execute(&mut *conn)
    .await?;
    removed.count("slack_requests", requests.rows_affected());
    let told = sqlx::query!(
        r#"
        with messages as (delete from slack_messages where chat_id = $1 returning 1),
            blocks as (delete from slack_blocks where chat_id = $1 returning 1),
            notices as (delete from slack_notices where chat_id = $1 returning 1),
            conversations as (delete from slack_conversations where chat_id = $1 returning 1)
        select (select count(*) from messages) as "messages!", (select count(*) from blocks) as "blocks!",
            (select count(*) from notices) as "notices!",
            (select count(*) from conversations) as "conversations!"
        "#,
        chat.get(),
    )
    .fetch_one(conn)
    .await?;
    let rows = [
        ("slack_messages", told.messages),
        ("slack_blocks", told.blocks),
        ("slack_notices", told.notices),
        ("slack_conversations", told.conversations),
    ];
    for (kind, count) in rows {
        removed.count(kind, count.unsigned_abs());
    }
    Ok(())
}

async fn empty_row(conn: &mut Conn, chat: ChatId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update chats
        set name = 'Erased', page_url = null, teams_conversation_id = null, variables = '{}',
            flow_position = jsonb_build_object('at', case when is_live then 'handed_over' else 'finished' end),
            flow_due_at = null, sweep_at = null, slack_app_id = null, slack_channel_id = null,
            slack_user_id = null, erased_at = $2
        where chat_id = $1
        "#,
        chat.get(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Closed chats whose profile keeps them no longer, the longest closed first of each profile.
pub async fn list_retired(
    conn: &mut Conn,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        r#"
        select due.chat_id
        from chat_profiles p
        cross join lateral (
            select c.chat_id
            from chats c
            where c.profile_id = p.profile_id and c.is_closed and c.erased_at is null
                and c.closed_at <= $1::timestamptz - make_interval(days => p.retention_days)
            order by c.closed_at
            limit $2
        ) due
        where p.retention_days is not null
        limit $2
        "#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}
