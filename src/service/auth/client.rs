//! API clients: made, listed and revoked by the command line, and the one that the environment names.

use secrecy::{ExposeSecret, SecretString};

use super::{
    SCOPES,
    secret::{self, Turn},
};
use crate::{
    app::App,
    config::AdminClient,
    domain::{
        audit::{Action, Actor, Deed},
        ids::AgentId,
    },
    service::{audit, news},
    store::{self, Conn, StoreError, api_client::ApiClient},
};

/// What a new client is to be.
pub struct NewClient {
    pub name: String,
    /// Empty: `all`.
    pub scopes: Vec<String>,
    /// The agent it acts as.
    pub agent: Option<AgentId>,
    /// Without a secret, for the password grant.
    pub is_public: bool,
    pub with_api_key: bool,
}

/// A client and its secrets, the only time they are in the clear.
pub struct MadeClient {
    pub client: ApiClient,
    pub secret: Option<SecretString>,
    pub api_key: Option<SecretString>,
}

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the scope {0} is unknown; there are {list}", list = SCOPES.join(", "))]
    UnknownScope(String),
    #[error("agent {0} does not exist")]
    AgentNotFound(AgentId),
    #[error("client {0} does not exist, or was revoked before")]
    NotFound(String),
    #[error("could not read or write API clients")]
    Store(#[from] StoreError),
}

pub async fn create(app: &App, new: NewClient) -> Result<MadeClient, ClientError> {
    if let Some(unknown) = new.scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        return Err(ClientError::UnknownScope(unknown.clone()));
    }
    let secret = (!new.is_public).then(secret::random);
    let api_key = new.with_api_key.then(secret::random);
    let secret_hash = match &secret {
        Some(secret) => Some(secret::hash_slowly(secret.clone()).await),
        None => None,
    };
    let client = ApiClient {
        id: uuid::Uuid::new_v4().to_string(),
        name: new.name,
        secret_hash,
        api_key_hash: api_key.as_ref().map(|key| secret::hash(key.expose_secret()).to_vec()),
        scopes: if new.scopes.is_empty() { vec!["all".to_owned()] } else { new.scopes },
        agent: new.agent,
        created_at: app.clock.now(),
        revoked_at: None,
    };
    let mut tx = store::begin(&app.pool).await?;
    store::api_client::save(&mut tx, &client).await.map_err(|error| {
        match (error.constraint(), client.agent) {
            (Some("api_clients_agent_id_fkey"), Some(agent)) => ClientError::AgentNotFound(agent),
            _ => ClientError::Store(error),
        }
    })?;
    note(app, &mut tx, &Actor::operator(), Action::Created, &client.id).await?;
    store::commit(tx).await?;
    Ok(MadeClient { client, secret, api_key })
}

/// Makes or updates the client that the environment names, with scope `all`.
pub async fn save_admin(app: &App, admin: &AdminClient) -> Result<(), ClientError> {
    let mut conn = store::acquire(&app.pool).await?;
    let present = store::api_client::find(&mut conn, &admin.id).await?;
    drop(conn);
    if let Some(hash) = present.as_ref().and_then(|client| client.secret_hash.clone())
        && secret::matches_slowly(Turn::wait().await, admin.secret.clone(), Some(hash)).await
    {
        return Ok(());
    }
    let client = ApiClient {
        id: admin.id.clone(),
        name: "Administrator".to_owned(),
        secret_hash: Some(secret::hash_slowly(admin.secret.clone()).await),
        api_key_hash: None,
        scopes: vec!["all".to_owned()],
        agent: None,
        created_at: app.clock.now(),
        revoked_at: None,
    };
    let mut tx = store::begin(&app.pool).await?;
    store::api_client::save(&mut tx, &client).await?;
    let action = if present.is_some() { Action::Changed } else { Action::Created };
    note(app, &mut tx, &Actor::server(), action, &client.id).await?;
    // Another secret: whoever signed in with the former one is out.
    store::session_end::delete_by_client(&mut tx, &client.id).await?;
    let untold = news::note_revocation(app, &mut tx).await?;
    news::commit(app, tx, untold).await?;
    Ok(())
}

async fn note(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    client: &str,
) -> Result<(), StoreError> {
    audit::note(app, conn, actor, Deed { action, resource: "Client", id: Some(client), fields: &[] }).await
}

pub async fn list(app: &App) -> Result<Vec<ApiClient>, ClientError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::api_client::list(&mut conn).await?)
}

/// Takes a client's right to sign in; its tokens are dead at once.
pub async fn revoke(app: &App, id: &str) -> Result<(), ClientError> {
    let mut tx = store::begin(&app.pool).await?;
    if !store::api_client::revoke(&mut tx, id, app.clock.now()).await? {
        return Err(ClientError::NotFound(id.to_owned()));
    }
    store::session_end::delete_by_client(&mut tx, id).await?;
    note(app, &mut tx, &Actor::operator(), Action::Revoked, id).await?;
    let untold = news::note_revocation(app, &mut tx).await?;
    news::commit(app, tx, untold).await?;
    Ok(())
}
