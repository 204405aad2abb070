//! Forgetting what has run out: tokens, keys of repeated requests, matching data, bytes of files that
//! nobody names, old entries of the audit.

use crate::{
    app::App,
    service::{attachment, audit, feed, matching_data, repeat::remembered_since},
    store::{self, StoreError},
};

/// Deletes everything that has expired; how many rows that was.
pub async fn clean_up(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    let forgotten = store::session_end::delete_expired(&mut conn, now).await?
        + store::idempotency::delete_before(&mut conn, remembered_since(now)).await?
        + store::feed::delete_departures_before(&mut conn, feed::told_since(now)).await?
        + store::rate_bucket::delete_full(&mut conn, now).await?
        + store::matching_data::delete_before(&mut conn, matching_data::kept_since(app, now)).await?;
    drop(conn);
    Ok(forgotten + audit::forget_old(app, now).await? + attachment::remove_leftovers(app).await?)
}
