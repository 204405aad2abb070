//! What is due although nobody asks: time limits, words for those who wait, offers, abandoned chats,
//! chats that are kept no longer, and what has expired. One process does it for all, under a lease; that two
//! might is no danger, because every chat is looked at again under its row's lock.

mod chats;
mod expired;
mod offers;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use uuid::Uuid;

use crate::{
    app::App,
    service::{presence, privacy},
    store::{self, StoreError},
};

pub use expired::clean_up;

/// How late anything may be, at the most, while the server is not busy.
const INTERVAL: Duration = Duration::from_secs(1);
const LEASE_NAME: &str = "sweeper";
/// How long the others wait when the process that sweeps has died.
const LEASE: TimeDelta = TimeDelta::seconds(5);
/// How often what visitors' clients have asked is written down as a sign of life.
const PRESENCE_INTERVAL: Duration = Duration::from_secs(10);
const CLEAN_UP_INTERVAL: Duration = Duration::from_mins(10);

/// Sweeps until the server stops.
pub async fn run(app: App) {
    let me = Uuid::new_v4();
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut told, mut cleaned) = (Instant::now(), None);
    loop {
        interval.tick().await;
        if told.elapsed() >= PRESENCE_INTERVAL {
            told = Instant::now();
            report("could not write down who is there", presence::keep_visitors(&app).await);
        }
        match take_lease(&app, me).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                report("could not take the sweeper's lease", Err(error));
                continue;
            }
        }
        report("could not sweep", sweep(&app).await);
        if cleaned.is_none_or(|at: Instant| at.elapsed() >= CLEAN_UP_INTERVAL) {
            cleaned = Some(Instant::now());
            report("could not clean up", clean_up(&app).await.map(drop));
        }
    }
}

/// Does everything that is due now.
pub async fn sweep(app: &App) -> Result<(), StoreError> {
    chats::look_at_due(app).await?;
    offers::offer_chats(app).await?;
    privacy::erase_retired(app).await
}

async fn take_lease(app: &App, me: Uuid) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    store::lease::take(&mut conn, LEASE_NAME, me, now, now + LEASE).await
}

fn report(what: &str, outcome: Result<(), StoreError>) {
    if let Err(error) = outcome {
        tracing::warn!(error = &error as &dyn std::error::Error, "{what}");
    }
}
