//! Who a visitor is, by the word of the site that the visitor is signed in to: identity tokens.

mod claims;
pub mod secret;
pub mod token;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use self::{claims::Claims, token::TokenProblem};
use crate::{
    app::App,
    domain::{
        ids::{ProfileId, UserId},
        profile::IdentitySettings,
    },
    store::{
        Conn, StoreError,
        identity_user::{self, FoundUser},
    },
};

/// The user whom a token has named.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: UserId,
    pub name: String,
    pub email: String,
}

/// Why a token names nobody. A caller who sent one is never taken for somebody without.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("this chat profile takes no identity tokens")]
    NotTaken,
    #[error("the identity token is not valid: {0}")]
    Invalid(#[from] TokenProblem),
    #[error("the identity token names nobody: it needs a subject (sub) or an e-mail address (email)")]
    Nobody,
    #[error("the user whom the identity token names is inactive")]
    Inactive,
    #[error("could not look up the user")]
    Store(#[from] StoreError),
}

/// Checks a token and finds its user, or makes one: by the subject, then by the e-mail address. In
/// the caller's transaction; two that make the same user at once make one.
pub async fn sign_in(
    app: &App,
    conn: &mut Conn,
    profile: &ProfileId,
    settings: &IdentitySettings,
    token: &SecretString,
    now: DateTime<Utc>,
) -> Result<SignedIn, IdentityError> {
    if !settings.takes_tokens {
        return Err(IdentityError::NotTaken);
    }
    let secret = secret::find(app, conn, profile).await?.ok_or(IdentityError::NotTaken)?;
    let claims = token::verify(token.expose_secret(), &secret, settings.checks_lifetime, now)?;
    let claims = Claims::read(&claims, settings)?;
    let user = match find(conn, &claims).await? {
        Some(user) => user,
        None => make(conn, &claims, settings.new_user_site, now).await?,
    };
    if user.is_inactive {
        return Err(IdentityError::Inactive);
    }
    let user = identity_user::fill(conn, user, &claims.for_known()).await?;
    let name = Some(user.name).filter(|name| !name.is_empty());
    Ok(SignedIn { user: user.id, name: name.unwrap_or(claims.name), email: user.email })
}

async fn find(conn: &mut Conn, claims: &Claims) -> Result<Option<FoundUser>, StoreError> {
    if let Some(subject) = &claims.subject
        && let Some(user) = identity_user::find_by_subject(conn, subject).await?
    {
        return Ok(Some(user));
    }
    match &claims.email {
        // A user whom another subject names is somebody else, whoever has the address now.
        Some(email) => identity_user::find_by_email(conn, email, claims.subject.is_some()).await,
        None => Ok(None),
    }
}

async fn make(
    conn: &mut Conn,
    claims: &Claims,
    site: Option<i32>,
    now: DateTime<Utc>,
) -> Result<FoundUser, IdentityError> {
    if let Some(email) = &claims.email {
        identity_user::serialise(conn, email).await?;
        if let Some(user) = find(conn, claims).await? {
            return Ok(user);
        }
    }
    if let Some(made) = identity_user::insert(conn, &claims.for_new(), site, now).await? {
        return Ok(made);
    }
    find(conn, claims).await?.ok_or(IdentityError::Nobody)
}
