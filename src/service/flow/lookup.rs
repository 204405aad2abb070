//! What the service answers in the middle of a walk, in the walk's own transaction.

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::chat::Person,
    flow::{Finding, LookUp, NewTicket, Variables},
    service::{StoreError, conversation::Conversation, search},
    store::{Conn, finding},
};

/// Looks up what the flow asks for; a ticket is logged by asking for it.
pub(super) async fn answer(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    variables: &Variables,
    asked: &LookUp,
    now: DateTime<Utc>,
) -> Result<Finding, StoreError> {
    Ok(match asked {
        LookUp::Articles { query } => {
            let search = search::of(app, conn, query).await?;
            Finding::Articles(finding::articles(conn, &search).await?)
        }
        LookUp::Services { query } => {
            let search = search::of(app, conn, query).await?;
            Finding::Services(finding::services(conn, &search).await?)
        }
        LookUp::User { email } => Finding::User(finding::user(conn, email).await?),
        LookUp::Ticket(new) => {
            let id = log_ticket(conn, conversation, variables, new, now).await?;
            Finding::TicketLogged { id }
        }
    })
}

async fn log_ticket(
    conn: &mut Conn,
    conversation: &Conversation,
    variables: &Variables,
    new: &NewTicket,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let visitor = conversation.visitor();
    let user = visitor.and_then(|visitor| match visitor.person {
        Person::Visitor { user, .. } => user,
        Person::Agent(_) | Person::Client { .. } => None,
    });
    let told = variables.iter().filter(|(name, _)| *name != "answer");
    let context = finding::TicketContext {
        chat: conversation.id(),
        user,
        user_name: visitor.map_or("", |visitor| visitor.name.as_str()),
        user_email: visitor.and_then(|visitor| visitor.email.as_deref()),
        details: told.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
    };
    finding::insert_ticket(conn, new, &context, now).await
}
