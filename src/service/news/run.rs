//! Hearing news, and looking for what was not heard.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::{
    app::App,
    config::NewsWay,
    domain::{
        ids::ChatId,
        news::{self, News, Reach},
    },
    outbound,
    service::message::hear_typing,
    store::{self, StoreError, news::Listener, news::Mark},
};

/// How long news may be missed, at the most.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Heads that are told at once; more are told one part after the other.
const HEADS_PER_LOOK_MAX: i64 = 5_000;

/// Hears and looks until the server stops.
pub async fn run(app: App) {
    let (mut ear, mut mark) = (None, None);
    loop {
        if ear.is_none() {
            app.news.lose();
            ear = tokio::time::timeout(LOOK_INTERVAL, listen(&app)).await.ok().flatten();
        }
        let next = Instant::now() + LOOK_INTERVAL;
        match look(&app, &mut mark).await {
            Ok(()) => app.news.confirm(ear.is_some()),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not look for news");
                // It may be another database by the time it answers.
                ear = None;
            }
        }
        hear_until(&app, &mut ear, next).await;
    }
}

/// Where news comes in.
enum Ear {
    Database(Listener),
    Nats(outbound::Ear),
}

impl Ear {
    /// The next news; none: the connection was lost, and perhaps news with it.
    async fn next(&mut self) -> Option<String> {
        match self {
            Self::Database(listener) => listener.next().await.ok().flatten(),
            Self::Nats(ear) => ear.next().await,
        }
    }
}

async fn listen(app: &App) -> Option<Ear> {
    if let NewsWay::Database = app.config.news {
        return Listener::listen(&app.pool).await.ok().map(Ear::Database);
    }
    let nats = app.outbound.nats()?;
    // Whoever works on the same history hears the same news.
    let place = store::feed::place(&mut *store::acquire(&app.pool).await.ok()?).await.ok()?;
    match nats.listen(place.history).await {
        Ok(ear) => Some(Ear::Nats(ear)),
        Err(error) => {
            tracing::warn!(%error, "news is looked for once a second");
            None
        }
    }
}

/// Passes on what comes in until it is time to look again, or somebody says so.
async fn hear_until(app: &App, ear: &mut Option<Ear>, next: Instant) {
    loop {
        let Some(hearing) = ear else {
            tokio::time::sleep_until(next).await;
            return;
        };
        let told = match timeout_at(next, hearing.next()).await {
            Err(_) => return,
            Ok(Some(told)) => news::from_text(&told),
            // Something may have been told meanwhile.
            Ok(None) => {
                *ear = None;
                return;
            }
        };
        take(app, &told);
        app.news.lag.heard(&told);
        app.news.hear(&told);
        if told.contains(&News::Look) {
            return;
        }
    }
}

/// Takes over what another process tells of itself, and forgets what it has changed.
fn take(app: &App, told: &[News]) {
    hear_typing(app, told);
    if told.iter().any(|one| matches!(one, News::Configured | News::Revoked)) {
        app.profiles.forget();
        app.hours.forget();
    }
}

/// Tells what has happened since the last look. What was told before wakes nobody again.
async fn look(app: &App, mark: &mut Option<Mark>) -> Result<(), StoreError> {
    app.news.lag.looks();
    let mut conn = store::acquire(&app.pool).await?;
    let now = store::news::mark(&mut conn).await?;
    let Some(before) = mark else {
        *mark = Some(now);
        return Ok(());
    };
    if before.revocations != now.revocations {
        before.revocations = now.revocations;
        app.news.hear(&[News::Revoked]);
    }
    // A database that was put back to an earlier state counts from there again.
    before.feed = before.feed.min(now.feed);
    while before.feed < now.feed {
        let moved = store::news::list_moved(&mut conn, before.feed, HEADS_PER_LOOK_MAX).await?;
        let Some((last, _, _)) = moved.last() else { break };
        before.feed = *last;
        let heads: Vec<(ChatId, Reach)> = moved.into_iter().map(|(_, chat, reach)| (chat, reach)).collect();
        if app.news.trust().is_some() {
            let is_unheard = |chat: &ChatId, reach: &Reach| {
                app.news.reach(*chat).is_none_or(|known| known.version < reach.version)
            };
            app.news.lag.found(heads.iter().copied().filter(|(chat, reach)| is_unheard(chat, reach)));
        }
        app.news.hear(&[News::Moved(heads)]);
    }
    app.news.lag.looked();
    Ok(())
}
