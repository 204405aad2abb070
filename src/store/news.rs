//! News from other transactions and processes, as Postgres tells it at their commit.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::{Pool, StoreError};

/// Hears of what is told in one channel, from this process and from others.
pub struct News(PgListener);

impl News {
    /// A connection of its own: one of the pool's would be missing there for good.
    pub async fn listen(pool: &Pool, channel: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::clone(&pool.connect_options());
        let own = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(channel).await?;
        Ok(Self(listener))
    }

    /// Waits for news, and no longer than this; what was told meanwhile counts as one.
    pub async fn wait(&mut self, longest: Duration) -> Result<(), StoreError> {
        // No news at all is no error: whoever waits looks for itself then.
        if let Ok(told) = tokio::time::timeout(longest, self.0.try_recv()).await {
            told?;
        }
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}
