//! Filling an empty database with the rows of a backup.

use std::borrow::Cow;

use bytes::Bytes;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection,
    migrate::{MigrateError, Migration, Migrator},
};
use uuid::Uuid;

use super::{
    Conn, MIGRATOR, StoreError,
    backup::{Counter, Table, list_tables, quoted, spelt},
};
use crate::domain::hex::hex;

/// Tables of ours that hold something, beside what the migrations put there.
pub async fn list_filled(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    let mut filled = Vec::new();
    for Table { name, .. } in list_tables(conn).await? {
        let statement = format!("select exists (select from {})", quoted(&name));
        let holds: bool = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut *conn).await?;
        if holds && name != "news_marks" {
            filled.push(name);
        }
    }
    Ok(filled)
}

/// Servers that are connected to this database.
pub async fn count_servers(conn: &mut Conn) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from pg_stat_activity
        where datname = current_database() and application_name = 'aureole' and pid <> pg_backend_pid()
        "#
    );
    Ok(count.fetch_one(conn).await?)
}

/// Files in the folder of attachments that this database names, or was about to remove.
pub async fn list_blobs(conn: &mut Conn) -> Result<Vec<Uuid>, StoreError> {
    let is_there = sqlx::query_scalar!(r#"select to_regclass('attachments') is not null as "there!""#);
    if !is_there.fetch_one(&mut *conn).await? {
        return Ok(Vec::new());
    }
    let blobs = sqlx::query_scalar!(
        r#"
        select blob_id as "blob!" from attachments where place = 'file'
        union
        select blob_id from attachment_leftovers where place = 'file'
        "#
    );
    Ok(blobs.fetch_all(conn).await?)
}

/// Drops everything in the schema that is not an extension's.
pub async fn clear(conn: &mut Conn) -> Result<(), StoreError> {
    let statements: Vec<String> = sqlx::query_scalar!(
        r#"
        select format('drop table if exists %I cascade', relname) as "statement!"
        from pg_class
        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
        union all
        select format('drop sequence if exists %I cascade', relname)
        from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'S'
        union all
        select format('drop function if exists %s cascade', p.oid::regprocedure)
        from pg_proc p
        where pronamespace = current_schema()::regnamespace
            and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        "#
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut tx = conn.begin().await?;
    for statement in statements {
        tx.execute(AssertSqlSafe(statement)).await?;
    }
    Ok(tx.commit().await?)
}

/// Migrations of a backup that this program does not have, or has otherwise.
pub fn unknown_migrations(wanted: &[(i64, String)]) -> Vec<i64> {
    let is_known = |(version, checksum): &&(i64, String)| {
        MIGRATOR.iter().any(|one| one.version == *version && hex(&one.checksum) == *checksum)
    };
    wanted.iter().filter(|one| !is_known(one)).map(|(version, _)| *version).collect()
}

/// Applies exactly the migrations that the backup's database had.
pub async fn migrate_to(conn: &mut PgConnection, wanted: &[(i64, String)]) -> Result<(), MigrateError> {
    let is_wanted = |one: &&Migration| wanted.iter().any(|(version, _)| *version == one.version);
    let migrations: Vec<Migration> = MIGRATOR.iter().filter(is_wanted).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT };
    migrator.run(conn).await
}

/// Applies those that came since.
pub async fn migrate(conn: &mut PgConnection) -> Result<(), MigrateError> {
    MIGRATOR.run(conn).await
}

/// Empties a table and makes it ready for rows as they were: nothing is worked out anew.
pub async fn prepare(conn: &mut Conn, table: &Table) -> Result<(), StoreError> {
    let name = quoted(&table.name);
    // What rows point at is there already, and a table with checks that wait cannot be altered.
    conn.execute("set constraints all immediate").await?;
    conn.execute(AssertSqlSafe(format!("alter table {name} disable trigger user"))).await?;
    conn.execute(AssertSqlSafe(format!("delete from {name}"))).await?;
    Ok(())
}

/// Fills a table; the rows come piece by piece, in Postgres's own text form. Answers how many.
pub async fn copy_in<F>(conn: &mut Conn, table: &Table, mut next: F) -> Result<u64, StoreError>
where
    F: AsyncFnMut() -> Result<Option<Bytes>, StoreError>,
{
    let mut rows = conn.copy_in_raw(&format!("copy {} from stdin", spelt(table))).await?;
    loop {
        match next().await {
            Ok(Some(piece)) => drop(rows.send(piece).await?),
            Ok(None) => return Ok(rows.finish().await?),
            Err(error) => {
                // What it says of the end is not what went wrong.
                let _ = rows.abort("the backup cannot be read").await;
                return Err(error);
            }
        }
    }
}

/// Makes a table as it is meant to be again.
pub async fn finish(conn: &mut Conn, table: &Table) -> Result<(), StoreError> {
    let name = quoted(&table.name);
    conn.execute(AssertSqlSafe(format!("alter table {name} enable trigger user"))).await?;
    Ok(())
}

/// Lets a counter go on where it was.
pub async fn set_counter(conn: &mut Conn, counter: &Counter) -> Result<(), StoreError> {
    sqlx::query!("select setval(quote_ident($1)::regclass, $2)", counter.name, counter.last)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Begins a history that no cursor of before belongs to, and counts a revocation, so that nobody goes
/// by what was known.
pub async fn begin_history(conn: &mut Conn, history: i64) -> Result<(), StoreError> {
    sqlx::query!("update news_marks set history = $1, revocations = revocations + 1", history)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lets the planner know what there is.
pub async fn analyse(conn: &mut Conn) -> Result<(), StoreError> {
    conn.execute("analyze").await?;
    Ok(())
}
