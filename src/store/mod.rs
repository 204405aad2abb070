//! All SQL, as functions over a connection. Nothing here decides; the service layer does.

pub mod agent;
pub mod api_client;
pub mod attachment;
pub mod attachment_bytes;
pub mod attachment_document;
pub mod audit;
pub mod backup;
mod call_document;
pub mod canned_text;
pub mod chat;
pub mod chat_list;
mod chat_row;
pub mod enclosed_file;
pub mod erasure;
mod error;
pub mod export;
pub mod feed;
pub mod feedback;
pub mod field_document;
pub mod figures;
pub mod finding;
pub mod flow_position;
mod happening_row;
pub mod hours_document;
pub mod idempotency;
pub mod identity_user;
pub mod installation;
pub mod lease;
pub mod matching_data;
pub mod message;
pub mod message_columns;
pub mod message_history;
mod message_row;
pub mod news;
pub mod outbox;
pub mod participant;
pub mod person;
pub mod presence;
pub mod profile;
pub mod profile_document;
pub mod profile_secret;
pub mod queue;
pub mod rate_bucket;
pub mod record;
mod request_document;
pub mod resource;
pub mod restore;
pub mod sealed;
pub mod search;
pub mod session;
pub mod session_end;
pub mod settings_document;
pub mod slack_block;
pub mod slack_chat_app;
pub mod slack_conversation;
pub mod slack_details;
pub mod slack_inbox;
pub mod slack_message;
pub mod slack_notice;
pub mod slack_person;
pub mod slack_place;
pub mod slack_ticket_source;
pub mod team;
pub mod transcript;
pub mod translation;
pub mod unread;

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};

use sqlx::postgres::PgConnectOptions;

pub use error::StoreError;

/// A pool of connections to Postgres.
pub type Pool = PgPool;
/// One connection, inside or outside a transaction.
pub type Conn = PgConnection;
/// A transaction; dropped without `commit`, it changes nothing.
pub type Tx = Transaction<'static, Postgres>;

/// A transaction on a connection that is lent.
pub type Part<'a> = Transaction<'a, Postgres>;

/// Every change of the schema, in order; applied under a lock by whoever starts first.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

/// Postgres's word for a table that is not there.
const UNDEFINED_TABLE: &str = "42P01";

/// Begins a transaction, to its end even if whoever asked for it has gone: sqlx forgets one that is
/// dropped before Postgres has answered, and would lend its connection on with the transaction open.
pub async fn begin(pool: &Pool) -> Result<Tx, StoreError> {
    let connection = acquire(pool).await?;
    let begun = tokio::spawn(Transaction::begin(connection, None)).await;
    Ok(begun.expect("beginning does not panic, and nobody aborts it")?)
}

/// A part of a transaction that can be undone without the rest of it; two round trips, its end included.
pub async fn begin_part(conn: &mut Conn) -> Result<Transaction<'_, Postgres>, StoreError> {
    Ok(conn.begin().await?)
}

pub async fn commit(tx: Transaction<'_, Postgres>) -> Result<(), StoreError> {
    Ok(tx.commit().await?)
}

/// Undoes a transaction and leaves its connection fit for the next.
pub async fn roll_back(tx: Transaction<'_, Postgres>) -> Result<(), StoreError> {
    Ok(tx.rollback().await?)
}

/// A connection that is kept, for the one writer that posts go through. A pool asks a connection
/// that comes back whether it is still there: a round trip for every batch.
pub struct Writer {
    connection: PgConnection,
    used_at: Instant,
}

/// After this long without use, a connection is asked whether it is still there.
const WRITER_IDLE_MAX: Duration = Duration::from_secs(1);

impl Writer {
    /// The batch statements take arrays, for which Postgres would make a new plan every time: more
    /// work than the writing. Each has one good plan, whatever the arrays hold.
    pub async fn connect(pool: &Pool) -> Result<Self, StoreError> {
        let options = PgConnectOptions::clone(&pool.connect_options());
        let options = options.options([("plan_cache_mode", "force_generic_plan")]);
        let connection = PgConnection::connect_with(&options).await?;
        Ok(Self { connection, used_at: Instant::now() })
    }

    pub async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, StoreError> {
        self.used_at = Instant::now();
        Ok(self.connection.begin().await?)
    }

    /// This connection, or a new one when the server is no longer at its other end; no round trip
    /// while the writer is busy.
    pub async fn usable(mut self, pool: &Pool) -> Result<Self, StoreError> {
        if self.used_at.elapsed() < WRITER_IDLE_MAX || self.connection.ping().await.is_ok() {
            return Ok(self);
        }
        Self::connect(pool).await
    }
}

/// A connection for reads that need no transaction.
pub async fn acquire(pool: &Pool) -> Result<sqlx::pool::PoolConnection<Postgres>, StoreError> {
    count_wait(pool);
    Ok(pool.acquire().await?)
}

/// Whoever finds every connection in use waits for one.
fn count_wait(pool: &Pool) {
    if pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections() {
        metrics::counter!("aureole_database_waits_total").increment(1);
    }
}

/// Whether every migration of this program has been applied.
pub async fn is_migrated(pool: &Pool) -> Result<bool, StoreError> {
    // Not a checked macro: the table belongs to the migrator, not to the schema.
    let applied: Result<Vec<i64>, sqlx::Error> =
        sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(pool).await;
    match applied {
        Ok(applied) => Ok(MIGRATOR.iter().all(|one| applied.contains(&one.version))),
        // No migration has ever been applied.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
