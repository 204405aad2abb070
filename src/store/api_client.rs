//! API clients: who may ask for tokens.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::ids::AgentId;

/// A program that signs in, or that agents sign in with.
#[derive(Clone)]
pub struct ApiClient {
    pub id: String,
    pub name: String,
    /// None: a public client, which can only use the password grant.
    pub secret_hash: Option<String>,
    pub api_key_hash: Option<Vec<u8>>,
    pub scopes: Vec<String>,
    pub agent: Option<AgentId>,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

struct ClientRow {
    client_id: String,
    name: String,
    secret_hash: Option<String>,
    api_key_hash: Option<Vec<u8>>,
    scopes: Vec<String>,
    agent_id: Option<i32>,
    created_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<ClientRow> for ApiClient {
    fn from(row: ClientRow) -> Self {
        Self {
            id: row.client_id,
            name: row.name,
            secret_hash: row.secret_hash,
            api_key_hash: row.api_key_hash,
            scopes: row.scopes,
            agent: row.agent_id.map(AgentId::new),
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

pub async fn list(conn: &mut Conn) -> Result<Vec<ApiClient>, StoreError> {
    let rows = sqlx::query_as!(
        ClientRow,
        r#"
        select client_id, name, secret_hash, api_key_hash, scopes, agent_id, created_at, revoked_at
        from api_clients
        order by created_at, client_id
        "#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(ApiClient::from).collect())
}

/// Finds a client that has not been revoked.
pub async fn find(conn: &mut Conn, id: &str) -> Result<Option<ApiClient>, StoreError> {
    let row = sqlx::query_as!(
        ClientRow,
        r#"
        select client_id, name, secret_hash, api_key_hash, scopes, agent_id, created_at, revoked_at
        from api_clients
        where client_id = $1 and revoked_at is null
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(ApiClient::from))
}

/// The same, and it stays as it is until the transaction ends.
pub async fn lock(conn: &mut Conn, id: &str) -> Result<Option<ApiClient>, StoreError> {
    let row = sqlx::query_as!(
        ClientRow,
        r#"
        select client_id, name, secret_hash, api_key_hash, scopes, agent_id, created_at, revoked_at
        from api_clients
        where client_id = $1 and revoked_at is null
        for share
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(ApiClient::from))
}

/// Makes a client, or gives the one with this id these properties and revives it.
pub async fn save(conn: &mut Conn, client: &ApiClient) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into api_clients (client_id, name, secret_hash, api_key_hash, scopes, agent_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (client_id) do update
        set name = excluded.name, secret_hash = excluded.secret_hash,
            api_key_hash = excluded.api_key_hash, scopes = excluded.scopes,
            agent_id = excluded.agent_id, revoked_at = null
        "#,
        client.id,
        client.name,
        client.secret_hash,
        client.api_key_hash,
        &client.scopes,
        client.agent.map(AgentId::get),
        client.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a client's right to sign in; false: there is no such client.
pub async fn revoke(conn: &mut Conn, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let revoked = sqlx::query!(
        "update api_clients set revoked_at = $2 where client_id = $1 and revoked_at is null",
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(revoked.rows_affected() > 0)
}
