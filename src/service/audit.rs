//! The audit: who changed, exported, erased or read what, written with what it tells of.

use std::{net::IpAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

use crate::{
    app::App,
    domain::{
        audit::{Actor, AuditEntry, AuditFilter, Deed},
        caller::Caller,
        ids::ChatId,
    },
    store::{self, Conn, StoreError},
};

/// How often somebody's reading of one chat is noted.
const READ_NOTED_EVERY: Duration = Duration::from_hours(1);
const READS_IN_MEMORY_MAX: u64 = 100_000;
/// Entries that one transaction forgets.
const FORGOTTEN_AT_ONCE: i64 = 5_000;

/// Readings that are noted already, by whom and where.
pub struct ReadsNoted(Cache<(String, ChatId), ()>);

impl Default for ReadsNoted {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(READS_IN_MEMORY_MAX).time_to_live(READ_NOTED_EVERY).build())
    }
}

/// Notes a deed in the transaction that does it.
pub async fn note(app: &App, conn: &mut Conn, actor: &Actor, deed: Deed<'_>) -> Result<(), StoreError> {
    store::audit::insert(conn, actor, deed, (None, None), app.clock.now()).await
}

/// Notes that somebody reads the words of a chat without being one of its people, once an hour. No
/// round trip for whoever has read there within the hour, and none for visitors.
pub async fn note_read(
    app: &App,
    caller: &Caller,
    address: Option<IpAddr>,
    chat: ChatId,
) -> Result<(), StoreError> {
    if caller.staff().is_none() {
        return Ok(());
    }
    let key = (caller.key(), chat);
    if app.reads_noted.0.contains_key(&key) {
        return Ok(());
    }
    let now = app.clock.now();
    let since = now - TimeDelta::from_std(READ_NOTED_EVERY).unwrap_or_default();
    let mut conn = store::acquire(&app.pool).await?;
    store::audit::insert_read(&mut conn, &Actor::of(caller, address), chat, since, now).await?;
    app.reads_noted.0.insert(key, ());
    Ok(())
}

/// Entries that match, the newest first.
pub async fn list(app: &App, filter: &AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::audit::list(&mut conn, filter).await
}

/// Forgets entries that are older than the operator keeps them; how many.
pub async fn forget_old(app: &App, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let kept = app.config.limits.audit_kept.and_then(|kept| now.checked_sub_signed(kept));
    let Some(limit) = kept else { return Ok(0) };
    let mut forgotten = 0;
    loop {
        let mut tx = store::begin(&app.pool).await?;
        let deleted = store::audit::delete_before(&mut tx, limit, FORGOTTEN_AT_ONCE).await?;
        store::commit(tx).await?;
        forgotten += deleted;
        if deleted < FORGOTTEN_AT_ONCE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}
