//! What is to leave the process: written by whoever decides it, claimed under a lease, deleted when
//! its answer has changed the chat.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError, call_document};
use crate::{
    domain::ids::ChatId,
    flow::{CallId, CallOut},
};

/// Told at the commit of every transaction that adds to the outbox.
pub const CHANNEL: &str = "aureole_outbox";

/// A call that this process has claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: i64,
    /// Tells this call from every other, at whoever is called: a repeated one has the same.
    pub key: Uuid,
    pub chat: ChatId,
    pub call: CallId,
    /// None: it cannot be read.
    pub what: Option<CallOut>,
    /// Times that it was claimed, this one included.
    pub attempts: i32,
}

/// Adds a call, due at once, and tells every process of it when the transaction commits.
pub async fn insert(
    conn: &mut Conn,
    chat: ChatId,
    call: CallId,
    what: &CallOut,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        with added as (
            insert into outbox (call_key, chat_id, call_id, payload, due_at, attempts, created_at)
            values ($1, $2, $3, $4, $5, 0, $5)
        )
        select pg_notify($6, '')
        "#,
        Uuid::new_v4(),
        chat.get(),
        call.get(),
        call_document::to_json(what),
        now,
        CHANNEL,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims calls that are due, the oldest first: nobody else may until `lease_until`.
pub async fn claim(
    conn: &mut Conn,
    limit: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<Claimed>, StoreError> {
    let rows = sqlx::query!(
        r#"
        update outbox o
        set due_at = $2, attempts = attempts + 1
        from (
            select outbox_id
            from outbox
            where due_at <= $1
            order by due_at, outbox_id
            limit $3
            for update skip locked
        ) due
        where o.outbox_id = due.outbox_id
        returning o.outbox_id, call_key, chat_id, call_id, payload, attempts
        "#,
        now,
        lease_until,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| Claimed {
        id: row.outbox_id,
        key: row.call_key,
        chat: ChatId::new(row.chat_id),
        call: CallId::new(row.call_id),
        what: call_document::from_json(row.payload),
        attempts: row.attempts,
    });
    Ok(claimed.collect())
}

/// Keeps a claimed call from being claimed by others for longer.
pub async fn renew(conn: &mut Conn, id: i64, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update outbox set due_at = $2 where outbox_id = $1", id, lease_until).execute(conn).await?;
    Ok(())
}

/// Takes a call out of the outbox; false when somebody else already has.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    let deleted = sqlx::query!("delete from outbox where outbox_id = $1", id).execute(conn).await?;
    Ok(deleted.rows_affected() > 0)
}
