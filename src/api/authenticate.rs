//! The one door: finds out who calls, before any handler runs, counts the request, and checks the
//! operation's rule.

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    access::{self, Rule},
    address::{self, ComesFrom},
    cors,
    error::ApiError,
};
use crate::{
    app::App,
    domain::caller::Caller,
    service::{
        auth::{self, Presented},
        rates,
    },
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
    let address = address::of(&app, request.headers(), request.extensions());
    let rule = access::rule_of(request.method(), path.as_str());
    let mut response = match admit(&app, rule, request.method(), request.headers(), address).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(ComesFrom(address));
            let response = next.run(request).await;
            if rule == Some(Rule::Signed) && response.status() == StatusCode::UNAUTHORIZED {
                // What Slack has signed costs it nothing; what is only said to be Slack's does.
                let _ = rates::charge_address(&app, address);
            }
            response
        }
        Err(error) => error.into_response(),
    };
    // Whoever counts requests stands outside of the router, and never sees what it matched.
    response.extensions_mut().insert(path);
    response
}

/// Finds out who calls, counts the request, and checks the rule.
async fn admit(
    app: &App,
    rule: Option<Rule>,
    method: &Method,
    headers: &HeaderMap,
    address: Option<IpAddr>,
) -> Result<Caller, ApiError> {
    let Some(rule) = rule else {
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here"));
    };
    match rule {
        Rule::Probe => return Ok(Caller::Stranger),
        Rule::Signed => {
            rates::check_address(app, address)?;
            return Ok(Caller::Stranger);
        }
        Rule::Open => {
            rates::charge_address(app, address)?;
            return Ok(Caller::Stranger);
        }
        _ => {}
    }
    let known = match Proof::of(headers) {
        Ok(proof) => identify(app, proof.as_ref(), headers, address).await,
        Err(error) => Err(error),
    };
    let writes = !matches!(*method, Method::GET | Method::HEAD);
    match &known {
        Ok(caller) => rates::charge(app, caller, address, writes)?,
        // That the server could not look is nobody's guess.
        Err(error) if error.status().is_server_error() => {}
        Err(_) => rates::charge_guess(app, address)?,
    }
    known.and_then(|caller| rule.check(&caller).map(|()| caller))
}

/// Whose proof this is, used from a page that may: for every transport.
pub async fn identify(
    app: &App,
    proof: Option<&Proof>,
    headers: &HeaderMap,
    address: Option<IpAddr>,
) -> Result<Caller, ApiError> {
    let Some(proof) = proof else { return Ok(Caller::Stranger) };
    let known = auth::authenticate(app, proof.presented(), address).await?;
    let known = known.ok_or_else(|| ApiError::unauthorized("the token is unknown, expired or revoked"))?;
    if let Some(profile) = &known.profile {
        cors::check_profile(app, headers, profile).await?;
    }
    Ok(known.caller)
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
