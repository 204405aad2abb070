//! Logging a ticket for a chat, whoever asks for it: a step of the flow, or a virtual agent.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        chat::Participant,
        ids::{ChatId, UserId},
    },
    flow::{NewTicket, Variables},
    service::{StoreError, conversation::Conversation},
    store::{Conn, finding},
};

/// Whose ticket it is, and what the chat has learnt from that person.
pub struct Reporter<'a> {
    pub user: Option<UserId>,
    pub name: &'a str,
    pub email: &'a str,
    pub told: &'a Variables,
    /// The customer's site for people whom nobody knows (`default_ticket_clientsite`).
    pub site: Option<i32>,
}

impl<'a> From<&'a Conversation> for Reporter<'a> {
    fn from(conversation: &'a Conversation) -> Self {
        let visitor = conversation.visitor();
        Self {
            user: known_user(conversation),
            name: visitor.map_or("", |one| &one.name),
            email: visitor.and_then(|one| one.email.as_deref()).unwrap_or_default(),
            told: &conversation.variables,
            site: None,
        }
    }
}

/// The user that the visitor is known to be.
pub fn known_user(conversation: &Conversation) -> Option<UserId> {
    conversation.visitor().and_then(Participant::user)
}

/// Inserts the ticket; answers its id. `details` come before what the visitor told, one line for
/// each thing.
pub async fn log(
    conn: &mut Conn,
    chat: ChatId,
    reporter: &Reporter<'_>,
    new: &NewTicket,
    details: &str,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    // The last answer is among the others already.
    let told = reporter.told.iter().filter(|(name, _)| *name != "answer");
    let told = told.map(|(name, value)| format!("{name}: {value}"));
    let details = Some(details.to_owned()).filter(|details| !details.is_empty());
    let context = finding::TicketContext {
        chat: Some(chat),
        user: reporter.user,
        user_name: reporter.name,
        site: reporter.site.filter(|_| reporter.user.is_none()),
        user_email: Some(reporter.email).filter(|email| !email.is_empty()),
        details: details.into_iter().chain(told).collect::<Vec<_>>().join("\n"),
    };
    finding::insert_ticket(conn, new, &context, now).await
}

/// A ticket that comes from no chat.
pub struct Alone<'a> {
    pub ticket_type: Option<i32>,
    pub user: Option<UserId>,
    pub name: &'a str,
    pub email: Option<&'a str>,
    pub summary: String,
    pub details: String,
}

/// Inserts a ticket that comes from no chat; answers its id.
pub async fn log_alone(conn: &mut Conn, alone: Alone<'_>, now: DateTime<Utc>) -> Result<i32, StoreError> {
    let new = NewTicket { ticket_type: alone.ticket_type, summary: alone.summary, ..NewTicket::default() };
    let context = finding::TicketContext {
        chat: None,
        user: alone.user,
        user_name: alone.name,
        user_email: alone.email,
        site: None,
        details: alone.details,
    };
    finding::insert_ticket(conn, &new, &context, now).await
}

/// Closes a ticket; one that is gone or closed stays as it is.
pub async fn close(conn: &mut Conn, ticket: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    finding::close_ticket(conn, ticket, now).await
}
