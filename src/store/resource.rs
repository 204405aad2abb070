//! Resources that are kept as documents: agents, teams, fields, articles, tickets.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::{Conn, StoreError};
use crate::domain::{
    document::Document,
    paging::{Page, Paged, Sort},
};

/// The tables that share this shape; the only names that reach the statements below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Agents,
    Teams,
    Fields,
    Users,
    Articles,
    Services,
    TicketTypes,
    Tickets,
    Actions,
    Feedback,
    VirtualAgents,
    Workdays,
    CannedTexts,
}

/// One stored document and its id.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: i32,
    pub document: Document,
    /// How well it matches what was searched for.
    pub score: Option<f64>,
}

impl Resource {
    const fn table(self) -> &'static str {
        match self {
            Self::Agents => "agents",
            Self::Teams => "teams",
            Self::Fields => "fields",
            Self::Users => "users",
            Self::Articles => "articles",
            Self::Services => "services",
            Self::TicketTypes => "ticket_types",
            Self::Tickets => "tickets",
            Self::Actions => "ticket_actions",
            Self::Feedback => "feedback",
            Self::VirtualAgents => "virtual_agents",
            Self::Workdays => "workdays",
            Self::CannedTexts => "canned_texts",
        }
    }

    /// Whether words can be looked for in it.
    pub const fn can_be_searched(self) -> bool {
        matches!(self, Self::Articles | Self::Services)
    }

    const fn belongs_to_a_ticket(self) -> bool {
        matches!(self, Self::Actions | Self::Feedback)
    }

    /// The member with the chat that a document belongs to.
    const fn chat_member(self) -> Option<&'static str> {
        match self {
            Self::Tickets | Self::Feedback => Some("chat_id"),
            Self::Actions => Some("chatid"),
            _ => None,
        }
    }

    /// What happened, as opposed to what there is.
    pub const fn is_history(self) -> bool {
        matches!(self, Self::Tickets | Self::Actions | Self::Feedback)
    }

    /// A statement over this resource's table; `{table}` is replaced by its name.
    pub(super) fn sql(self, statement: &str) -> AssertSqlSafe<String> {
        AssertSqlSafe(statement.replace("{table}", self.table()))
    }
}

/// Which documents a list holds.
#[derive(Clone, Debug)]
pub struct ResourceFilter {
    /// Those that belong to this ticket.
    pub ticket: Option<i32>,
    /// Those that belong to this chat.
    pub chat: Option<i32>,
    /// Words that all stand in a name or an address.
    pub words: Vec<String>,
    /// Members to sort by.
    pub sorts: Vec<Sort<String>>,
    pub page: Page,
}

impl ResourceFilter {
    /// Everything there is.
    pub const ALL: Self = Self {
        ticket: None,
        chat: None,
        words: Vec::new(),
        sorts: Vec::new(),
        page: Page { number: 1, size: i64::MAX },
    };
}

/// Documents that match, by name; what records history comes newest first.
pub async fn list(
    conn: &mut Conn,
    resource: Resource,
    filter: &ResourceFilter,
) -> Result<Paged<Stored>, StoreError> {
    let mut query = QueryBuilder::new("select id, document::text, ");
    query.push(COUNT).push(" from ").push(resource.table()).push(" where deleted_at is null");
    if let (Some(ticket), true) = (filter.ticket, resource.belongs_to_a_ticket()) {
        query.push(" and ticket_id = ").push_bind(ticket);
    }
    if let (Some(chat), Some(member)) = (filter.chat, resource.chat_member()) {
        query.push(" and (document ->> ").push_bind(member).push(")::int = ").push_bind(chat);
    }
    for word in filter.words.iter().take(WORDS_MAX) {
        query
            .push(" and position(lower(")
            .push_bind(word.as_str())
            .push(") in lower(")
            .push(NAMES)
            .push(")) > 0");
    }
    query.push(" order by ");
    for sort in &filter.sorts {
        if sort.by == "id" {
            query.push("id");
        } else {
            query.push("document -> ").push_bind(sort.by.as_str());
        }
        query.push(if sort.descending { " desc nulls last, " } else { " nulls last, " });
    }
    query.push(if resource.is_history() { "id desc" } else { "name, id" });
    query.push(" limit ").push_bind(filter.page.size).push(" offset ").push_bind(filter.page.offset());
    let rows: Vec<(i32, String, i64)> = query.build_query_as().fetch_all(conn).await?;
    Ok(Paged {
        record_count: rows.first().map_or(0, |row| row.2),
        rows: rows.into_iter().map(|(id, document, _)| Stored::from((id, document))).collect(),
    })
}

/// What a document is known by.
const NAMES: &str = "concat_ws(' ', document ->> 'name', document ->> 'emailaddress', document ->> 'email', \
    document ->> 'summary', document ->> 'comment')";

/// Words of a search that count.
const WORDS_MAX: usize = 32;

/// All matches, counted beside the page.
const COUNT: &str = "count(*) over ()";

/// The user with this e-mail address, if there is exactly one.
pub async fn find_user_by_email(conn: &mut Conn, email: &str) -> Result<Option<Stored>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select id, document::text as "document!"
        from users
        where email = lower($1) and deleted_at is null
        limit 2
        "#,
        email,
    )
    .fetch_all(conn)
    .await?;
    let [row] = &rows[..] else { return Ok(None) };
    Ok(Some(Stored::from((row.id, row.document.clone()))))
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
        Self { id, document: Document::from_json(document), score: None }
    }
}
