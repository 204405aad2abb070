//! A caller for longer than one answer: the door, asked again when rights change and now and then.

use std::{net::IpAddr, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath},
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use futures_util::future::BoxFuture;
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
    /// A check under way. It goes on when whoever waits for it has something else to do meanwhile, and
    /// then comes back; begun anew each time, it might never end.
    check: Option<BoxFuture<'static, Result<Caller, ApiError>>>,
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
            check: None,
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

    /// Asks the door; says that an agent who watches is there.
    fn check(&mut self) -> BoxFuture<'static, Result<Caller, ApiError>> {
        self.rights.borrow_and_update();
        self.next_check = Instant::now() + CHECK_INTERVAL;
        let (app, rule) = (self.app.clone(), self.rule);
        let (proof, headers, address) = (self.proof.clone(), self.headers.clone(), self.address);
        Box::pin(async move {
            let caller = authenticate::identify(&app, proof.as_ref(), &headers, address).await?;
            rule.check(&caller)?;
            show_presence(&app, &caller).await;
            Ok(caller)
        })
    }

    /// The refusal of somebody who brings nothing.
    pub fn missing_token() -> ApiError {
        match Rule::Chat.check(&Caller::Stranger) {
            Err(error) => error,
            Ok(()) => unreachable!("a stranger has no chat"),
        }
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

    /// Waits until the caller is another than this, or is no longer let in. What was noticed is not
    /// forgotten when this is dropped.
    pub async fn changed(&mut self, present: &Caller) -> Result<Caller, ApiError> {
        loop {
            if self.check.is_none() {
                tokio::select! {
                    _ = self.rights.changed() => {}
                    () = tokio::time::sleep_until(self.next_check) => {}
                }
            }
            let begun = self.check.take().unwrap_or_else(|| self.check());
            let caller = self.check.insert(begun).await;
            // Held only meanwhile: most sessions wait most of the time.
            self.check = None;
            let caller = caller?;
            if caller != *present {
                return Ok(caller);
            }
        }
    }
}

/// An agent who watches is there.
pub async fn show_presence(app: &App, caller: &Caller) {
    let Some(agent) = caller.agent() else { return };
    if let Err(error) = presence::beat(app, &[(agent.id, None)]).await {
        tracing::debug!(error = &error as &dyn std::error::Error, "could not record that an agent watches");
    }
}
