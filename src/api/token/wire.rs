//! The token endpoint's form and its answer.

use std::collections::HashMap;

use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{
    api::error::ApiError,
    service::auth::{
        Scopes,
        token::{Grant, Issued},
    },
};

/// The form fields, by grant.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({"grant_type": "client_credentials", "client_id": "…", "client_secret": "…", "scope": "all"}))]
#[expect(
    dead_code,
    reason = "describes the form; it is read field by field, so that each grant names what it lacks"
)]
pub struct TokenForm {
    /// `client_credentials`, `password` or `refresh_token`.
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    /// Separated by spaces; everything that the client was granted unless told.
    scope: Option<String>,
    /// An agent's e-mail address or name.
    username: Option<String>,
    password: Option<String>,
    refresh_token: Option<String>,
}

/// A token, as OAuth answers it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TokenMembers {
    pub access_token: String,
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: i64,
    /// Trades for new tokens; good until the one it gave is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl std::fmt::Debug for TokenMembers {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TokenMembers").field("expires_in", &self.expires_in).finish_non_exhaustive()
    }
}

impl From<&Issued> for TokenMembers {
    fn from(issued: &Issued) -> Self {
        Self {
            access_token: issued.access_token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: issued.expires_in,
            refresh_token: issued.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
            scope: (!issued.scopes.is_empty()).then(|| issued.scopes.join(" ")),
        }
    }
}

/// What the form asks for.
pub struct TokenRequest {
    pub grant: Grant,
    pub scopes: Scopes,
}

/// Reads the form. What is missing is named.
pub fn read(body: &[u8]) -> Result<TokenRequest, ApiError> {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body)
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let invalid = |message: String| ApiError::oauth(StatusCode::BAD_REQUEST, "invalid_request", message);
    if form.values().any(|value| value.contains('\0')) {
        return Err(invalid("text must not contain NUL characters".to_owned()));
    }
    let optional = |name: &str| form.get(name).filter(|value| !value.is_empty()).cloned();
    let required = |name: &str| optional(name).ok_or_else(|| invalid(format!("{name} is missing")));
    let secret = |name: &str| optional(name).map(SecretString::from);
    let required_secret = |name: &str| required(name).map(SecretString::from);
    let grant = match required("grant_type")?.as_str() {
        "client_credentials" => Grant::ClientCredentials {
            client_id: required("client_id")?,
            client_secret: required_secret("client_secret")?,
        },
        "password" => Grant::Password {
            client_id: required("client_id")?,
            client_secret: secret("client_secret"),
            username: required("username")?,
            password: required_secret("password")?,
        },
        "refresh_token" => Grant::RefreshToken {
            client_id: optional("client_id"),
            client_secret: secret("client_secret"),
            refresh_token: required_secret("refresh_token")?,
        },
        _ => {
            let message = "grant_type is client_credentials, password or refresh_token";
            return Err(ApiError::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", message));
        }
    };
    Ok(TokenRequest { grant, scopes: Scopes::parse(&optional("scope").unwrap_or_default()) })
}
