//! Work that waits in a table: claimed under a lease by whichever process comes first, carried out
//! outside of any transaction, and settled in one. A process that dies leaves its jobs to the next.

use std::{convert::Infallible, future::Future, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{sync::watch, task::JoinSet};
use tracing::Instrument;

use crate::{app::App, store::StoreError};

/// How long a job belongs to whoever claimed it, unless the claim is renewed. Short, because a job
/// whose process died waits this long for the next.
const LEASE: TimeDelta = TimeDelta::seconds(5);
const RENEWAL_INTERVAL: Duration = Duration::from_secs(2);
/// How long a job may wait to be noticed when nobody tells of it.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// One kind of work.
pub trait Work: 'static {
    type Job: Send + Sync + 'static;

    /// For the log: what could not be done.
    const NAME: &'static str;
    /// Changes when there is work.
    fn news(app: &App) -> watch::Receiver<u64>;

    /// Jobs that one process carries out at once.
    fn limit(app: &App) -> usize;

    /// Claims jobs that are due: nobody else may until `lease_until`.
    fn claim(
        app: &App,
        limit: i64,
        lease_until: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Self::Job>, StoreError>> + Send;

    /// Keeps a job from being claimed by others for longer.
    fn renew(
        app: &App,
        job: &Self::Job,
        lease_until: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Does the job and settles it. An error leaves it to be claimed again when its lease ends.
    fn carry_out(app: &App, job: &Self::Job) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Carries out jobs until the server stops.
pub async fn run<W: Work>(app: App) {
    let mut under_way = JoinSet::new();
    let mut news = W::news(&app);
    loop {
        if let Err(error) = claim_into::<W>(&app, &mut under_way).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, work = W::NAME, "could not look for work");
        }
        tokio::select! {
            // Without news it looks all the same.
            _ = tokio::time::timeout(POLL_INTERVAL, news.changed()) => {}
            Some(_) = under_way.join_next() => {}
        }
    }
}

/// Carries out every job that is due, and those that come of them, one after the other.
pub async fn drain<W: Work>(app: &App) -> Result<usize, StoreError> {
    let mut done = 0;
    loop {
        let claimed = W::claim(app, 1, app.clock.now() + LEASE).await?;
        if claimed.is_empty() {
            return Ok(done);
        }
        for job in claimed {
            W::carry_out(app, &job).await?;
            done += 1;
        }
    }
}

async fn claim_into<W: Work>(app: &App, under_way: &mut JoinSet<()>) -> Result<(), StoreError> {
    loop {
        let free = W::limit(app).saturating_sub(under_way.len());
        if free == 0 {
            return Ok(());
        }
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let claimed = W::claim(app, limit, app.clock.now() + LEASE).await?;
        if claimed.is_empty() {
            return Ok(());
        }
        for job in claimed {
            let span = tracing::info_span!("job", work = W::NAME);
            under_way.spawn(work::<W>(app.clone(), job).instrument(span));
        }
    }
}

async fn work<W: Work>(app: App, job: W::Job) {
    let done = tokio::select! {
        done = W::carry_out(&app, &job) => done,
        never = renew::<W>(&app, &job) => match never {},
    };
    if let Err(error) = done {
        // It is still there; its lease ends soon.
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, work = W::NAME, "could not settle a job; it will be done again");
    }
}

/// Never ends: the job does.
async fn renew<W: Work>(app: &App, job: &W::Job) -> Infallible {
    loop {
        tokio::time::sleep(RENEWAL_INTERVAL).await;
        if let Err(error) = W::renew(app, job, app.clock.now() + LEASE).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, work = W::NAME, "could not renew the lease of a job");
        }
    }
}
