//! News: what changed and where, told between processes, and what this process knows by it.
//!
//! Readers read the database by their cursors; news only says that there is something to read. What
//! is lost on the way is found by a look at the database, once a second.

mod hub;
mod known;
mod lag;
mod run;
mod upgrades;

use crate::{
    app::App,
    config::NewsWay,
    domain::news::{self, News},
    store::{self, Conn, StoreError},
};

pub use hub::{Hub, Signal, Watch};
pub use known::Trust;
pub use run::run;

/// News of a transaction that is not committed yet.
#[must_use = "whoever waits for news waits for its commit"]
#[derive(Debug, Default)]
pub struct Untold(Vec<News>);

impl Untold {
    pub fn new(news: Vec<News>) -> Self {
        Self(news)
    }

    pub fn and(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// As the database passes it on at the commit; nothing when it does not.
    pub fn text(&self, app: &App) -> Option<String> {
        (matches!(app.config.news, NewsWay::Database) && !self.0.is_empty()).then(|| news::to_text(&self.0))
    }
}

/// Commits a transaction and tells what happened in it: this process at once, so that whoever is
/// answered reads what was stored, the others as they are reached.
pub async fn commit(app: &App, tx: store::Part<'_>, untold: Untold) -> Result<(), StoreError> {
    let turn = app.news.lag.begins(&untold.0);
    store::commit(tx).await?;
    if let Some(turn) = turn {
        app.news.lag.committed(turn);
    }
    if !untold.0.is_empty() {
        app.news.hear(&untold.0);
        if let Some(nats) = app.outbound.nats() {
            nats.tell(&news::to_text(&untold.0));
        }
    }
    Ok(())
}

/// Tells the others something that is not stored. Whom it does not reach has missed nothing of the log.
pub async fn tell(app: &App, news: News) {
    let news = [news];
    app.news.hear(&news);
    if let Some(nats) = app.outbound.nats() {
        nats.tell(&news::to_text(&news));
    } else if matches!(app.config.news, NewsWay::Database) {
        let told =
            async { store::news::tell(&mut *store::acquire(&app.pool).await?, &news::to_text(&news)).await };
        if let Err(error) = told.await {
            tracing::debug!(error = &error as &dyn std::error::Error, "could not tell other processes");
        }
    }
}

/// Says in a transaction what its commit will tell.
pub async fn note(app: &App, conn: &mut Conn, news: News) -> Result<Untold, StoreError> {
    let untold = Untold(vec![news]);
    if let Some(text) = untold.text(app) {
        store::news::tell(conn, &text).await?;
    }
    Ok(untold)
}

/// Says in a transaction that rights were taken or changed.
pub async fn note_revocation(app: &App, conn: &mut Conn) -> Result<Untold, StoreError> {
    store::news::count_revocation(conn).await?;
    note(app, conn, News::Revoked).await
}
