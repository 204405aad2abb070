//! Telling other processes where to look, hearing it, and looking for what was not heard.

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::{Conn, Pool, StoreError};
use crate::domain::{
    ids::{ChatId, MessageNumber},
    news::Reach,
};

/// What a process tells the others; one channel for everything, so that one connection hears it.
pub(super) const CHANNEL: &str = "aureole_news";

/// How much of what happened has been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Heads that moved up to here.
    pub feed: i64,
    pub revocations: i64,
}

/// Tells the others now, or at the commit of the transaction.
pub async fn tell(conn: &mut Conn, text: &str) -> Result<(), StoreError> {
    sqlx::query!("select pg_notify($1, $2)", CHANNEL, text).execute(conn).await?;
    Ok(())
}

/// Counts that rights were taken or changed, for those who hear nothing.
pub async fn count_revocation(conn: &mut Conn) -> Result<(), StoreError> {
    sqlx::query!("update news_marks set revocations = revocations + 1").execute(conn).await?;
    Ok(())
}

/// How much has happened so far.
pub async fn mark(conn: &mut Conn) -> Result<Mark, StoreError> {
    let mark = sqlx::query_as!(
        Mark,
        r#"
        select coalesce((select max(feed) from chat_heads where feed > 0), 0) as "feed!",
            (select revocations from news_marks) as "revocations!"
        "#
    );
    Ok(mark.fetch_one(conn).await?)
}

/// Heads that have moved after a mark, in the order in which they did; at most `limit`.
pub async fn list_moved(
    conn: &mut Conn,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, ChatId, Reach)>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select feed, chat_id, last_message_id, last_public_message_id, version
        from chat_heads
        where feed > $1 and feed > 0
        order by feed
        limit $2
        "#,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let moved = rows.into_iter().map(|row| {
        let last = MessageNumber::new(row.last_message_id);
        let last_public = MessageNumber::new(row.last_public_message_id);
        (row.feed, ChatId::new(row.chat_id), Reach { last, last_public, version: row.version })
    });
    Ok(moved.collect())
}

/// How far a chat has come; none: there is no such chat.
pub async fn find_reach(conn: &mut Conn, chat: ChatId) -> Result<Option<Reach>, StoreError> {
    let row = sqlx::query!(
        "select last_message_id, last_public_message_id, version from chat_heads where chat_id = $1",
        chat.get(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Reach {
        last: MessageNumber::new(row.last_message_id),
        last_public: MessageNumber::new(row.last_public_message_id),
        version: row.version,
    }))
}

/// Hears what this and other processes tell.
pub struct Listener(PgListener);

impl Listener {
    /// A connection of its own: one of the pool's would be missing there for good.
    pub async fn listen(pool: &Pool) -> Result<Self, StoreError> {
        let options = PgConnectOptions::clone(&pool.connect_options());
        let own = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Self(listener))
    }

    /// The next news; none: the connection was lost, and perhaps news with it.
    pub async fn next(&mut self) -> Result<Option<String>, StoreError> {
        Ok(self.0.try_recv().await?.map(|told| told.payload().to_owned()))
    }
}
