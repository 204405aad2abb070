//! Who did what: entries of the audit. They name things and members, never what those hold.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{caller::Caller, ids::AgentId};

/// Somebody with credentials, or the operator at the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub agent: Option<AgentId>,
    pub client_id: Option<String>,
    pub name: String,
    /// Where the request came from, past trusted proxies.
    pub address: Option<IpAddr>,
}

impl Actor {
    /// The operator at the command line.
    pub fn operator() -> Self {
        Self::named("cli")
    }

    /// The server itself: what it does because it was set up so.
    pub fn server() -> Self {
        Self::named("server")
    }

    fn named(name: &str) -> Self {
        Self { agent: None, client_id: None, name: name.to_owned(), address: None }
    }

    /// Somebody whose name is looked up where the entry is made.
    pub fn unnamed(address: Option<IpAddr>) -> Self {
        Self { address, ..Self::named("") }
    }

    pub fn of(caller: &Caller, address: Option<IpAddr>) -> Self {
        let client = caller.staff().and_then(|staff| staff.client.as_ref());
        let agent = caller.agent();
        let name = agent.map(|agent| &agent.name).or(client.map(|client| &client.name));
        Self {
            agent: agent.map(|agent| agent.id),
            client_id: client.map(|client| client.id.clone()),
            name: name.cloned().unwrap_or_default(),
            address,
        }
    }
}

/// What was done. The names are those of the wire and of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Created,
    Changed,
    Deleted,
    /// A chat's words, by staff who are not in it.
    Read,
    /// A file, by staff.
    Downloaded,
    Exported,
    Erased,
    SignedIn,
    /// A right to sign in.
    Revoked,
    /// The whole database, from a backup.
    Restored,
}

impl Action {
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::Changed,
        Self::Deleted,
        Self::Read,
        Self::Downloaded,
        Self::Exported,
        Self::Erased,
        Self::SignedIn,
        Self::Revoked,
        Self::Restored,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::Read => "read",
            Self::Downloaded => "downloaded",
            Self::Exported => "exported",
            Self::Erased => "erased",
            Self::SignedIn => "signed in",
            Self::Revoked => "revoked",
            Self::Restored => "restored",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// What an entry is about to say.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    pub action: Action,
    /// The kind of thing, as its address spells it: `ChatProfile`.
    pub resource: &'a str,
    /// None: no single one.
    pub id: Option<&'a str>,
    /// Members that changed, by name.
    pub fields: &'a [&'a str],
}

/// One entry as it is kept.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub id: i64,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub action: String,
    pub resource: String,
    pub resource_id: Option<String>,
    pub fields: Vec<String>,
}

/// A place between entries, the newest first: what comes after it is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditPlace {
    pub at: DateTime<Utc>,
    pub id: i64,
}

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub agent: Option<AgentId>,
    pub client_id: Option<String>,
    pub resource: Option<String>,
    pub resource_id: Option<String>,
    pub action: Option<Action>,
    /// From this moment on.
    pub since: Option<DateTime<Utc>>,
    /// Before this moment.
    pub until: Option<DateTime<Utc>>,
    /// Behind this one.
    pub after: Option<AuditPlace>,
    pub limit: i64,
}
