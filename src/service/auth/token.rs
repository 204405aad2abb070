//! The token endpoint: what each grant takes and gives (RFC 6749; Halo's answer carries the same
//! members).

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{
    Scopes,
    attempt::{self, Account},
    secret::{self, Crowded},
};
use crate::{
    app::App,
    domain::{
        audit::Actor,
        ids::{ChatId, ParticipantNumber},
    },
    service::rates::{RateError, Spent},
    store::{self, Conn, StoreError, agent::Credentials, api_client::ApiClient, session::Session},
};

/// A request for a token.
pub enum Grant {
    ClientCredentials {
        client_id: String,
        client_secret: SecretString,
    },
    Password {
        client_id: String,
        client_secret: Option<SecretString>,
        username: String,
        password: SecretString,
    },
    RefreshToken {
        client_id: Option<String>,
        client_secret: Option<SecretString>,
        refresh_token: SecretString,
    },
}

/// Tokens as they leave: the only time they are in the clear.
#[derive(Debug)]
pub struct Issued {
    pub access_token: SecretString,
    /// Seconds.
    pub expires_in: i64,
    pub refresh_token: Option<SecretString>,
    pub scopes: Vec<String>,
}

/// Why no token was given; the names are OAuth's.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the client id or the client secret is wrong")]
    InvalidClient,
    #[error("the user name or the password is wrong")]
    WrongPassword,
    #[error("the refresh token is unknown, used or expired")]
    WrongRefreshToken,
    #[error("this client may not use this grant")]
    UnauthorizedClient,
    #[error("the scope {0} is not granted to this client")]
    InvalidScope(String),
    #[error("too many attempts to sign in; try again in {} seconds", .0.seconds)]
    Throttled(Spent),
    #[error(transparent)]
    Crowded(#[from] Crowded),
    #[error("could not issue a token")]
    Store(#[from] StoreError),
}

impl From<RateError> for TokenError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::Spent(spent) => Self::Throttled(spent),
            RateError::Store(error) => Self::Store(error),
        }
    }
}

/// Checks a grant and issues tokens for it.
pub async fn issue(
    app: &App,
    grant: Grant,
    wanted: &Scopes,
    address: Option<IpAddr>,
) -> Result<Issued, TokenError> {
    match grant {
        Grant::ClientCredentials { client_id, client_secret } => {
            let client = client(app, &client_id, Some(client_secret), address).await?;
            if client.secret_hash.is_none() {
                return Err(TokenError::UnauthorizedClient);
            }
            let scopes = granted(wanted, &client)?;
            start(app, &client, None, scopes, address).await
        }
        Grant::Password { client_id, client_secret, username, password } => {
            let client = client(app, &client_id, client_secret, address).await?;
            let scopes = granted(wanted, &client)?;
            let agent = check_password(app, &username, password, address).await?;
            start(app, &client, Some(&agent), scopes, address).await
        }
        Grant::RefreshToken { client_id, client_secret, refresh_token } => {
            let client = match client_id {
                Some(id) => Some(client(app, &id, client_secret, address).await?),
                None => None,
            };
            refresh(app, client.as_ref(), &refresh_token).await
        }
    }
}

/// A token for the visitor of a chat that was just started, in the chat's own transaction.
pub async fn issue_to_visitor(
    app: &App,
    conn: &mut Conn,
    chat: ChatId,
    participant: ParticipantNumber,
) -> Result<Issued, StoreError> {
    let now = app.clock.now();
    let session = Session {
        id: Uuid::new_v4(),
        client_id: None,
        agent: None,
        visitor: Some((chat, participant)),
        scopes: Vec::new(),
        refresh_generation: 0,
        expires_at: now + app.config.limits.refresh_token,
    };
    store::session::insert(conn, &session, now).await?;
    add_tokens(app, conn, &session, Some(1), now).await
}

/// Finds a client and checks its secret; a public client has none and must send none.
async fn client(
    app: &App,
    id: &str,
    sent: Option<SecretString>,
    address: Option<IpAddr>,
) -> Result<ApiClient, TokenError> {
    let mut conn = store::acquire(&app.pool).await?;
    let found = store::api_client::find(&mut conn, id).await?;
    drop(conn);
    let is_public = found.as_ref().is_some_and(|client| client.secret_hash.is_none());
    let sent = sent.filter(|secret| !secret.expose_secret().is_empty());
    let is_right = match sent {
        None => is_public,
        Some(sent) => {
            let hash = found.as_ref().and_then(|client| client.secret_hash.clone());
            attempt::is_right(app, Account::Client(id), address, sent, hash).await?
        }
    };
    found.filter(|_| is_right).ok_or(TokenError::InvalidClient)
}

fn granted(wanted: &Scopes, client: &ApiClient) -> Result<Vec<String>, TokenError> {
    let granted = Scopes::known(&client.scopes);
    if wanted.is_empty() {
        return Ok(client.scopes.clone());
    }
    match wanted.first_beyond(&granted) {
        Some(scope) => Err(TokenError::InvalidScope(scope.to_owned())),
        None => Ok(wanted.clone().into_vec()),
    }
}

async fn check_password(
    app: &App,
    username: &str,
    password: SecretString,
    address: Option<IpAddr>,
) -> Result<Credentials, TokenError> {
    let mut conn = store::acquire(&app.pool).await?;
    let found = store::agent::find_credentials(&mut conn, username).await?;
    drop(conn);
    let hash = found.as_ref().and_then(|credentials| credentials.password_hash.clone());
    let is_right = attempt::is_right(app, Account::Agent(username), address, password, hash).await?;
    found.filter(|_| is_right).ok_or(TokenError::WrongPassword)
}

async fn start(
    app: &App,
    client: &ApiClient,
    agent: Option<&Credentials>,
    scopes: Vec<String>,
    address: Option<IpAddr>,
) -> Result<Issued, TokenError> {
    let now = app.clock.now();
    let limits = &app.config.limits;
    let can_refresh = agent.is_some();
    let session = Session {
        id: Uuid::new_v4(),
        client_id: Some(client.id.clone()),
        agent: agent.map(|agent| agent.id),
        visitor: None,
        scopes,
        refresh_generation: 0,
        expires_at: now + if can_refresh { limits.refresh_token } else { limits.access_token },
    };
    let mut tx = store::begin(&app.pool).await?;
    // Checking took a while: what was replaced or taken meanwhile has ended the sign-ins that there
    // were, and must not be followed by this one.
    let present = store::api_client::lock(&mut tx, &client.id).await?;
    if present.is_none_or(|present| present.secret_hash != client.secret_hash) {
        return Err(TokenError::InvalidClient);
    }
    if let Some(agent) = agent
        && store::agent::lock_password(&mut tx, agent.id).await? != agent.password_hash
    {
        return Err(TokenError::WrongPassword);
    }
    store::session::insert(&mut tx, &session, now).await?;
    let issued = add_tokens(app, &mut tx, &session, can_refresh.then_some(1), now).await?;
    let actor = match agent {
        Some(agent) => Actor { agent: Some(agent.id), ..Actor::unnamed(address) },
        None => Actor { name: client.name.clone(), ..Actor::unnamed(address) },
    };
    let actor = Actor { client_id: Some(client.id.clone()), ..actor };
    store::audit::insert_sign_in(&mut tx, &actor, now).await?;
    store::commit(tx).await?;
    Ok(issued)
}

/// Trades a refresh token for new tokens. It stays good until its successor is used, so that a lost
/// answer can be asked for again.
async fn refresh(app: &App, client: Option<&ApiClient>, token: &SecretString) -> Result<Issued, TokenError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let hash = secret::hash(token.expose_secret());
    let (mut session, generation) = store::session::lock_by_refresh_token(&mut tx, &hash, now)
        .await?
        .ok_or(TokenError::WrongRefreshToken)?;
    // A visitor's token names no client; any other belongs to the client that it was issued to.
    if session.client_id.as_deref() != client.map(|client| client.id.as_str()) && session.visitor.is_none() {
        return Err(TokenError::WrongRefreshToken);
    }
    session.expires_at = now + app.config.limits.refresh_token;
    store::session::use_generation(&mut tx, session.id, generation, session.expires_at).await?;
    let issued = add_tokens(app, &mut tx, &session, Some(generation + 1), now).await?;
    store::commit(tx).await?;
    Ok(issued)
}

async fn add_tokens(
    app: &App,
    conn: &mut Conn,
    session: &Session,
    refresh_generation: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Issued, StoreError> {
    let limits = &app.config.limits;
    let lifetime = if session.visitor.is_some() { limits.visitor_token } else { limits.access_token };
    let access_token = secret::random();
    let hash = secret::hash(access_token.expose_secret());
    store::session::insert_token(conn, session.id, &hash, None, now + lifetime).await?;
    let refresh_token = match refresh_generation {
        None => None,
        Some(generation) => {
            let token = secret::random();
            let hash = secret::hash(token.expose_secret());
            store::session::insert_token(conn, session.id, &hash, Some(generation), session.expires_at)
                .await?;
            Some(token)
        }
    };
    Ok(Issued {
        access_token,
        expires_in: i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX),
        refresh_token,
        scopes: session.scopes.clone(),
    })
}
