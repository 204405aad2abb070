//! The one door: finds out who calls, before any handler runs, and checks the operation's rule.

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

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
    match admit(&app, path.as_str(), request.method(), request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

async fn admit(app: &App, path: &str, method: &Method, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let Some(rule) = access::rule_of(method, path) else {
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here"));
    };
    if matches!(rule, Rule::Open | Rule::Signed) {
        return Ok(Caller::Stranger);
    }
    let caller = match presented(headers)? {
        None => Caller::Stranger,
        Some(presented) => {
            let known = auth::authenticate(app, presented).await?;
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

/// The proof that a request carries: a Bearer token, the word in any case, or Halo's API key.
fn presented(headers: &HeaderMap) -> Result<Option<Presented<'_>>, ApiError> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let value = value.to_str().unwrap_or_default();
        return match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                Ok(Some(Presented::Bearer(token.trim())))
            }
            _ => Err(ApiError::unauthorized("the Authorization header must say Bearer and a token")),
        };
    }
    match headers.get("X-Halo-Api-Key") {
        None => Ok(None),
        Some(key) => Ok(Some(Presented::ApiKey(key.to_str().unwrap_or_default()))),
    }
}
