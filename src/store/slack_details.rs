//! Slack channels that are told of chats and make tickets. Secrets are here as they were sealed.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::{document::Document, paging::Page};

/// A stored record, without its secrets in the document.
#[derive(Clone)]
pub struct StoredDetails {
    pub id: i32,
    pub document: Document,
    pub access_token: Option<Vec<u8>>,
    pub webhook_url: Option<Vec<u8>>,
    /// The Slack app that the token was given to; known after an exchange.
    pub app_id: Option<String>,
    /// The workspace.
    pub team_id: Option<String>,
    /// The channel in it.
    pub channel_id: Option<String>,
    /// What the ids in the document stand for; none: for nothing that is there.
    pub agent_name: Option<String>,
    pub ticket_type_name: Option<String>,
    pub ticket_user_name: Option<String>,
    pub command_ticket_type_name: Option<String>,
    pub command_user_name: Option<String>,
}

struct DetailsRow {
    id: i32,
    document: String,
    access_token: Option<Vec<u8>>,
    webhook_url: Option<Vec<u8>>,
    app_id: Option<String>,
    team_id: Option<String>,
    channel_id: Option<String>,
    agent_name: Option<String>,
    ticket_type_name: Option<String>,
    ticket_user_name: Option<String>,
    command_ticket_type_name: Option<String>,
    command_user_name: Option<String>,
}

impl From<DetailsRow> for StoredDetails {
    fn from(row: DetailsRow) -> Self {
        Self {
            id: row.id,
            document: Document::from_json(row.document),
            access_token: row.access_token,
            webhook_url: row.webhook_url,
            app_id: row.app_id,
            team_id: row.team_id,
            channel_id: row.channel_id,
            agent_name: row.agent_name,
            ticket_type_name: row.ticket_type_name,
            ticket_user_name: row.ticket_user_name,
            command_ticket_type_name: row.command_ticket_type_name,
            command_user_name: row.command_user_name,
        }
    }
}

/// Which records a list holds; what is none does not narrow it.
#[derive(Clone, Debug)]
pub struct DetailsFilter {
    pub id: Option<i32>,
    /// 0: the shared ones.
    pub agent: Option<i32>,
    /// In any case.
    pub channel_name: Option<String>,
    /// In any case.
    pub team_name: Option<String>,
    pub with_active: bool,
    /// Switched off, or uninstalled.
    pub with_inactive: bool,
}

impl DetailsFilter {
    /// Every record.
    pub const ALL: Self = Self {
        id: None,
        agent: None,
        channel_name: None,
        team_name: None,
        with_active: true,
        with_inactive: true,
    };
}

/// Records by the channel's name.
pub async fn list(
    conn: &mut Conn,
    filter: &DetailsFilter,
    page: Page,
) -> Result<Vec<StoredDetails>, StoreError> {
    let rows = sqlx::query_as!(
        DetailsRow,
        r#"
        select d.id, d.document::text as "document!", d.access_token, d.webhook_url, d.app_id, d.team_id, d.channel_id,
            a.name as "agent_name?", t.name as "ticket_type_name?", u.name as "ticket_user_name?",
            ct.name as "command_ticket_type_name?", cu.name as "command_user_name?"
        from slack_details d
        left join agents a on a.id = d.agent_id and a.deleted_at is null
        left join ticket_types t
            on t.id = (d.document ->> 'ticket_type')::int and t.deleted_at is null
        left join users u on u.id = (d.document ->> 'ticket_user')::int and u.deleted_at is null
        left join ticket_types ct
            on ct.id = (d.document ->> 'command_ticket_type')::int and ct.deleted_at is null
        left join users cu on cu.id = (d.document ->> 'command_user')::int and cu.deleted_at is null
        where d.deleted_at is null
            and ($1::int is null or d.id = $1)
            and ($2::int is null or coalesce(d.agent_id, 0) = $2)
            and ($3::text is null or lower(d.name) = lower($3))
            and ($4::text is null or lower(d.document ->> 'teamname') = lower($4))
            and case when d.is_active then $5::boolean else $6::boolean end
        order by d.name, d.id
        limit $7 offset $8
        "#,
        filter.id,
        filter.agent,
        filter.channel_name,
        filter.team_name,
        filter.with_active,
        filter.with_inactive,
        page.size,
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(StoredDetails::from).collect())
}

/// One record that was not deleted.
pub async fn find(conn: &mut Conn, id: i32) -> Result<Option<StoredDetails>, StoreError> {
    let filter = DetailsFilter { id: Some(id), ..DetailsFilter::ALL };
    Ok(list(conn, &filter, Page { number: 1, size: 1 }).await?.pop())
}

/// Holds a record's row until the transaction ends; says whether there is one.
pub async fn lock(conn: &mut Conn, id: i32) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        "select id from slack_details where id = $1 and deleted_at is null for no key update",
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// Ids of records that were not uninstalled; at most `limit`.
pub async fn list_installed(conn: &mut Conn, limit: i64) -> Result<Vec<i32>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"
        select id
        from slack_details
        where deleted_at is null and not coalesce((document ->> 'uninstalled')::boolean, false)
        order by id
        limit $1
        "#,
        limit,
    )
    .fetch_all(conn)
    .await?)
}

/// Draws the id of a record that is about to be inserted: its secrets are sealed to it.
pub async fn draw_id(conn: &mut Conn) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(r#"select nextval(pg_get_serial_sequence('slack_details', 'id'))::int as "id!""#)
        .fetch_one(conn)
        .await?)
}

/// Writes a record, new or changed.
pub async fn save(conn: &mut Conn, details: &StoredDetails, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into slack_details (id, document, access_token, webhook_url, app_id, created_at)
        values ($1, $2::text::jsonb, $3, $4, $5, $6)
        on conflict (id) do update
        set document = excluded.document, access_token = excluded.access_token,
            webhook_url = excluded.webhook_url, app_id = excluded.app_id
        "#,
        details.id,
        details.document.as_str(),
        details.access_token,
        details.webhook_url,
        details.app_id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a record uninstalled and forgets its secrets.
pub async fn mark_uninstalled(conn: &mut Conn, id: i32) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_details
        set document = document || '{"uninstalled": true, "enabled": false}',
            access_token = null, webhook_url = null
        where id = $1 and deleted_at is null
        "#,
        id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks what a Slack app connected in a workspace as uninstalled; answers which records that were.
/// Records of which no app is known count as the app's when `with_unknown`.
pub async fn mark_workspace_uninstalled(
    conn: &mut Conn,
    team_id: &str,
    app_id: &str,
    with_unknown: bool,
) -> Result<Vec<i32>, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"
        update slack_details
        set document = document || '{"uninstalled": true, "enabled": false}',
            access_token = null, webhook_url = null
        where team_id = $1 and (app_id = $2 or (app_id is null and $3)) and deleted_at is null
            and not coalesce((document ->> 'uninstalled')::boolean, false)
        returning id
        "#,
        team_id,
        app_id,
        with_unknown,
    )
    .fetch_all(conn)
    .await?)
}

/// Marks a record deleted and forgets its secrets.
pub async fn delete(conn: &mut Conn, id: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_details
        set deleted_at = $2, access_token = null, webhook_url = null
        where id = $1
        "#,
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
