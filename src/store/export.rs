//! Rows as JSON, for whoever asks what is kept of a person. Nothing here is left out because it is dull;
//! secrets and the bytes of files are.

use super::{Conn, StoreError};
use crate::domain::{ids::ChatId, person::Person};

/// Rows of one page.
const ROWS_MAX: i64 = 500;

/// A list of the document.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What the document calls it.
    pub name: &'static str,
    statement: &'static str,
}

/// What is not part of a chat, by the person's users (as text), addresses, and apps and ids in Slack.
pub const OF_PEOPLE: [Part; 4] = [
    Part {
        name: "users",
        statement: "select jsonb_strip_nulls(to_jsonb(u))::text from users u where id = any($1::text[]::int[]) order by id",
    },
    Part {
        name: "tickets",
        statement: "select jsonb_strip_nulls(to_jsonb(t))::text
            from tickets t
            where document ->> 'user_id' = any($1::text[]) or lower(document ->> 'user_email') = any($2)
            order by id",
    },
    Part {
        name: "slack_people",
        statement: "select jsonb_strip_nulls(to_jsonb(p))::text
            from unnest($3::text[], $4::text[]) s (app, person)
            join slack_chat_apps a on a.app_id = s.app
            join slack_people p on p.chat_app_id = a.id and p.user_id = s.person",
    },
    Part {
        name: "matching_data",
        statement: "select (to_jsonb(d) - 'key_hash' - 'guid')::text
            from chat_matching_data d
            where exists (select from unnest($2::text[]) email where position(email in lower(content)) > 0)",
    },
];

/// The rows of a chat behind a place, each with a place of its own.
pub const OF_CHATS: [Part; 11] = [
    Part {
        name: "header",
        statement: "select c.chat_id, jsonb_strip_nulls(to_jsonb(c) || to_jsonb(h))::text
            from chats c
            join chat_heads h on h.chat_id = c.chat_id
            where c.chat_id = $1 and c.chat_id > $2
            limit $3",
    },
    Part {
        name: "participants",
        statement: "select participant_id, jsonb_strip_nulls(to_jsonb(p))::text
            from chat_participants p
            where chat_id = $1 and participant_id > $2
            order by participant_id limit $3",
    },
    Part {
        name: "messages",
        statement: "select message_id, jsonb_strip_nulls(to_jsonb(m))::text
            from chat_messages m
            where chat_id = $1 and message_id > $2
            order by message_id limit $3",
    },
    // Each change has an entry of its own.
    Part {
        name: "former_texts",
        statement: "select changed_by_message_id, jsonb_strip_nulls(to_jsonb(m))::text
            from chat_message_history m
            where chat_id = $1 and changed_by_message_id > $2
            order by changed_by_message_id limit $3",
    },
    Part {
        name: "attachments",
        statement: "select id, jsonb_strip_nulls(to_jsonb(a) - 'blob_id' - 'place')::text
            from attachments a
            where chat_id = $1 and id > $2
            order by id limit $3",
    },
    Part {
        name: "feedback",
        statement: "select id, document::text from feedback where chat_id = $1 and id > $2 order by id limit $3",
    },
    Part {
        name: "tickets",
        statement: "select id, jsonb_strip_nulls(to_jsonb(t))::text
            from tickets t
            where id > $2 and (chat_id = $1 or id = (select ticket_id from chats where chat_id = $1))
            order by id limit $3",
    },
    Part {
        name: "actions",
        statement: "select id, jsonb_strip_nulls(to_jsonb(t))::text
            from ticket_actions t
            where id > $2 and ticket_id in (
            select id from tickets where chat_id = $1
            union all
            select ticket_id from chats where chat_id = $1)
            order by id limit $3",
    },
    Part {
        name: "sessions",
        statement: "select number, session::text
            from (
            select row_number() over (order by created_at, session_id)::int as number,
            jsonb_build_object('created_at', created_at, 'expires_at', expires_at) as session
            from sessions
            where chat_id = $1
            ) numbered
            where number > $2
            order by number limit $3",
    },
    Part {
        name: "calls",
        statement: "select number, payload::text
            from (
            select row_number() over (order by outbox_id)::int as number, payload
            from outbox
            where chat_id = $1
            ) numbered
            where number > $2
            order by number limit $3",
    },
    Part {
        name: "slack_messages",
        statement: "select number, told::text
            from (
            select row_number() over (order by message_id, part, ts)::int as number, to_jsonb(m) as told
            from slack_messages m
            where chat_id = $1
            ) numbered
            where number > $2
            order by number limit $3",
    },
];

/// A page of a list of a chat: each row with its place, the first behind `after`.
pub async fn list_of_chat(
    conn: &mut Conn,
    part: Part,
    chat: ChatId,
    after: i32,
) -> Result<Vec<(i32, String)>, StoreError> {
    let rows = sqlx::query_as(part.statement).bind(chat.get()).bind(after).bind(ROWS_MAX);
    Ok(rows.fetch_all(conn).await?)
}

/// A list of what is not part of a chat.
pub async fn list_of_person(conn: &mut Conn, part: Part, person: &Person) -> Result<Vec<String>, StoreError> {
    let users: Vec<String> = person.users.iter().map(ToString::to_string).collect();
    let rows = sqlx::query_scalar(part.statement)
        .bind(users)
        .bind(&person.emails)
        .bind(&person.slack_apps)
        .bind(&person.slack_users);
    Ok(rows.fetch_all(conn).await?)
}
