//! Telling Slack what a chat's log says. The log is the queue: every conversation remembers the last
//! entry that it told, one process at a time tells it more, in order, and none is left out.

mod clear;
pub(in crate::slack) mod control;
mod entry;
mod file;
pub(in crate::slack) mod form;
mod page_data;
mod post;
mod tell;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    app::App,
    service::worker::{self, Work},
    store::{
        self, StoreError,
        slack_conversation::{self, ClaimedConversation},
    },
};

struct Conversations;

impl Work for Conversations {
    type Job = ClaimedConversation;

    const NAME: &'static str = "telling Slack";

    fn news(app: &App) -> watch::Receiver<u64> {
        app.news.slack()
    }

    fn limit(app: &App) -> usize {
        app.config.slack.calls
    }

    async fn claim(
        app: &App,
        limit: i64,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<ClaimedConversation>, StoreError> {
        let mut conn = store::acquire(&app.pool).await?;
        slack_conversation::claim(&mut conn, limit, app.clock.now(), lease_until).await
    }

    async fn renew(
        app: &App,
        job: &ClaimedConversation,
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        slack_conversation::renew(&mut *store::acquire(&app.pool).await?, job, lease_until).await
    }

    async fn carry_out(app: &App, job: &ClaimedConversation) -> Result<(), StoreError> {
        tell::tell(app, job).await
    }
}

/// Tells until the server stops.
pub async fn run(app: App) {
    worker::run::<Conversations>(app).await;
}

/// Tells everything that there is to tell now.
pub async fn drain(app: &App) -> Result<usize, StoreError> {
    worker::drain::<Conversations>(app).await
}
