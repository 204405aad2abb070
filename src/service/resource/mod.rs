//! Resources that are kept as documents: agents, teams, fields, articles, tickets.

mod write;

use std::collections::BTreeMap;

use super::{record, search};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        document::Document,
        ids::{AgentId, FieldId, TeamId},
        paging::Paged,
    },
    flow::Field,
    store::{self, Conn, StoreError, agent::Membership, field_document, resource::Stored},
};

pub use self::write::{delete, save};
pub use crate::store::resource::{Resource, ResourceFilter};

/// A document, and who belongs together because of it.
#[derive(Clone, Debug)]
pub struct Configured {
    pub stored: Stored,
    /// The agents of a team, or the teams of an agent.
    pub memberships: Vec<Membership>,
}

/// What is to be stored under an id.
pub struct Change {
    pub document: Document,
    /// A team's agents, or an agent's teams; none: they stay.
    pub members: Option<Vec<i32>>,
}

/// A document that is to be made, or changed.
pub struct Wanted<F> {
    /// None: a new one.
    pub id: Option<i32>,
    /// Works out what to store from what is stored now.
    pub change: F,
}

#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    #[error("{} {id} does not exist", noun(*.resource))]
    NotFound { resource: Resource, id: i32 },
    #[error("another agent signs in with this e-mail address")]
    EmailTaken,
    #[error("another user has this identity_subject")]
    SubjectTaken,
    #[error("{0} is not among the {1} there are")]
    UnknownMember(&'static str, &'static str),
    #[error("the chat has been rated already")]
    RatedBefore,
    #[error("score is 1 (worst) to 5 (best)")]
    Score,
    #[error("timezone {0:?} is no time zone; it is a name such as Europe/London or GMT Standard Time")]
    UnknownTimeZone(String),
    #[error("could not read or write the resource")]
    Store(#[source] StoreError),
}

const fn noun(resource: Resource) -> &'static str {
    match resource {
        Resource::Agents => "agent",
        Resource::Teams => "team",
        Resource::Fields => "field",
        Resource::Users => "user",
        Resource::Articles => "article",
        Resource::Services => "service",
        Resource::TicketTypes => "ticket type",
        Resource::Tickets => "ticket",
        Resource::Actions => "action",
        Resource::Feedback => "feedback",
        Resource::VirtualAgents => "virtual agent",
        Resource::Workdays => "workday",
        Resource::CannedTexts => "canned text",
    }
}

/// The resource as its address spells it.
const fn name(resource: Resource) -> &'static str {
    match resource {
        Resource::Agents => "Agent",
        Resource::Teams => "Team",
        Resource::Fields => "FieldInfo",
        Resource::Users => "Users",
        Resource::Articles => "KBArticle",
        Resource::Services => "Service",
        Resource::TicketTypes => "TicketType",
        Resource::Tickets => "Tickets",
        Resource::Actions => "Actions",
        Resource::Feedback => "Feedback",
        Resource::VirtualAgents => "VirtualAgent",
        Resource::Workdays => "Workday",
        Resource::CannedTexts => "CannedText",
    }
}

/// The member that says who belongs, which is kept beside the document.
const fn belonging(resource: Resource) -> Option<&'static str> {
    match resource {
        Resource::Agents => Some("teams"),
        Resource::Teams => Some("agents"),
        _ => None,
    }
}

impl From<StoreError> for ResourceError {
    fn from(error: StoreError) -> Self {
        match error.constraint() {
            Some("agents_email_key") => Self::EmailTaken,
            Some("users_identity_subject_key") => Self::SubjectTaken,
            Some("team_members_agent_id_fkey") => Self::UnknownMember("an agent", "agents"),
            Some("team_members_team_id_fkey") => Self::UnknownMember("a team", "teams"),
            Some("ticket_actions_ticket_id_fkey" | "feedback_ticket_id_fkey") => {
                Self::UnknownMember("ticket_id", "tickets")
            }
            Some("tickets_chat_id_fkey" | "feedback_chat_id_fkey") => Self::UnknownMember("chat_id", "chats"),
            Some("feedback_chat_key") => Self::RatedBefore,
            Some("feedback_score_check") => Self::Score,
            _ => Self::Store(error),
        }
    }
}

/// Documents that match, with who belongs to them; what is searched for comes best first.
pub async fn list(
    app: &App,
    caller: &Caller,
    resource: Resource,
    search: Option<&str>,
    filter: &ResourceFilter,
) -> Result<Paged<Configured>, ResourceError> {
    let filter = &ResourceFilter { sight: record::sight(caller, resource), ..filter.clone() };
    let mut conn = store::acquire(&app.pool).await?;
    let Paged { rows, record_count } = match search.filter(|_| resource.can_be_searched()) {
        Some(words) => {
            let search = search::of(app, &mut conn, words).await?;
            store::search::list(&mut conn, resource, &search, filter.page).await?
        }
        None => store::resource::list(&mut conn, resource, filter).await?,
    };
    let memberships = match resource {
        Resource::Agents | Resource::Teams => store::agent::list_memberships(&mut conn, None, None).await?,
        _ => Vec::new(),
    };
    let belongs = |one: &Membership, id: i32| match resource {
        Resource::Agents => one.agent.get() == id,
        Resource::Teams => one.team.get() == id,
        _ => false,
    };
    let rows = rows
        .into_iter()
        .map(|stored| Configured {
            memberships: memberships.iter().filter(|one| belongs(one, stored.id)).cloned().collect(),
            stored,
        })
        .collect();
    Ok(Paged { rows, record_count })
}

pub async fn find(
    app: &App,
    caller: &Caller,
    resource: Resource,
    id: i32,
) -> Result<Configured, ResourceError> {
    let mut conn = store::acquire(&app.pool).await?;
    record::check_seen(&mut conn, caller, resource, id).await?;
    dress(&mut conn, resource, id).await
}

async fn dress(conn: &mut Conn, resource: Resource, id: i32) -> Result<Configured, ResourceError> {
    let stored =
        store::resource::find(conn, resource, id).await?.ok_or(ResourceError::NotFound { resource, id })?;
    let memberships = match resource {
        Resource::Agents => store::agent::list_memberships(conn, None, Some(AgentId::new(id))).await?,
        Resource::Teams => store::agent::list_memberships(conn, Some(TeamId::new(id)), None).await?,
        _ => Vec::new(),
    };
    Ok(Configured { stored, memberships })
}

/// Every field as the flow engine knows it.
pub async fn read_fields(conn: &mut Conn) -> Result<BTreeMap<FieldId, Field>, StoreError> {
    let fields = store::resource::list(conn, Resource::Fields, &ResourceFilter::ALL).await?;
    Ok(fields
        .rows
        .into_iter()
        .map(|stored| {
            let id = FieldId::new(stored.id);
            (id, field_document::field(id, &stored.document))
        })
        .collect())
}
