//! The working hours that profiles keep to.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

use crate::{
    app::App,
    domain::{hours::Hours, profile::ProfileSettings},
    store::{
        self, Conn, StoreError, hours_document,
        resource::{Resource, Stored},
    },
};

/// How long hours that an administrator changed may go unnoticed by a process that does not hear of it.
const HOURS_STALE_MAX: Duration = Duration::from_secs(1);
/// Working hours kept in memory.
const HOURS_IN_MEMORY_MAX: u64 = 1_000;

/// Working hours by id; also that there are none.
pub struct HoursCache(Cache<i32, Option<Arc<Hours>>>);

impl Default for HoursCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(HOURS_IN_MEMORY_MAX).time_to_live(HOURS_STALE_MAX).build())
    }
}

impl HoursCache {
    /// Forgets the hours of this process: some were changed.
    pub fn forget(&self) {
        self.0.invalidate_all();
    }
}

/// The hours that a profile keeps to. None: it names none, or none that exist, and is always open.
pub async fn of_profile(
    app: &App,
    conn: &mut Conn,
    profile: &ProfileSettings,
) -> Result<Option<Arc<Hours>>, StoreError> {
    let Some(id) = profile.workdays else { return Ok(None) };
    if let Some(hours) = app.hours.0.get(&id) {
        return Ok(hours);
    }
    let stored: Option<Stored> = store::resource::find(conn, Resource::Workdays, id).await?;
    let hours = stored.map(|stored| Arc::new(hours_document::hours(&stored.document)));
    app.hours.0.insert(id, hours.clone());
    Ok(hours)
}
