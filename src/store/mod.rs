//! All SQL, as functions over a connection. Nothing here decides; the service layer does.

pub mod agent;
pub mod api_client;
pub mod chat;
pub mod chat_list;
pub mod configuration;
mod error;
pub mod field_document;
pub mod flow_position;
pub mod idempotency;
pub mod installation;
pub mod matching_data;
pub mod message;
mod message_row;
pub mod participant;
pub mod presence;
pub mod profile;
pub mod profile_document;
mod request_document;
pub mod session;

use sqlx::{PgConnection, PgPool, Postgres, Transaction};

pub use error::StoreError;

/// A pool of connections to Postgres.
pub type Pool = PgPool;
/// One connection, inside or outside a transaction.
pub type Conn = PgConnection;
/// A transaction; dropped without `commit`, it changes nothing.
pub type Tx = Transaction<'static, Postgres>;

/// Every change of the schema, in order; applied under a lock by whoever starts first.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("./migrations");

pub async fn begin(pool: &Pool) -> Result<Tx, StoreError> {
    Ok(pool.begin().await?)
}

pub async fn commit(tx: Tx) -> Result<(), StoreError> {
    Ok(tx.commit().await?)
}

/// A connection for reads that need no transaction.
pub async fn acquire(pool: &Pool) -> Result<sqlx::pool::PoolConnection<Postgres>, StoreError> {
    Ok(pool.acquire().await?)
}

/// Whether the database answers and every migration has been applied.
pub async fn is_ready(pool: &Pool) -> bool {
    // Not a checked macro: the table belongs to the migrator, not to the schema.
    let applied: Result<i64, _> =
        sqlx::query_scalar("select count(*) from _sqlx_migrations where success").fetch_one(pool).await;
    matches!(applied, Ok(count) if usize::try_from(count).is_ok_and(|n| n >= MIGRATOR.iter().count()))
}
