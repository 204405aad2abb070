//! A caller for longer than one answer: the door, asked again when rights change and now and then.

use std::{net::IpAddr, sync::Arc, time::Duration};

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

/// What a caller brought to the door of an operation.
#[derive(Clone)]
struct Arrival {
    app: App,
    rule: Rule,
    headers: HeaderMap,
    proof: Option<Proof>,
    address: Option<IpAddr>,
}

/// Somebody at the door of an operation.
pub struct Session {
    arrival: Arc<Arrival>,
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
            rights: app.news.rights(),
            next_check: Instant::now() + CHECK_INTERVAL,
            check: None,
            arrival: Arc::new(Arrival {
                rule,
                headers: KEPT.into_iter().filter_map(kept).collect(),
                proof: Proof::of(&parts.headers)?,
                address: parts.extensions.get().and_then(|&ComesFrom(address)| address),
                app,
            }),
        })
    }
}

impl Arrival {
    /// Asks the door; says that an agent who watches is there.
    async fn check(&self) -> Result<Caller, ApiError> {
        let Self { app, rule, headers, proof, address } = self;
        let caller = authenticate::identify(app, proof.as_ref(), headers, *address).await?;
        rule.check(&caller)?;
        show_presence(app, &caller).await;
        Ok(caller)
    }
}

impl Session {
    /// Comes with this token instead, in its first words.
    pub async fn present(&mut self, token: &str) -> Result<Caller, ApiError> {
        Arc::make_mut(&mut self.arrival).proof = Some(Proof::Bearer(token.into()));
        self.note_check();
        self.arrival.check().await
    }

    /// What is noticed from now on is a reason to check again.
    fn note_check(&mut self) {
        self.rights.borrow_and_update();
        self.next_check = Instant::now() + CHECK_INTERVAL;
    }

    /// Asks the door again, after those who asked before.
    fn recheck(&mut self) -> BoxFuture<'static, Result<Caller, ApiError>> {
        self.note_check();
        let arrival = self.arrival.clone();
        Box::pin(async move {
            let _turn = arrival.app.rechecks.turn().await;
            // What it takes to ask is held only while it asks: a revocation lets everybody wait here.
            Box::pin(arrival.check()).await
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
    pub fn address(&self) -> Option<IpAddr> {
        self.arrival.address
    }

    /// A seat among those who follow.
    pub fn seat(&self, transport: Transport) -> Result<Seat, Full> {
        let Arrival { app, proof, address, .. } = &*self.arrival;
        app.seats.take(&app.config.limits, proof.as_ref().map(Proof::token), *address, transport)
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
            let begun = self.check.take().unwrap_or_else(|| self.recheck());
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
