//! Reading a whole database as of one moment, while others write.

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use super::{Conn, Part, Pool, StoreError};

/// Held while a backup is made: bytes in a folder that its moment names are not removed meanwhile.
const LOCK: i64 = 8_246_901_333;

/// A table, with the columns that are written into it; those that are worked out are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
}

/// A counter and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    pub name: String,
    pub last: i64,
}

/// A file in the folder of attachments, as its record has it.
#[derive(Clone, Debug)]
pub struct KeptFile {
    pub blob: Uuid,
    pub size: i32,
    pub sha256: Vec<u8>,
}

/// A connection of its own, on which nothing is cut for taking long.
pub async fn connect(pool: &Pool) -> Result<PgConnection, StoreError> {
    let options = PgConnectOptions::clone(&pool.connect_options())
        .options([("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")]);
    Ok(PgConnection::connect_with(&options).await?)
}

/// Waits for nobody: false while another backup is being made. Held until the connection ends.
pub async fn lock(conn: &mut Conn) -> Result<bool, StoreError> {
    let held = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "held!""#, LOCK);
    Ok(held.fetch_one(conn).await?)
}

/// Whether a backup is being made.
pub async fn is_under_way(conn: &mut Conn) -> Result<bool, StoreError> {
    let free = sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock_shared($1) as "free!""#, LOCK);
    Ok(!free.fetch_one(conn).await?)
}

/// A transaction that sees the database as it is when its first statement runs, whatever happens.
pub async fn begin(conn: &mut Conn) -> Result<Part<'_>, StoreError> {
    Ok(conn.begin_with("begin isolation level repeatable read, read only").await?)
}

/// Every migration that was applied, with its checksum in hexadecimal digits.
pub async fn list_migrations(conn: &mut Conn) -> Result<Vec<(i64, String)>, StoreError> {
    // Not a checked macro: the table belongs to the migrator, not to the schema.
    let rows = sqlx::query_as(
        "select version, encode(checksum, 'hex') from _sqlx_migrations where success order by version",
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Every table of ours, those that others point at before those that point.
pub async fn list_tables(conn: &mut Conn) -> Result<Vec<Table>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select c.relname::text as "name!",
            array(
                select a.attname::text
                from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                order by a.attnum
            ) as "columns!",
            array(
                select f.relname::text
                from pg_constraint k
                join pg_class f on f.oid = k.confrelid
                where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid
            ) as "points_at!"
        from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relpersistence = 'p'
            and c.relname <> '_sqlx_migrations'
        order by c.relname
        "#
    )
    .fetch_all(conn)
    .await?;
    let mut waiting: Vec<(Table, Vec<String>)> =
        rows.into_iter().map(|row| (Table { name: row.name, columns: row.columns }, row.points_at)).collect();
    let mut ordered: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_there = |name: &String| ordered.iter().any(|table| table.name == *name);
        let ready = waiting.iter().position(|(_, points_at)| points_at.iter().all(is_there));
        let Some(ready) = ready else {
            let names: Vec<&str> = waiting.iter().map(|(table, _)| table.name.as_str()).collect();
            return Err(StoreError::bad_row("pg_constraint", names.join(", "), "these point at each other"));
        };
        ordered.push(waiting.remove(ready).0);
    }
    Ok(ordered)
}

/// The rows of a table in Postgres's own text form, as they are read.
pub async fn copy_out<'a>(
    conn: &'a mut Conn,
    table: &Table,
) -> Result<BoxStream<'a, Result<Bytes, StoreError>>, StoreError> {
    let statement = format!("copy {} to stdout", spelt(table));
    let rows = conn.copy_out_raw(&statement).await?;
    Ok(rows.map(|piece| Ok(piece?)).boxed())
}

/// A table and its columns as a statement names them.
pub(super) fn spelt(table: &Table) -> String {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    format!("{} ({})", quoted(&table.name), columns.join(", "))
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How far counters have come; those that never counted are left out.
pub async fn list_counters(conn: &mut Conn) -> Result<Vec<Counter>, StoreError> {
    let rows = sqlx::query_as!(
        Counter,
        r#"
        select sequencename::text as "name!", last_value as "last!"
        from pg_sequences
        where schemaname = current_schema() and last_value is not null
        order by sequencename
        "#
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Files behind this one whose bytes are in the folder, in the order of their names.
pub async fn list_files(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<KeptFile>, StoreError> {
    let rows = sqlx::query_as!(
        KeptFile,
        r#"
        select blob_id as blob, size, sha256
        from attachments
        where place = 'file' and blob_id > $1
        order by blob_id
        limit $2
        "#,
        after,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The version of the database server, as it names it.
pub async fn server_version(conn: &mut Conn) -> Result<String, StoreError> {
    let version = sqlx::query_scalar(AssertSqlSafe("show server_version"));
    Ok(version.fetch_one(conn).await?)
}
