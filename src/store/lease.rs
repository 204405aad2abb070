//! Work that one process does for all of them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError};

/// Takes or keeps a lease; false while somebody else holds it.
pub async fn take(
    conn: &mut Conn,
    name: &str,
    holder: Uuid,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let held = sqlx::query_scalar!(
        r#"
        insert into leases (name, holder, held_until)
        values ($1, $2, $4)
        on conflict (name) do update
        set holder = excluded.holder, held_until = excluded.held_until
        where leases.holder = excluded.holder or leases.held_until <= $3
        returning true as "held!"
        "#,
        name,
        holder,
        now,
        until,
    )
    .fetch_optional(conn)
    .await?;
    Ok(held.is_some())
}
