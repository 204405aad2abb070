//! People in Slack, as Slack describes them.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};

/// A person whom an app has met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlackPerson {
    pub name: Option<String>,
    pub email: Option<String>,
    /// The app's direct messages with the person, once they were opened.
    pub im_channel: Option<String>,
}

/// A person, and when Slack was asked about it.
pub async fn find(
    conn: &mut Conn,
    chat_app: i32,
    user: &str,
) -> Result<Option<(SlackPerson, DateTime<Utc>)>, StoreError> {
    let row = sqlx::query!(
        r#"
        select name, email, im_channel_id, read_at
        from slack_people
        where chat_app_id = $1 and user_id = $2
        "#,
        chat_app,
        user,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        (SlackPerson { name: row.name, email: row.email, im_channel: row.im_channel_id }, row.read_at)
    }))
}

/// Remembers a person; what is not known this time stays as it was known.
pub async fn save(
    conn: &mut Conn,
    chat_app: i32,
    user: &str,
    person: &SlackPerson,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into slack_people (chat_app_id, user_id, name, email, im_channel_id, read_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (chat_app_id, user_id) do update
        set name = coalesce(excluded.name, slack_people.name),
            email = coalesce(excluded.email, slack_people.email),
            im_channel_id = coalesce(excluded.im_channel_id, slack_people.im_channel_id),
            read_at = excluded.read_at
        "#,
        chat_app,
        user,
        person.name,
        person.email,
        person.im_channel,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
