//! Facts about the installation as a whole.

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

/// Whether requests can be served: the database answers and every migration has been applied.
pub async fn is_ready(app: &App) -> bool {
    store::is_ready(&app.pool).await
}
