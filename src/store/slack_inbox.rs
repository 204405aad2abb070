//! Requests of Slack that are to be worked off: stored before they are answered, done in the order of
//! their lanes, and remembered for a while, so that a repeat is known as one.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};

/// What a request is, and so how its payload is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    Event,
    Command,
    Interaction,
}

impl RequestKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Command => "command",
            Self::Interaction => "interaction",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Event, Self::Command, Self::Interaction].into_iter().find(|kind| kind.name() == name)
    }
}

/// A request that is about to be stored.
pub struct NewRequest<'a> {
    /// The app that signed it; none: the server's own.
    pub chat_app: Option<i32>,
    /// Names it among the app's requests, however often it comes.
    pub key: &'a str,
    pub kind: RequestKind,
    /// The conversation and time stamp of the message that it brings.
    pub message: Option<(&'a str, &'a str)>,
    /// Requests of one lane are worked off one after the other.
    pub lane: &'a str,
    pub payload: &'a str,
}

/// A request that this process has claimed.
#[derive(Clone, Debug)]
pub struct ClaimedRequest {
    pub id: i64,
    pub chat_app: Option<i32>,
    /// None: of another version, and not known here.
    pub kind: Option<RequestKind>,
    pub payload: String,
    pub received_at: DateTime<Utc>,
    /// Times that it was claimed, this one included.
    pub attempts: i32,
}

/// Stores a request, due at once; false: it is here already, by its key or by the message that it
/// brings. Nobody is told: a notification would make one commit wait for the other.
pub async fn insert(conn: &mut Conn, new: &NewRequest<'_>, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let stored = sqlx::query!(
        r#"
        insert into slack_inbox (chat_app_id, event_key, kind, channel_id, message_ts, lane, payload,
            received_at, due_at, attempts)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0)
        on conflict do nothing
        "#,
        new.chat_app,
        new.key,
        new.kind.name(),
        new.message.map(|(channel, _)| channel),
        new.message.map(|(_, ts)| ts),
        new.lane,
        new.payload,
        now,
    )
    .execute(conn)
    .await?;
    Ok(stored.rows_affected() > 0)
}

/// Notes a request that is answered and done at once, in this transaction; false: it is here already.
pub async fn insert_done(
    conn: &mut Conn,
    new: &NewRequest<'_>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let stored = sqlx::query!(
        r#"
        insert into slack_inbox (chat_app_id, event_key, kind, lane, payload, received_at, attempts)
        values ($1, $2, $3, $4, '', $5, 0)
        on conflict do nothing
        "#,
        new.chat_app,
        new.key,
        new.kind.name(),
        new.lane,
        now,
    )
    .execute(conn)
    .await?;
    Ok(stored.rows_affected() > 0)
}

/// Claims the first request of lanes that nobody works off: nobody else may until `lease_until`, and
/// ever later when it was begun twenty times without coming to an end.
pub async fn claim(
    conn: &mut Conn,
    limit: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<ClaimedRequest>, StoreError> {
    let rows = sqlx::query!(
        r#"
        update slack_inbox i
        set due_at = $2::timestamptz + make_interval(mins => least(greatest(i.attempts - 20, 0), 60)),
            attempts = i.attempts + 1
        from (
            select inbox_id
            from slack_inbox waiting
            where due_at <= $1 and not exists (
                select from slack_inbox earlier
                where earlier.lane = waiting.lane and earlier.inbox_id < waiting.inbox_id
                    and earlier.due_at is not null
            )
            order by due_at, inbox_id
            limit $3
            for update skip locked
        ) due
        where i.inbox_id = due.inbox_id and i.due_at <= $1
        returning i.inbox_id, chat_app_id, kind, payload, received_at, attempts
        "#,
        now,
        lease_until,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| ClaimedRequest {
        id: row.inbox_id,
        chat_app: row.chat_app_id,
        kind: RequestKind::from_name(&row.kind),
        payload: row.payload,
        received_at: row.received_at,
        attempts: row.attempts,
    });
    Ok(claimed.collect())
}

/// Says when a claimed request may be claimed again.
pub async fn postpone(conn: &mut Conn, id: i64, until: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update slack_inbox set due_at = $2 where inbox_id = $1 and due_at is not null", id, until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a request is done; false when somebody else already has.
pub async fn finish(conn: &mut Conn, id: i64) -> Result<bool, StoreError> {
    let finished = sqlx::query!(
        "update slack_inbox set due_at = null, payload = '' where inbox_id = $1 and due_at is not null",
        id,
    )
    .execute(conn)
    .await?;
    Ok(finished.rows_affected() > 0)
}

/// Forgets requests that were done and came before this moment.
pub async fn delete_done(conn: &mut Conn, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted = sqlx::query!("delete from slack_inbox where due_at is null and received_at < $1", before)
        .execute(conn)
        .await?;
    Ok(deleted.rows_affected())
}
