//! Resources that an administrator sets up and that are kept as documents: agents, teams, fields.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::{Conn, StoreError};
use crate::domain::document::Document;

/// The tables that share this shape; the only names that reach the statements below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Agents,
    Teams,
    Fields,
}

/// One stored document and its id.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: i32,
    pub document: Document,
}

impl Resource {
    const fn table(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Teams => "teams",
            Self::Fields => "fields",
        }
    }

    /// A statement over this resource's table; `{table}` is replaced by its name.
    fn sql(self, statement: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(statement.replace("{table}", self.table()))
    }
}

/// Everything that is not deleted, by name.
pub async fn list(conn: &mut Conn, resource: Resource) -> Result<Vec<Stored>, StoreError> {
    let rows: Vec<(i32, String)> = sqlx::query_as(
        resource.sql("select id, document::text from {table} where deleted_at is null order by name, id"),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Stored::from).collect())
}

pub async fn find(conn: &mut Conn, resource: Resource, id: i32) -> Result<Option<Stored>, StoreError> {
    let row: Option<(i32, String)> = sqlx::query_as(
        resource.sql("select id, document::text from {table} where id = $1 and deleted_at is null"),
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Stored::from))
}

/// Reads a document and holds its row, so that two changes do not overwrite each other.
pub async fn lock(conn: &mut Conn, resource: Resource, id: i32) -> Result<Option<Stored>, StoreError> {
    let row: Option<(i32, String)> = sqlx::query_as(resource.sql(
        "select id, document::text from {table} where id = $1 and deleted_at is null for no key update",
    ))
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Stored::from))
}

pub async fn insert(
    conn: &mut Conn,
    resource: Resource,
    document: &Document,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let id = sqlx::query_scalar(
        resource.sql("insert into {table} (document, created_at) values ($1::text::jsonb, $2) returning id"),
    )
    .bind(document.as_str())
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(id)
}

pub async fn update(
    conn: &mut Conn,
    resource: Resource,
    id: i32,
    document: &Document,
) -> Result<(), StoreError> {
    sqlx::query(resource.sql("update {table} set document = $2::text::jsonb where id = $1"))
        .bind(id)
        .bind(document.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a document deleted; chats that name it keep their history.
pub async fn delete(
    conn: &mut Conn,
    resource: Resource,
    id: i32,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(resource.sql("update {table} set deleted_at = $2 where id = $1"))
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

impl From<(i32, String)> for Stored {
    fn from((id, document): (i32, String)) -> Self {
        Self { id, document: Document::from_json(document) }
    }
}
