//! Forgetting what has run out: tokens, keys of repeated requests, matching data.

use std::time::Duration;

use crate::{
    app::App,
    service::{matching_data, repeat::remembered_since},
    store::{self, StoreError},
};

const INTERVAL: Duration = Duration::from_mins(10);

/// Cleans up now and then, until the server stops. Several processes may do so at once: each
/// statement forgets what is expired, whoever comes first.
pub async fn run(app: App) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        match clean_up(&app).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "forgot what has expired"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "could not clean up"),
        }
    }
}

/// Deletes everything that has expired; how many rows that was.
pub async fn clean_up(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::session::delete_expired(&mut conn, now).await?
        + store::idempotency::delete_before(&mut conn, remembered_since(now)).await?
        + store::matching_data::delete_before(&mut conn, matching_data::kept_since(app, now)).await?)
}
