//! Calls that leave the process: claimed from the outbox, made, and settled in the chat that waits.
//!
//! A call is made outside of any transaction, under a lease that is renewed while it is under way,
//! and settled in one transaction with what it changes. A process that dies leaves its calls to
//! whoever claims them when their leases are over; whoever is called can tell a repetition by its
//! key, and the chat takes one answer only.

mod converse;
mod decide;
mod settle;
mod turns;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    app::App,
    flow::{CallOut, HttpRequest, Outcome},
    outbound,
    service::worker::{self, Work},
    store::{self, StoreError, outbox::Claimed},
};

/// Times that a call is begun; one that never comes to an end has taken its processes with it.
const ATTEMPTS_MAX: i32 = 20;

/// The calls of flows.
struct Calls;

impl Work for Calls {
    type Job = Claimed;

    const NAME: &'static str = "calls of flows";

    fn news(app: &App) -> watch::Receiver<u64> {
        app.news.outbox()
    }

    fn limit(app: &App) -> usize {
        app.config.limits.outbound_calls
    }

    async fn claim(app: &App, limit: i64, lease_until: DateTime<Utc>) -> Result<Vec<Claimed>, StoreError> {
        let mut conn = store::acquire(&app.pool).await?;
        store::outbox::claim(&mut conn, limit, app.clock.now(), lease_until).await
    }

    async fn renew(app: &App, call: &Claimed, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
        store::outbox::renew(&mut *store::acquire(&app.pool).await?, call.id, lease_until).await
    }

    async fn carry_out(app: &App, call: &Claimed) -> Result<(), StoreError> {
        let outcome = make(app, call).await?;
        settle::settle(app, call, outcome).await
    }
}

/// Makes calls until the server stops.
pub async fn run(app: App) {
    worker::run::<Calls>(app).await;
}

/// Makes every call that is due, and those that come of them, one after the other.
pub async fn drain(app: &App) -> Result<usize, StoreError> {
    worker::drain::<Calls>(app).await
}

async fn make(app: &App, call: &Claimed) -> Result<Outcome, StoreError> {
    let Some(what) = call.what.as_ref().filter(|_| call.attempts <= ATTEMPTS_MAX) else {
        tracing::error!(chat.id = %call.chat, attempts = call.attempts, "gave a call up");
        return Ok(Outcome::Failed);
    };
    match what {
        CallOut::Http(request) => Ok(fetch(app, call, request).await),
        CallOut::Decide { model, prompt, options } => {
            decide::pick(app, call, model.as_deref(), prompt, options).await
        }
        CallOut::Converse { agent, model, instructions } => {
            converse::reply(app, call, agent.as_deref(), model.as_deref(), instructions).await
        }
    }
}

async fn fetch(app: &App, call: &Claimed, request: &HttpRequest) -> Outcome {
    match app.outbound.fetch(request, &call.key.to_string()).await {
        Ok(answer) => Outcome::Fetched(outbound::values(&answer, &request.wanted)),
        Err(error) => {
            tracing::warn!(
                chat.id = %call.chat,
                error = &error as &dyn std::error::Error,
                "an HTTP step failed"
            );
            Outcome::Failed
        }
    }
}
