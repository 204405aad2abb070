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

use std::{convert::Infallible, time::Duration};

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::{
    app::App,
    flow::{CallOut, HttpRequest, Outcome},
    outbound,
    store::{self, StoreError, outbox::Claimed},
};

/// How long a call stays with the process that claimed it, unless the lease is renewed.
const LEASE: TimeDelta = TimeDelta::seconds(5);
const RENEWAL_INTERVAL: Duration = Duration::from_secs(2);
/// How long a call may wait to be noticed when nobody tells of it.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Times that a call is begun; one that never comes to an end has taken its processes with it.
const ATTEMPTS_MAX: i32 = 20;

/// Makes calls until the server stops.
pub async fn run(app: App) {
    let mut under_way = JoinSet::new();
    loop {
        if let Err(error) = claim_into(&app, &mut under_way).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look into the outbox");
        }
        tokio::select! {
            // Without news it looks all the same.
            _ = tokio::time::timeout(POLL_INTERVAL, app.news.outbox()) => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

/// Makes every call that is due, and those that come of them, one after the other.
pub async fn drain(app: &App) -> Result<usize, StoreError> {
    let mut made = 0;
    loop {
        let claimed = claim(app, 1).await?;
        if claimed.is_empty() {
            return Ok(made);
        }
        for call in claimed {
            make_and_settle(app, &call).await?;
            made += 1;
        }
    }
}

async fn claim_into(app: &App, under_way: &mut JoinSet<()>) -> Result<(), StoreError> {
    loop {
        let free = app.config.limits.outbound_calls.saturating_sub(under_way.len());
        if free == 0 {
            return Ok(());
        }
        let claimed = claim(app, free).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for call in claimed {
            under_way.spawn(work(app.clone(), call));
        }
    }
}

async fn claim(app: &App, limit: usize) -> Result<Vec<Claimed>, StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    store::outbox::claim(&mut conn, limit, now, now + LEASE).await
}

async fn work(app: App, call: Claimed) {
    let settled = tokio::select! {
        settled = make_and_settle(&app, &call) => settled,
        never = renew(&app, &call) => match never {},
    };
    if let Err(error) = settled {
        // It is still in the outbox; its lease ends soon.
        tracing::warn!(
            chat.id = %call.chat,
            error = &error as &dyn std::error::Error,
            "could not settle a call; it will be made again"
        );
    }
}

/// Never ends: the call does.
async fn renew(app: &App, call: &Claimed) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL_INTERVAL).await;
        let until = app.clock.now() + LEASE;
        let renewed =
            async { store::outbox::renew(&mut *store::acquire(&app.pool).await?, call.id, until).await };
        if let Err(error) = renewed.await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not renew the lease of a call");
        }
    }
}

async fn make_and_settle(app: &App, call: &Claimed) -> Result<(), StoreError> {
    let outcome = make(app, call).await?;
    settle::settle(app, call, outcome).await
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
