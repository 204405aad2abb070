//! What the service answers in the middle of a walk, in the walk's own transaction.

use chrono::{DateTime, Utc};

use super::facts::Known;
use crate::{
    app::App,
    domain::ids::ChatId,
    flow::{Finding, LookUp},
    service::{
        StoreError, search,
        ticket::{self, Reporter},
    },
    store::{Conn, finding},
};

/// Looks up what the flow asks for; a ticket is logged by asking for it.
pub(super) async fn answer(
    app: &App,
    conn: &mut Conn,
    chat: ChatId,
    known: &Known,
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
            let reporter = Reporter {
                user: known.user,
                name: &known.facts.visitor_name,
                email: &known.facts.visitor_email,
                told: &known.facts.variables,
                site: known.default_site,
            };
            Finding::TicketLogged { id: ticket::log(conn, chat, &reporter, new, "", now).await? }
        }
    })
}
