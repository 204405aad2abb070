//! Rows as JSON, for whoever asks what is kept of a person. Nothing here is left out because it is dull;
//! secrets and the bytes of files are.

use super::{Conn, StoreError};
use crate::domain::{ids::ChatId, person::Person};

/// Rows of one page.
const ROWS_MAX: i64 = 500;

/// A list of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Users,
    TicketsOfPerson,
    SlackPeople,
    MatchingData,
    Header,
    Participants,
    Messages,
    FormerTexts,
    Attachments,
    Feedback,
    Tickets,
    Actions,
    Sessions,
    Calls,
    SlackMessages,
}

impl Part {
    pub const OF_PEOPLE: [Self; 4] =
        [Self::Users, Self::TicketsOfPerson, Self::SlackPeople, Self::MatchingData];
    pub const OF_CHATS: [Self; 11] = [
        Self::Header,
        Self::Participants,
        Self::Messages,
        Self::FormerTexts,
        Self::Attachments,
        Self::Feedback,
        Self::Tickets,
        Self::Actions,
        Self::Sessions,
        Self::Calls,
        Self::SlackMessages,
    ];

    /// What the document calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::TicketsOfPerson | Self::Tickets => "tickets",
            Self::SlackPeople => "slack_people",
            Self::MatchingData => "matching_data",
            Self::Header => "header",
            Self::Participants => "participants",
            Self::Messages => "messages",
            Self::FormerTexts => "former_texts",
            Self::Attachments => "attachments",
            Self::Feedback => "feedback",
            Self::Actions => "actions",
            Self::Sessions => "sessions",
            Self::Calls => "calls",
            Self::SlackMessages => "slack_messages",
        }
    }

    /// The rows of a chat behind a place, each with its own place; or those of a person.
    const fn statement(self) -> &'static str {
        match self {
            Self::Users => {
                "select jsonb_strip_nulls(to_jsonb(u))::text from users u where id = any($1) order by id"
            }
            Self::TicketsOfPerson => {
                "select jsonb_strip_nulls(to_jsonb(t))::text
                from tickets t
                where document ->> 'user_id' = any($1::text[]) or lower(document ->> 'user_email') = any($2)
                order by id"
            }
            Self::SlackPeople => {
                "select jsonb_strip_nulls(to_jsonb(p))::text
                from unnest($3::text[], $4::text[]) s (app, person)
                join slack_chat_apps a on a.app_id = s.app
                join slack_people p on p.chat_app_id = a.id and p.user_id = s.person"
            }
            Self::MatchingData => {
                "select (to_jsonb(d) - 'key_hash' - 'guid')::text
                from chat_matching_data d
                where exists (select from unnest($2::text[]) email where position(email in lower(content)) > 0)"
            }
            Self::Header => {
                "select c.chat_id, jsonb_strip_nulls(to_jsonb(c) || to_jsonb(h))::text
                from chats c
                join chat_heads h on h.chat_id = c.chat_id
                where c.chat_id = $1 and c.chat_id > $2
                limit $3"
            }
            Self::Participants => {
                "select participant_id, jsonb_strip_nulls(to_jsonb(p))::text
                from chat_participants p
                where chat_id = $1 and participant_id > $2
                order by participant_id limit $3"
            }
            Self::Messages => {
                "select message_id, jsonb_strip_nulls(to_jsonb(m))::text
                from chat_messages m
                where chat_id = $1 and message_id > $2
                order by message_id limit $3"
            }
            // Each change has an entry of its own.
            Self::FormerTexts => {
                "select changed_by_message_id, jsonb_strip_nulls(to_jsonb(m))::text
                from chat_message_history m
                where chat_id = $1 and changed_by_message_id > $2
                order by changed_by_message_id limit $3"
            }
            Self::Attachments => {
                "select id, jsonb_strip_nulls(to_jsonb(a) - 'blob_id' - 'place')::text
                from attachments a
                where chat_id = $1 and id > $2
                order by id limit $3"
            }
            Self::Feedback => {
                "select id, document::text from feedback where chat_id = $1 and id > $2 order by id limit $3"
            }
            Self::Tickets => {
                "select id, jsonb_strip_nulls(to_jsonb(t))::text
                from tickets t
                where id > $2 and (chat_id = $1 or id = (select ticket_id from chats where chat_id = $1))
                order by id limit $3"
            }
            Self::Actions => {
                "select id, jsonb_strip_nulls(to_jsonb(t))::text
                from ticket_actions t
                where id > $2 and ticket_id in (
                    select id from tickets where chat_id = $1
                    union all
                    select ticket_id from chats where chat_id = $1)
                order by id limit $3"
            }
            Self::Sessions => {
                "select number, session::text
                from (
                    select row_number() over (order by created_at, session_id)::int as number,
                        jsonb_build_object('created_at', created_at, 'expires_at', expires_at) as session
                    from sessions
                    where chat_id = $1
                ) numbered
                where number > $2
                order by number limit $3"
            }
            Self::Calls => {
                "select number, payload::text
                from (
                    select row_number() over (order by outbox_id)::int as number, payload
                    from outbox
                    where chat_id = $1
                ) numbered
                where number > $2
                order by number limit $3"
            }
            Self::SlackMessages => {
                "select number, told::text
                from (
                    select row_number() over (order by message_id, part, ts)::int as number, to_jsonb(m) as told
                    from slack_messages m
                    where chat_id = $1
                ) numbered
                where number > $2
                order by number limit $3"
            }
        }
    }
}

/// A page of a list of a chat: each row with its place, the first behind `after`.
pub async fn list_of_chat(
    conn: &mut Conn,
    part: Part,
    chat: ChatId,
    after: i32,
) -> Result<Vec<(i32, String)>, StoreError> {
    let rows = sqlx::query_as(part.statement()).bind(chat.get()).bind(after).bind(ROWS_MAX);
    Ok(rows.fetch_all(conn).await?)
}

/// A list of what is not part of a chat.
pub async fn list_of_person(conn: &mut Conn, part: Part, person: &Person) -> Result<Vec<String>, StoreError> {
    let users: Vec<String> = person.users.iter().map(ToString::to_string).collect();
    let rows = match part {
        Part::Users => sqlx::query_scalar(part.statement()).bind(&person.users),
        _ => sqlx::query_scalar(part.statement())
            .bind(users)
            .bind(&person.emails)
            .bind(&person.slack_apps)
            .bind(&person.slack_users),
    };
    Ok(rows.fetch_all(conn).await?)
}
