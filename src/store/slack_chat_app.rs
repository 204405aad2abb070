//! Slack apps whose conversations are chats. Secrets are here as they were sealed.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::paging::{Page, Paged};

/// A stored app.
#[derive(Clone)]
pub struct StoredChatApp {
    pub id: i32,
    pub name: String,
    /// The app's id at Slack.
    pub app_id: String,
    pub profile_id: Option<String>,
    /// Of that profile, while it exists.
    pub profile_name: Option<String>,
    pub signing_secret: Vec<u8>,
    pub bot_token: Option<Vec<u8>>,
    pub identity: BotIdentity,
    /// Slack's word for why the token is of no use; none: as far as anybody knows it works.
    pub token_fault: Option<String>,
    /// The key in the addresses that it calls, once it is known.
    pub routing_key: Option<String>,
}

/// Whom a bot token belongs to, in Slack's ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BotIdentity {
    pub team_id: Option<String>,
    pub bot_user_id: Option<String>,
    pub bot_id: Option<String>,
}

struct ChatAppRow {
    id: i32,
    name: String,
    app_id: String,
    chat_profile_id: Option<String>,
    profile_name: Option<String>,
    signing_secret: Vec<u8>,
    bot_token: Option<Vec<u8>>,
    team_id: Option<String>,
    bot_user_id: Option<String>,
    bot_id: Option<String>,
    token_fault: Option<String>,
    routing_key: Option<String>,
}

impl From<ChatAppRow> for StoredChatApp {
    fn from(row: ChatAppRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            app_id: row.app_id,
            profile_id: row.chat_profile_id,
            profile_name: row.profile_name,
            signing_secret: row.signing_secret,
            bot_token: row.bot_token,
            identity: BotIdentity { team_id: row.team_id, bot_user_id: row.bot_user_id, bot_id: row.bot_id },
            token_fault: row.token_fault,
            routing_key: row.routing_key,
        }
    }
}

/// Which apps a list holds; none of them: every one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Which<'a> {
    pub id: Option<i32>,
    pub app_id: Option<&'a str>,
    pub routing_key: Option<&'a str>,
}

/// Apps by name: one page of them.
pub async fn read(conn: &mut Conn, which: Which<'_>, page: Page) -> Result<Vec<StoredChatApp>, StoreError> {
    let rows = sqlx::query_as!(
        ChatAppRow,
        r#"
        select a.id, a.name, a.app_id, a.chat_profile_id, p.name as "profile_name?", a.signing_secret,
            a.bot_token, a.team_id, a.bot_user_id, a.bot_id, a.token_fault, a.routing_key
        from slack_chat_apps a
        left join chat_profiles p on p.profile_id = a.chat_profile_id and p.deleted_at is null
        where a.deleted_at is null
            and ($1::int is null or a.id = $1)
            and ($2::text is null or a.app_id = $2)
            and ($3::text is null or a.routing_key = $3)
        order by a.name, a.id
        limit $4 offset $5
        "#,
        which.id,
        which.app_id,
        which.routing_key,
        page.size,
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(StoredChatApp::from).collect())
}

/// The same, with the length of the whole list.
pub async fn list(conn: &mut Conn, which: Which<'_>, page: Page) -> Result<Paged<StoredChatApp>, StoreError> {
    let rows = read(conn, which, page).await?;
    let record_count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from slack_chat_apps
        where deleted_at is null
            and ($1::int is null or id = $1)
            and ($2::text is null or app_id = $2)
            and ($3::text is null or routing_key = $3)
        "#,
        which.id,
        which.app_id,
        which.routing_key,
    )
    .fetch_one(conn)
    .await?;
    Ok(Paged { rows, record_count })
}

/// One app that was not deleted.
pub async fn find(conn: &mut Conn, id: i32) -> Result<Option<StoredChatApp>, StoreError> {
    let row = sqlx::query_as!(
        ChatAppRow,
        r#"
        select a.id, a.name, a.app_id, a.chat_profile_id, p.name as "profile_name?", a.signing_secret,
            a.bot_token, a.team_id, a.bot_user_id, a.bot_id, a.token_fault, a.routing_key
        from slack_chat_apps a
        left join chat_profiles p on p.profile_id = a.chat_profile_id and p.deleted_at is null
        where a.id = $1 and a.deleted_at is null
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(StoredChatApp::from))
}

/// Reads an app and holds its row, so that two changes do not overwrite each other.
pub async fn lock(conn: &mut Conn, id: i32) -> Result<Option<StoredChatApp>, StoreError> {
    let row = sqlx::query_as!(
        ChatAppRow,
        r#"
        select a.id, a.name, a.app_id, a.chat_profile_id, p.name as "profile_name?", a.signing_secret,
            a.bot_token, a.team_id, a.bot_user_id, a.bot_id, a.token_fault, a.routing_key
        from slack_chat_apps a
        left join chat_profiles p on p.profile_id = a.chat_profile_id and p.deleted_at is null
        where a.id = $1 and a.deleted_at is null
        for no key update of a
        "#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(StoredChatApp::from))
}

/// Draws the id of an app that is about to be inserted: its secrets are sealed to it.
pub async fn draw_id(conn: &mut Conn) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select nextval(pg_get_serial_sequence('slack_chat_apps', 'id'))::int as "id!""#
    )
    .fetch_one(conn)
    .await?)
}

/// Writes an app, new or changed. A new token or a new state of it replaces what is stored.
pub async fn save(conn: &mut Conn, app: &StoredChatApp, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into slack_chat_apps (id, name, app_id, chat_profile_id, signing_secret, bot_token, team_id,
            bot_user_id, bot_id, token_fault, routing_key, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (id) do update
        set name = excluded.name, app_id = excluded.app_id, chat_profile_id = excluded.chat_profile_id,
            signing_secret = excluded.signing_secret, bot_token = excluded.bot_token,
            team_id = excluded.team_id, bot_user_id = excluded.bot_user_id, bot_id = excluded.bot_id,
            token_fault = excluded.token_fault, routing_key = excluded.routing_key
        "#,
        app.id,
        app.name,
        app.app_id,
        app.profile_id,
        app.signing_secret,
        app.bot_token,
        app.identity.team_id,
        app.identity.bot_user_id,
        app.identity.bot_id,
        app.token_fault,
        app.routing_key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that Slack takes this token no more; another that was saved meanwhile is not meant.
pub async fn mark_token(conn: &mut Conn, id: i32, sealed: &[u8], fault: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "update slack_chat_apps set token_fault = $3 where id = $1 and bot_token = $2",
        id,
        sealed,
        fault,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that the app is gone from its workspace, and forgets its token.
pub async fn forget_token(conn: &mut Conn, id: i32, fault: &str) -> Result<(), StoreError> {
    sqlx::query!("update slack_chat_apps set token_fault = $2, bot_token = null where id = $1", id, fault,)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes what the first signed request told: its addresses' key, and the bot user it is for.
pub async fn learn(
    conn: &mut Conn,
    id: i32,
    routing_key: Option<&str>,
    bot_user_id: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update slack_chat_apps
        set routing_key = coalesce(routing_key, $2), bot_user_id = coalesce(bot_user_id, $3)
        where id = $1
        "#,
        id,
        routing_key,
        bot_user_id,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn delete(conn: &mut Conn, id: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update slack_chat_apps set deleted_at = $2, bot_token = null where id = $1", id, now)
        .execute(conn)
        .await?;
    Ok(())
}
