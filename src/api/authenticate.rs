//! The one door: finds out who calls, before any handler runs, and checks the operation's rule.

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};

use super::{access, access::Rule, cors, error::ApiError};
use crate::{
    app::App,
    domain::caller::Caller,
    service::auth::{self, Presented},
};

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // Absent only where the door was not passed, and there nobody gets in.
        parts.extensions.get().cloned().ok_or_else(|| ApiError::unauthorized("a token is missing"))
    }
}

/// Lets a request through to its handler with its `Caller`, or answers it.
pub async fn authorise(
    State(app): State<App>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match admit(&app, path.as_str(), request.method(), request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    };
    // Whoever counts requests stands outside of the router, and never sees what it matched.
    response.extensions_mut().insert(path);
    response
}

async fn admit(app: &App, path: &str, method: &Method, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let Some(rule) = access::rule_of(method, path) else {
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here"));
    };
    if matches!(rule, Rule::Open | Rule::Signed) {
        return Ok(Caller::Stranger);
    }
    identify(app, rule, Proof::of(headers)?.as_ref(), headers).await
}

/// Whose proof this is, if its owner is let in where this rule holds: for every transport.
pub async fn identify(
    app: &App,
    rule: Rule,
    proof: Option<&Proof>,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let caller = match proof {
        None => Caller::Stranger,
        Some(proof) => {
            let known = auth::authenticate(app, proof.presented()).await?;
            let known =
                known.ok_or_else(|| ApiError::unauthorized("the token is unknown, expired or revoked"))?;
            if let Some(profile) = &known.profile {
                cors::check_profile(app, headers, profile).await?;
            }
            known.caller
        }
    };
    rule.check(&caller)?;
    Ok(caller)
}

/// What a caller proves itself with.
#[derive(Clone)]
pub enum Proof {
    Bearer(SecretString),
    ApiKey(SecretString),
}

impl Proof {
    /// The proof that a request carries: a Bearer token, the word in any case, or Halo's API key.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let value = value.to_str().unwrap_or_default();
            return match value.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                    Ok(Some(Self::Bearer(token.trim().into())))
                }
                _ => Err(ApiError::unauthorized("the Authorization header must say Bearer and a token")),
            };
        }
        let key = headers.get("X-Halo-Api-Key").map(|key| key.to_str().unwrap_or_default());
        Ok(key.map(|key| Self::ApiKey(key.into())))
    }

    fn presented(&self) -> Presented<'_> {
        match self {
            Self::Bearer(token) => Presented::Bearer(token.expose_secret()),
            Self::ApiKey(key) => Presented::ApiKey(key.expose_secret()),
        }
    }

    /// What tells it from others.
    pub fn token(&self) -> &str {
        let (Self::Bearer(token) | Self::ApiKey(token)) = self;
        token.expose_secret()
    }
}
