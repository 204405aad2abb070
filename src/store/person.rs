//! Finding everything that is kept of a person, and removing what is not part of a chat.

use super::{Conn, StoreError};
use crate::domain::{
    ids::ChatId,
    person::{Person, Removed, Subject},
};

/// Everything that the subject is known by. The visitor of a chat is who they are there: an address
/// that somebody only gave makes nobody that user.
pub async fn find(conn: &mut Conn, subject: &Subject) -> Result<Person, StoreError> {
    let (email, user, unknown, chat) = match subject {
        Subject::Email(email) => (Some(email.as_str()), None, None, None),
        Subject::User(user) => (None, Some(user.get()), None, None),
        Subject::Unknown(unknown) => (None, None, Some(unknown.as_str()), None),
        Subject::Chat(chat) => (None, None, None, Some(chat.get())),
    };
    let row = sqlx::query!(
        r#"
        with known_users as (
            select id, email from users where email = lower($1) or id = $2
        ), emails as (
            select lower($1) as email where $1 is not null
            union
            select email from known_users where email is not null and email <> ''
        ), visitor as (
            select p.unknown_id, c.slack_app_id, c.slack_user_id
            from chats c
            join chat_participants p on p.chat_id = c.chat_id and p.unknown_id is not null
            where c.chat_id = $4 and c.erased_at is null
        ), slack as (
            select a.app_id, s.user_id
            from slack_people s
            join slack_chat_apps a on a.id = s.chat_app_id
            where lower(s.email) in (select email from emails)
            union
            select slack_app_id, slack_user_id from visitor where slack_user_id is not null
        )
        select
            array(select id from known_users) as "users!",
            array(select email from emails where email is not null) as "emails!",
            array(
                select $3::text where $3::text is not null and $3::text <> 'erased'
                union
                select unknown_id from visitor
            ) as "unknown_ids!: Vec<String>",
            array(select app_id from slack order by app_id, user_id) as "slack_apps!",
            array(select user_id from slack order by app_id, user_id) as "slack_users!"
        "#,
        email,
        user,
        unknown,
        chat,
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut person = Person {
        users: row.users,
        emails: row.emails,
        unknown_ids: row.unknown_ids,
        slack_apps: row.slack_apps,
        slack_users: row.slack_users,
    };
    if let (Some(user), true) = (user, person.users.is_empty()) {
        // The record is gone; what names its number may not be.
        person.users.push(user);
    }
    Ok(person)
}

/// Chats of the person behind this one that are not erased, by their ids.
pub async fn list_chats(
    conn: &mut Conn,
    person: &Person,
    after: ChatId,
    limit: i64,
) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        r#"
        select chat_id as "chat_id!"
        from (
            select chat_id from chat_participants where user_id = any($1)
            union
            select chat_id from chat_participants
            where lower(email) = any($2) and email is not null and agent_id is null
            union
            select chat_id from chat_participants where unknown_id = any($3)
            union
            select c.chat_id
            from unnest($4::text[], $5::text[]) s (app, person)
            join chats c on c.slack_app_id = s.app and c.slack_user_id = s.person
        ) found
        join chats c using (chat_id)
        where chat_id > $6 and c.erased_at is null
        order by chat_id
        limit $7
        "#,
        &person.users,
        &person.emails,
        &person.unknown_ids,
        &person.slack_apps,
        &person.slack_users,
        after.get(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

/// Removes what is kept of the person outside of chats; `chats` are those that were the person's.
pub async fn erase(conn: &mut Conn, person: &Person, chats: &[i32]) -> Result<Removed, StoreError> {
    let mut removed = Removed::default();
    // In the order in which a request of Slack is worked off.
    erase_slack(conn, person, &mut removed).await?;
    erase_tickets(conn, person, &mut removed).await?;
    let told = sqlx::query!(
        r#"
        delete from chat_matching_data
        where exists (
            select from unnest($1::text[]) email where position(email in lower(content)) > 0
        )
        "#,
        &person.emails,
    )
    .execute(&mut *conn)
    .await?;
    removed.count("matching_data", told.rows_affected());
    // Whoever started a chat may have been nobody yet; the answer names the chat.
    let keys = sqlx::query!(
        r#"
        delete from idempotency_keys
        where exists (
            select from jsonb_array_elements(answers) answer where (answer ->> 'chat')::int = any($1)
        )
        "#,
        chats,
    )
    .execute(&mut *conn)
    .await?;
    removed.count("idempotency_keys", keys.rows_affected());
    let users = sqlx::query!("delete from users where id = any($1)", &person.users).execute(conn).await?;
    removed.count("users", users.rows_affected());
    Ok(removed)
}

/// Tickets of the person that came from no chat, or from one that was erased before.
async fn erase_tickets(conn: &mut Conn, person: &Person, removed: &mut Removed) -> Result<(), StoreError> {
    let users: Vec<String> = person.users.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"
        with emptied as (
            update tickets
            set document = erased_document(document, 'summary')
            where document ->> 'user_id' = any($1) or lower(document ->> 'user_email') = any($2)
            returning id
        ), actions as (
            update ticket_actions
            set document = erased_document(document, 'outcome')
            where ticket_id in (select id from emptied)
            returning 1
        ), ratings as (
            update feedback
            set document = erased_document(document, 'comment') - 'comment'
            where ticket_id in (select id from emptied)
            returning 1
        ), files as (
            delete from attachments where ticket_id in (select id from emptied) returning blob_id, place
        ), leftovers as (
            insert into attachment_leftovers (blob_id, place, since)
            select blob_id, place, '-infinity' from files
            returning 1
        )
        select (select count(*) from emptied) as "tickets!", (select count(*) from actions) as "actions!",
            (select count(*) from ratings) as "ratings!", (select count(*) from leftovers) as "files!"
        "#,
        &users,
        &person.emails,
    )
    .fetch_one(conn)
    .await?;
    let kinds = [
        ("tickets", rows.tickets),
        ("actions", rows.actions),
        ("feedback", rows.ratings),
        ("attachments", rows.files),
    ];
    for (kind, count) in kinds {
        removed.count(kind, count.unsigned_abs());
    }
    Ok(())
}

async fn erase_slack(conn: &mut Conn, person: &Person, removed: &mut Removed) -> Result<(), StoreError> {
    let requests = sqlx::query!(
        r#"
        update slack_inbox i
        set payload = '', due_at = null, channel_id = null, message_ts = null, lane = 'erased'
        from unnest($1::text[], $2::text[]) s (app, person)
        join slack_chat_apps a on a.app_id = s.app
        left join slack_people p on p.chat_app_id = a.id and p.user_id = s.person
        where i.chat_app_id = a.id and i.lane <> 'erased' and (
            position(s.person in i.payload) > 0 or i.channel_id = p.im_channel_id
            or i.lane in (a.id || ':' || s.person, a.id || ':form:' || s.person, a.id || ':' || p.im_channel_id)
        )
        "#,
        &person.slack_apps,
        &person.slack_users,
    )
    .execute(&mut *conn)
    .await?;
    removed.count("slack_requests", requests.rows_affected());
    let people = sqlx::query!(
        r#"
        delete from slack_people p
        using slack_chat_apps a, unnest($1::text[], $2::text[]) s (app, person)
        where a.id = p.chat_app_id and a.app_id = s.app and p.user_id = s.person
        "#,
        &person.slack_apps,
        &person.slack_users,
    )
    .execute(conn)
    .await?;
    removed.count("slack_people", people.rows_affected());
    Ok(())
}
