//! What chats need to know of a team.

use super::{Conn, StoreError};
use crate::domain::ids::TeamId;

/// Whether chats may be given to this team; none: there is no such team.
pub async fn takes_chats(conn: &mut Conn, team: TeamId) -> Result<Option<bool>, StoreError> {
    let takes = sqlx::query_scalar!(
        "select allows_live_chat from teams where id = $1 and deleted_at is null",
        team.get(),
    );
    Ok(takes.fetch_optional(conn).await?)
}
