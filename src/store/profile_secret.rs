//! Secrets of chat profiles, as the vault sealed them.

use super::{Conn, StoreError};
use crate::domain::ids::ProfileId;

/// What a profile's secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// Signs identity tokens.
    Identity,
}

impl SecretKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
        }
    }
}

pub async fn find(
    conn: &mut Conn,
    profile: &ProfileId,
    kind: SecretKind,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select sealed from profile_secrets where profile_id = $1 and kind = $2",
        profile.as_str(),
        kind.name(),
    )
    .fetch_optional(conn)
    .await?)
}

pub async fn save(
    conn: &mut Conn,
    profile: &ProfileId,
    kind: SecretKind,
    sealed: &[u8],
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into profile_secrets (profile_id, kind, sealed)
        values ($1, $2, $3)
        on conflict (profile_id, kind) do update
        set sealed = excluded.sealed
        "#,
        profile.as_str(),
        kind.name(),
        sealed,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn delete(conn: &mut Conn, profile: &ProfileId, kind: SecretKind) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from profile_secrets where profile_id = $1 and kind = $2",
        profile.as_str(),
        kind.name(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
