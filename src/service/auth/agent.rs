//! Agents' passwords.

use secrecy::{ExposeSecret, SecretString};

use super::secret;
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        ids::AgentId,
    },
    service::{audit, news},
    store::{self, StoreError},
};

/// Characters that a password must have.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;

#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("no active agent signs in as {0}")]
    NotFound(String),
    #[error("a password has at least {PASSWORD_CHARACTERS_MIN} characters")]
    TooShort,
    #[error("could not store the password")]
    Store(#[from] StoreError),
}

/// Gives an agent a password and ends its sign-ins.
pub async fn set_password(
    app: &App,
    actor: &Actor,
    agent: AgentId,
    password: SecretString,
) -> Result<(), PasswordError> {
    if password.expose_secret().chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordError::TooShort);
    }
    let hash = secret::hash_slowly(password).await;
    let mut tx = store::begin(&app.pool).await?;
    store::agent::set_password(&mut tx, agent, &hash).await?;
    store::session_end::delete_by_agent(&mut tx, agent).await?;
    let deed = Deed {
        action: Action::Changed,
        resource: "Agent",
        id: Some(&agent.to_string()),
        fields: &["password"],
    };
    audit::note(app, &mut tx, actor, deed).await?;
    let untold = news::note_revocation(app, &mut tx).await?;
    news::commit(app, tx, untold).await?;
    Ok(())
}

/// The same, for whoever signs in with this e-mail address or name.
pub async fn set_password_of(
    app: &App,
    actor: &Actor,
    username: &str,
    password: SecretString,
) -> Result<(), PasswordError> {
    let mut conn = store::acquire(&app.pool).await?;
    let found = store::agent::find_credentials(&mut conn, username).await?;
    drop(conn);
    let agent = found.ok_or_else(|| PasswordError::NotFound(username.to_owned()))?;
    set_password(app, actor, agent.id, password).await
}
