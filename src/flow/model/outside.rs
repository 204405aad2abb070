//! What a walk needs from outside: lookups in the same transaction, calls that leave the process.

use std::{collections::BTreeMap, fmt};

use crate::domain::{
    finding::{ArticleHit, ServiceHit},
    ids::{FieldId, LinkId, UserId},
};

/// A question that the service answers at once, with `Event::Found`.
#[derive(Clone, Debug, PartialEq)]
pub enum LookUp {
    Articles {
        query: String,
    },
    Services {
        query: String,
    },
    /// Whoever has this address, in any case of letters.
    User {
        email: String,
    },
    /// Log a ticket; done once the answer is `Finding::TicketLogged`.
    Ticket(NewTicket),
}

/// A ticket to be logged from the chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTicket {
    /// Halo's `newticket_type`, as stored.
    pub kind: i32,
    pub ticket_type: Option<i32>,
    pub template: Option<i32>,
    pub service: Option<i32>,
    /// The visitor gets a link to the form instead of a finished ticket.
    pub sends_link: bool,
    /// The step's `content` with its variables filled in; empty when it has none.
    pub summary: String,
}

/// What came of a lookup.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Best first; none when nothing fits.
    Articles(Vec<ArticleHit>),
    Services(Vec<ServiceHit>),
    User(Option<KnownUser>),
    TicketLogged {
        id: i32,
    },
    Failed,
}

/// A user's record, as far as it proves who somebody is.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// The right answers, by field.
    pub answers: BTreeMap<FieldId, String>,
}

/// Never the answers: what is printed ends in logs.
impl fmt::Debug for KnownUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownUser").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Tells one call of a chat from every other call of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(i64);

impl CallId {
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A call that leaves the process and is answered later, with `Event::CalledBack`.
#[derive(Clone, Debug, PartialEq)]
pub enum CallOut {
    /// Send the request; `Outcome::Fetched` holds what was found at the pointers.
    Http(HttpRequest),
    /// Have a model pick one of the links by its label: `Outcome::Picked`.
    Decide { model: Option<String>, prompt: String, options: Vec<(LinkId, String)> },
    /// Have a virtual agent answer the conversation so far, which the log holds:
    /// `Outcome::Said` or `Outcome::HandOver`.
    Converse { agent: Option<String>, model: Option<String>, instructions: String },
}

/// A request with every value in it encoded for its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    /// The content type that the body has when no header says one.
    pub content_type: Option<&'static str>,
    /// (variable, JSON pointer into the answer).
    pub wanted: Vec<(String, String)>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// HTTP: the variables that were asked for and found, with their values as text.
    Fetched(Vec<(String, String)>),
    /// Decision: the link that the model picked.
    Picked(LinkId),
    /// Virtual agent: its words, as plain text.
    Said(String),
    /// Virtual agent: it leaves the chat to the flow, perhaps with a last word.
    HandOver { words: String },
    /// Any of them: refused, too late, or not to be made sense of.
    Failed,
}
