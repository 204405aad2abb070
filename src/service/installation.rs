//! Facts about the installation as a whole.

use std::{sync::atomic::Ordering, time::Duration};

use chrono::TimeDelta;

use crate::{
    app::App,
    service::presence::HEARTBEAT_SECONDS_MAX,
    store::{self, StoreError, installation},
};

pub use installation::Facts;

/// How many agents there are, how many are there now, and what the data lies in.
pub async fn facts(app: &App) -> Result<Facts, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    installation::facts(&mut conn, app.clock.now() - TimeDelta::seconds(HEARTBEAT_SECONDS_MAX)).await
}

/// Whoever asks whether this process is ready does not wait for long.
const READINESS_TIME_MAX: Duration = Duration::from_secs(2);

/// Whether requests should be sent here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    /// It was told to stop.
    Ending,
    NoDatabase,
    NotMigrated,
}

/// Whether requests can be served: the database answers and every migration has been applied.
pub async fn readiness(app: &App) -> Readiness {
    if app.is_ending.load(Ordering::Relaxed) {
        return Readiness::Ending;
    }
    match tokio::time::timeout(READINESS_TIME_MAX, store::is_migrated(&app.pool)).await {
        Ok(Ok(true)) => Readiness::Ready,
        Ok(Ok(false)) => Readiness::NotMigrated,
        Ok(Err(_)) | Err(_) => Readiness::NoDatabase,
    }
}
