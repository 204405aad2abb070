//! A caller for longer than one answer: the door, asked again when rights change and now and then.

use std::{net::IpAddr, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath},
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use tokio::{sync::watch, time::Instant};

use super::{
    access::{self, Rule},
    address::ComesFrom,
    authenticate::{self, Proof},
    error::ApiError,
};
use crate::{
    app::App,
    domain::caller::Caller,
    service::{
        follow::{Full, Seat, Transport},
        presence,
    },
};

/// How often a token is checked although nobody says that anything was revoked: it may have run out.
const CHECK_INTERVAL: Duration = Duration::from_secs(15);
/// What of a request's headers decides who is let in.
const KEPT: [HeaderName; 3] = [header::AUTHORIZATION, header::ORIGIN, header::HOST];

/// Somebody at the door of an operation.
pub struct Session {
    app: App,
    rule: Rule,
    headers: HeaderMap,
    proof: Option<Proof>,
    address: Option<IpAddr>,
    rights: watch::Receiver<u64>,
    next_check: Instant,
}

impl<S: Send + Sync> FromRequestParts<S> for Session
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let rule = access::rule_of(&parts.method, path)
            .ok_or_else(|| ApiError::not_found("there is nothing at this address"))?;
        let kept = |name: HeaderName| parts.headers.get(&name).map(|value| (name, value.clone()));
        Ok(Self {
            rule,
            headers: KEPT.into_iter().filter_map(kept).collect(),
            proof: Proof::of(&parts.headers)?,
            address: parts.extensions.get().and_then(|&ComesFrom(address)| address),
            rights: app.news.rights(),
            next_check: Instant::now() + CHECK_INTERVAL,
            app,
        })
    }
}

impl Session {
    /// Comes with this token instead, in its first words.
    pub async fn present(&mut self, token: &str) -> Result<Caller, ApiError> {
        self.proof = Some(Proof::Bearer(token.into()));
        self.check().await
    }

    /// The refusal of somebody who brings nothing.
    pub fn missing_token() -> ApiError {
        match Rule::Chat.check(&Caller::Stranger) {
            Err(error) => error,
            Ok(()) => unreachable!("a stranger has no chat"),
        }
    }

    async fn check(&mut self) -> Result<Caller, ApiError> {
        self.rights.borrow_and_update();
        self.next_check = Instant::now() + CHECK_INTERVAL;
        let caller = authenticate::identify(&self.app, self.proof.as_ref(), &self.headers).await?;
        self.rule.check(&caller)?;
        Ok(caller)
    }

    /// Where the request came from.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// A seat among those who follow.
    pub fn seat(&self, transport: Transport) -> Result<Seat, Full> {
        let token = self.proof.as_ref().map(Proof::token);
        self.app.seats.take(&self.app.config.limits, token, self.address, transport)
    }

    /// An agent who watches is there.
    pub async fn show_presence(&self, caller: &Caller) {
        let Some(agent) = caller.agent() else { return };
        if let Err(error) = presence::beat(&self.app, &[(agent.id, None)]).await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "could not record that an agent watches"
            );
        }
    }

    /// Waits until the caller is another than this, or is no longer let in.
    pub async fn changed(&mut self, present: &Caller) -> Result<Caller, ApiError> {
        loop {
            tokio::select! {
                _ = self.rights.changed() => {}
                () = tokio::time::sleep_until(self.next_check) => {}
            }
            // Held only meanwhile: most sessions wait most of the time.
            let caller = Box::pin(self.check()).await?;
            Box::pin(self.show_presence(&caller)).await;
            if caller != *present {
                return Ok(caller);
            }
        }
    }
}
