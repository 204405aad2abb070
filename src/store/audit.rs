//! Entries of the audit: added, listed, and forgotten when they are old.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreError};
use crate::domain::{
    audit::{Action, Actor, AuditEntry, AuditFilter, Deed},
    document::Document,
    ids::{AgentId, ChatId},
};

/// Adds an entry in the transaction of what it tells of. Members that differ between the two
/// documents are named beside those of the deed.
pub async fn insert(
    conn: &mut Conn,
    actor: &Actor,
    deed: Deed<'_>,
    (before, after): (Option<&Document>, Option<&Document>),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let fields: Vec<String> = deed.fields.iter().map(|&name| name.to_owned()).collect();
    // What is new or gone has changed as a whole.
    let (before, after) = before.zip(after).map_or(("{}", "{}"), |(was, is)| (was.as_str(), is.as_str()));
    sqlx::query!(
        r#"
        insert into audit_entries (at, agent_id, client_id, actor_name, address, action, resource,
            resource_id, fields)
        values ($1, $2, $3, $4, $5, $6, $7, $8, array(
            select unnest($9::text[]) as name
            union
            select coalesce(was.key, is_now.key)
            from jsonb_each($10::text::jsonb) was
            full join jsonb_each($11::text::jsonb) is_now on is_now.key = was.key
            where was.value is distinct from is_now.value
            order by name
        ))
        "#,
        now,
        actor.agent.map(AgentId::get),
        actor.client_id,
        actor.name,
        actor.address.map(|address| address.to_string()),
        deed.action.name(),
        deed.resource,
        deed.id,
        &fields,
        before,
        after,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds that somebody signed in: an agent, or a client for itself. The name is the agent's.
pub async fn insert_sign_in(conn: &mut Conn, actor: &Actor, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into audit_entries (at, agent_id, client_id, actor_name, address, action, resource,
            resource_id, fields)
        select $1, $2, $3, coalesce((select name from agents where id = $2), $4), $5, $6,
            case when $2::int is null then 'Client' else 'Agent' end, coalesce($2::int::text, $3), '{}'
        "#,
        now,
        actor.agent.map(AgentId::get),
        actor.client_id,
        actor.name,
        actor.address.map(|address| address.to_string()),
        Action::SignedIn.name(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds that staff read a chat, unless the reader is one of its people, or was noted since.
pub async fn insert_read(
    conn: &mut Conn,
    actor: &Actor,
    chat: ChatId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into audit_entries (at, agent_id, client_id, actor_name, address, action, resource,
            resource_id, fields)
        select $1, $2, $3, $4, $5, $6, 'Chat', $7::int::text, '{}'
        where not exists (
            select from chat_participants
            where chat_id = $7 and (agent_id = $2 or ($2 is null and client_id = $3))
        ) and not exists (
            select from audit_entries
            where resource = 'Chat' and resource_id = $7::int::text and action = $6 and at > $8
                and agent_id is not distinct from $2 and client_id is not distinct from $3
        )
        "#,
        now,
        actor.agent.map(AgentId::get),
        actor.client_id,
        actor.name,
        actor.address.map(|address| address.to_string()),
        Action::Read.name(),
        chat.get(),
        since,
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct AuditRow {
    audit_id: i64,
    at: DateTime<Utc>,
    agent_id: Option<i32>,
    client_id: Option<String>,
    actor_name: String,
    address: Option<String>,
    action: String,
    resource: String,
    resource_id: Option<String>,
    fields: Vec<String>,
}

/// Entries that match, the newest first.
pub async fn list(conn: &mut Conn, filter: &AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
    let mut query = QueryBuilder::new(
        "select audit_id, at, agent_id, client_id, actor_name, address, action, resource, resource_id, fields
        from audit_entries where true",
    );
    if let Some(agent) = filter.agent {
        query.push(" and agent_id = ").push_bind(agent.get());
    }
    if let Some(client) = &filter.client_id {
        query.push(" and client_id = ").push_bind(client);
    }
    if let Some(resource) = &filter.resource {
        query.push(" and resource = ").push_bind(resource);
    }
    if let Some(id) = &filter.resource_id {
        query.push(" and resource_id = ").push_bind(id);
    }
    if let Some(action) = filter.action {
        query.push(" and action = ").push_bind(action.name());
    }
    if let Some(since) = filter.since {
        query.push(" and at >= ").push_bind(since);
    }
    if let Some(until) = filter.until {
        query.push(" and at < ").push_bind(until);
    }
    if let Some(after) = filter.after {
        query.push(" and (at, audit_id) < (").push_bind(after.at).push(", ").push_bind(after.id).push(")");
    }
    query.push(" order by at desc, audit_id desc limit ").push_bind(filter.limit);
    let rows: Vec<AuditRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.audit_id,
            at: row.at,
            actor: Actor {
                agent: row.agent_id.map(AgentId::new),
                client_id: row.client_id,
                name: row.actor_name,
                address: row.address.and_then(|address| address.parse().ok()),
            },
            action: row.action,
            resource: row.resource,
            resource_id: row.resource_id,
            fields: row.fields,
        }
    }
}

/// Forgets the oldest of the entries from before a moment, in a transaction of the caller's.
pub async fn delete_before(conn: &mut Conn, moment: DateTime<Utc>, limit: i64) -> Result<u64, StoreError> {
    sqlx::query!("select set_config('aureole.forgets_audit', 'on', true)").fetch_one(&mut *conn).await?;
    let deleted = sqlx::query!(
        r#"
        delete from audit_entries
        where audit_id in (select audit_id from audit_entries where at < $1 order by at limit $2)
        "#,
        moment,
        limit,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("select set_config('aureole.forgets_audit', 'off', true)").fetch_one(conn).await?;
    Ok(deleted.rows_affected())
}
