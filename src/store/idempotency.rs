//! Answers to requests that may be repeated: ids and a hash, never the text.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Conn, StoreError};

/// The name of a request: whose it is, and the key that the caller gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    pub caller: String,
    pub key: String,
}

/// What the first request came to, one for each member of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAnswer {
    pub chat: i32,
    pub message: i32,
    /// How far the chat's log had come.
    pub last_message: i32,
}

/// A request that was carried out before.
#[derive(Clone, Debug)]
pub struct Answered {
    pub name: RequestKey,
    pub request_hash: Vec<u8>,
    pub answers: Vec<FirstAnswer>,
}

/// Makes requests of the same name take turns until the transaction ends; for requests that lock
/// no chat.
pub async fn serialise(conn: &mut Conn, name: &RequestKey) -> Result<(), StoreError> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended($1 || chr(10) || $2, 0)) as "locked?: ()""#,
        name.caller,
        name.key,
    )
    .fetch_one(conn)
    .await
    .map(drop)?;
    Ok(())
}

/// Those of the requests that were answered after `since`.
pub async fn list(
    conn: &mut Conn,
    names: &[RequestKey],
    since: DateTime<Utc>,
) -> Result<Vec<Answered>, StoreError> {
    let callers: Vec<&str> = names.iter().map(|name| name.caller.as_str()).collect();
    let keys: Vec<&str> = names.iter().map(|name| name.key.as_str()).collect();
    let rows = sqlx::query!(
        r#"
        select i.caller, i.key, i.request_hash, i.answers
        from unnest($1::text[], $2::text[]) wanted (caller, key)
        join idempotency_keys i on i.caller = wanted.caller and i.key = wanted.key
        where i.created_at > $3
        "#,
        &callers as &[&str],
        &keys as &[&str],
        since,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let answers = serde_json::from_value(row.answers)
                .map_err(|error| StoreError::bad_row("idempotency_keys", &row.key, error))?;
            let name = RequestKey { caller: row.caller, key: row.key };
            Ok(Answered { name, request_hash: row.request_hash, answers })
        })
        .collect()
}

/// Keeps an answer in the transaction that makes it true, replacing one from before `since`.
/// False: another request of that name came first, and this one must be undone.
pub async fn save(
    conn: &mut Conn,
    answered: &Answered,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let answers = serde_json::to_value(&answered.answers).expect("answers are numbers");
    let saved = sqlx::query!(
        r#"
        insert into idempotency_keys (caller, key, request_hash, answers, created_at)
        values ($1, $2, $3, $4, $5)
        on conflict (caller, key) do update
        set request_hash = excluded.request_hash, answers = excluded.answers, created_at = excluded.created_at
        where idempotency_keys.created_at <= $6
        "#,
        answered.name.caller,
        answered.name.key,
        answered.request_hash,
        answers,
        now,
        since,
    )
    .execute(conn)
    .await?;
    Ok(saved.rows_affected() > 0)
}

/// Forgets what is older.
pub async fn delete_before(conn: &mut Conn, limit: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted =
        sqlx::query!("delete from idempotency_keys where created_at <= $1", limit).execute(conn).await?;
    Ok(deleted.rows_affected())
}
