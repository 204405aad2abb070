//! Chat profiles and the versions of them that chats have met.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::{
    chat::ProfileVersion,
    document::Document,
    ids::{ChatId, ProfileId},
};

/// A profile as it stands now.
#[derive(Clone, Debug)]
pub struct StoredProfile {
    pub id: ProfileId,
    pub version: i32,
    pub document: Document,
    /// Holds a flow that may be broken; starts no chat.
    pub is_draft: bool,
}

struct ProfileRow {
    profile_id: String,
    version: i32,
    document: String,
    is_draft: bool,
}

impl From<ProfileRow> for StoredProfile {
    fn from(row: ProfileRow) -> Self {
        Self {
            id: ProfileId::new(row.profile_id),
            version: row.version,
            document: Document::from_json(row.document),
            is_draft: row.is_draft,
        }
    }
}

/// All profiles by name, or those of one access type.
pub async fn list(conn: &mut Conn, access_type: Option<i32>) -> Result<Vec<StoredProfile>, StoreError> {
    let rows = sqlx::query_as!(
        ProfileRow,
        r#"
        select profile_id, version, document::text as "document!", is_draft
        from chat_profiles
        where deleted_at is null and ($1::int is null or access_type = $1)
        order by name, profile_id
        "#,
        access_type,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(StoredProfile::from).collect())
}

pub async fn find(conn: &mut Conn, id: &ProfileId) -> Result<Option<StoredProfile>, StoreError> {
    let row = sqlx::query_as!(
        ProfileRow,
        r#"
        select profile_id, version, document::text as "document!", is_draft
        from chat_profiles
        where profile_id = $1 and deleted_at is null
        "#,
        id.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(StoredProfile::from))
}

/// Reads a profile, deleted or not, and holds its row. The flag says whether it was deleted.
pub async fn lock(conn: &mut Conn, id: &ProfileId) -> Result<Option<(StoredProfile, bool)>, StoreError> {
    let row = sqlx::query!(
        r#"
        select profile_id, version, document::text as "document!", is_draft, deleted_at
        from chat_profiles
        where profile_id = $1
        for no key update
        "#,
        id.as_str(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let is_deleted = row.deleted_at.is_some();
        let profile = ProfileRow {
            profile_id: row.profile_id,
            version: row.version,
            document: row.document,
            is_draft: row.is_draft,
        };
        (profile.into(), is_deleted)
    }))
}

/// The document of a version that some chat met.
pub async fn find_version(conn: &mut Conn, wanted: &ProfileVersion) -> Result<Option<Document>, StoreError> {
    let document = sqlx::query_scalar!(
        r#"
        select document::text as "document!"
        from chat_profile_versions
        where profile_id = $1 and version = $2
        "#,
        wanted.id.as_str(),
        wanted.version,
    )
    .fetch_optional(conn)
    .await?;
    Ok(document.map(Document::from_json))
}

/// Writes a profile and, beside it, the version that new chats will meet. Two creations at once
/// take turns at the key, and the second becomes an update of what the first wrote.
pub async fn save(conn: &mut Conn, profile: &StoredProfile, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        with profile as (
            insert into chat_profiles (profile_id, version, document, is_draft, created_at, updated_at)
            values ($1, $2, $3::text::jsonb, $4, $5, $5)
            on conflict (profile_id) do update
            set version = excluded.version, document = excluded.document,
                is_draft = excluded.is_draft, updated_at = excluded.updated_at, deleted_at = null
        )
        insert into chat_profile_versions (profile_id, version, document, created_at)
        values ($1, $2, $3::text::jsonb, $5)
        "#,
        profile.id.as_str(),
        profile.version,
        profile.document.as_str(),
        profile.is_draft,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks a profile deleted; its closed chats keep it.
pub async fn delete(conn: &mut Conn, id: &ProfileId, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update chat_profiles set deleted_at = $2 where profile_id = $1", id.as_str(), now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Some of the profile's open chats, newest first; at most `limit`.
pub async fn list_open_chats(conn: &mut Conn, id: &ProfileId, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        r#"
        select chat_id
        from chats
        where profile_id = $1 and not is_closed
        order by chat_id desc
        limit $2
        "#,
        id.as_str(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

/// Every host that a profile lists as an origin, with the profile.
pub async fn list_origins(conn: &mut Conn) -> Result<Vec<(ProfileId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select profile_id, origin ->> 'value' as "host!"
        from chat_profiles,
            jsonb_array_elements(
                case jsonb_typeof(document -> 'cors_whitelist_list')
                    when 'array' then document -> 'cors_whitelist_list'
                    else '[]'
                end
            ) origin
        where deleted_at is null and origin ->> 'value' is not null
        "#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ProfileId::new(row.profile_id), row.host)).collect())
}
