//! How far the log of each Slack chat has been told in Slack.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError};
use crate::domain::{
    chat::ProfileVersion,
    ids::{ChatId, ProfileId},
};

/// A conversation that this process tells of news, with how far it has got.
#[derive(Clone, Debug)]
pub struct ClaimedConversation {
    pub chat: ChatId,
    pub chat_app: i32,
    pub channel: String,
    pub user: String,
    pub thread_ts: Option<String>,
    pub progress: Progress,
    /// Occasions to tell something when it was claimed.
    pub wakes: i64,
    pub lease: Uuid,
    /// Times in a row that telling did not succeed.
    pub attempts: i32,
}

/// The place in the log up to which everything was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last entry that has been told entirely.
    pub told: i32,
    /// How many posts of the next one.
    pub posts: i32,
    /// A post that was sent and has no answer yet.
    pub pending: Option<Pending>,
}

/// A post that may be there or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    pub key: Uuid,
    pub since: DateTime<Utc>,
    /// Times that it was sent.
    pub sends: i32,
}

/// Begins telling a chat, from its first entry on.
pub async fn insert(
    conn: &mut Conn,
    chat: ChatId,
    chat_app: i32,
    thread_ts: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into slack_conversations (chat_id, chat_app_id, thread_ts, told_id, told_posts,
            pending_sends, due_at, wakes, attempts)
        values ($1, $2, $3, 0, 0, 0, $4, 0, 0)
        "#,
        chat.get(),
        chat_app,
        thread_ts,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that there is something to tell.
pub async fn wake(conn: &mut Conn, chat: ChatId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_conversations
        set wakes = wakes + 1, due_at = coalesce(due_at, $2)
        where chat_id = $1 and fault is null
        "#,
        chat.get(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Goes on telling the chats of an app whose token works again. Held in the order in which posts hold
/// the chats that share a transaction, so that neither waits for the other.
pub async fn resume(conn: &mut Conn, chat_app: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_conversations
        set wakes = wakes + 1, due_at = $2, fault = null, attempts = 0
        where chat_id in (
            select s.chat_id
            from slack_conversations s
            join chat_heads h on h.chat_id = s.chat_id
            where s.chat_app_id = $1 and (s.fault is not null or s.told_id < h.last_message_id)
            order by s.chat_id
            for no key update of s
        )
        "#,
        chat_app,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The profile version whose flow and names a chat has.
pub async fn profile_of(conn: &mut Conn, chat: ChatId) -> Result<Option<ProfileVersion>, StoreError> {
    let row = sqlx::query!("select profile_id, profile_version from chats where chat_id = $1", chat.get())
        .fetch_optional(conn)
        .await?;
    let version = row.and_then(|row| row.profile_id.zip(row.profile_version));
    Ok(version.map(|(id, version)| ProfileVersion { id: ProfileId::new(id), version }))
}

/// Claims conversations that there is something to tell in, the longest waiting first.
pub async fn claim(
    conn: &mut Conn,
    limit: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<ClaimedConversation>, StoreError> {
    let rows = sqlx::query!(
        r#"
        update slack_conversations s
        set lease_key = gen_random_uuid(), leased_until = $2
        from (
            select chat_id
            from slack_conversations
            where due_at <= $1 and (leased_until is null or leased_until <= $1)
            order by due_at
            limit $3
            for update skip locked
        ) due, chats c
        where s.chat_id = due.chat_id and c.chat_id = s.chat_id
        returning s.chat_id, chat_app_id, c.slack_channel_id as "channel!", c.slack_user_id as "user!",
            thread_ts, told_id, told_posts, pending_key, pending_since, pending_sends, wakes,
            lease_key as "lease!", attempts
        "#,
        now,
        lease_until,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| {
        let pending = row.pending_key.zip(row.pending_since);
        let sends = row.pending_sends;
        ClaimedConversation {
            chat: ChatId::new(row.chat_id),
            chat_app: row.chat_app_id,
            channel: row.channel,
            user: row.user,
            thread_ts: row.thread_ts,
            progress: Progress {
                told: row.told_id,
                posts: row.told_posts,
                pending: pending.map(|(key, since)| Pending { key, since, sends }),
            },
            wakes: row.wakes,
            lease: row.lease,
            attempts: row.attempts,
        }
    });
    Ok(claimed.collect())
}

/// Keeps a claimed conversation from being claimed by others for longer.
pub async fn renew(
    conn: &mut Conn,
    claimed: &ClaimedConversation,
    lease_until: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update slack_conversations set leased_until = $3 where chat_id = $1 and lease_key = $2",
        claimed.chat.get(),
        claimed.lease,
        lease_until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes how far the log has been told, and whether a post is on its way; false: the lease was lost,
/// and somebody else may be telling already.
pub async fn update_progress(
    conn: &mut Conn,
    claimed: &ClaimedConversation,
    progress: &Progress,
) -> Result<bool, StoreError> {
    let pending = progress.pending.as_ref();
    let updated = sqlx::query!(
        r#"
        update slack_conversations
        set told_id = $3, told_posts = $4, pending_key = $5, pending_since = $6, pending_sends = $7
        where chat_id = $1 and lease_key = $2
        "#,
        claimed.chat.get(),
        claimed.lease,
        progress.told,
        progress.posts,
        pending.map(|pending| pending.key),
        pending.map(|pending| pending.since),
        pending.map_or(0, |pending| pending.sends),
    )
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// What becomes of a conversation that nobody tells any more for now.
#[derive(Clone, Copy, Debug)]
pub enum Release<'a> {
    /// Everything was told; news that came meanwhile is due at once.
    Told,
    /// Something stands in the way for a while.
    Later(DateTime<Utc>),
    /// It is not to be told any more, for this reason, in Slack's word; unless there was news meanwhile,
    /// which may be that of a new token.
    Never(&'a str),
}

/// Goes on telling a conversation in which somebody has written: it is there again.
pub async fn revive(conn: &mut Conn, chat: ChatId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_conversations
        set wakes = wakes + 1, due_at = $2, fault = null, attempts = 0
        where chat_id = $1 and fault is not null
        "#,
        chat.get(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a claimed conversation back.
pub async fn release(
    conn: &mut Conn,
    claimed: &ClaimedConversation,
    release: Release<'_>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (later, fault) = match release {
        Release::Told => (None, None),
        Release::Later(later) => (Some(later), None),
        Release::Never(fault) => (None, Some(fault)),
    };
    sqlx::query!(
        r#"
        update slack_conversations
        set lease_key = null, leased_until = null, fault = case when wakes = $4 then $5::text end,
            due_at = case when $3::timestamptz is not null then $3 when wakes <> $4 then $6::timestamptz end,
            attempts = case when $3::timestamptz is null then 0 else attempts + 1 end
        where chat_id = $1 and lease_key = $2
        "#,
        claimed.chat.get(),
        claimed.lease,
        later,
        claimed.wakes,
        fault,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
