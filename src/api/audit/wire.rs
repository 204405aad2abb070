//! JSON shapes of `/Audit`.

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    api::{
        error::ApiError,
        objects::lenient::{Int, Moment, Text, optional},
    },
    domain::{
        audit::{Action, AuditEntry, AuditFilter, AuditPlace},
        ids::AgentId,
    },
};

/// Entries of a page when the caller names no number.
const COUNT_DEFAULT: i32 = 100;
const COUNT_MAX: i32 = 1_000;

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AuditQuery {
    /// What this agent did.
    #[serde(deserialize_with = "optional")]
    pub agent_id: Option<Int>,
    /// What came with this API client's credentials.
    #[serde(deserialize_with = "optional")]
    pub client_id: Option<Text>,
    /// What was done to this kind of thing: `ChatProfile`, `Agent`, `Chat` …
    #[serde(deserialize_with = "optional")]
    pub resource: Option<Text>,
    /// With `resource`: what was done to this one.
    #[serde(deserialize_with = "optional")]
    pub resource_id: Option<Text>,
    /// `created`, `changed`, `deleted`, `read`, `downloaded`, `exported`, `erased`, `signed in`,
    /// `revoked` or `restored`.
    #[serde(deserialize_with = "optional")]
    pub action: Option<Text>,
    /// From this moment on.
    #[serde(deserialize_with = "optional")]
    pub startdate: Option<Moment>,
    /// Before this moment.
    #[serde(deserialize_with = "optional")]
    pub enddate: Option<Moment>,
    /// The `next` of the page before.
    #[serde(deserialize_with = "optional")]
    pub after: Option<Text>,
    /// Entries of a page; 100 unless told, at most 1,000.
    #[serde(deserialize_with = "optional")]
    pub count: Option<Int>,
}

impl AuditQuery {
    /// Asks for one entry more than the page holds.
    pub(super) fn filter(self) -> Result<AuditFilter, ApiError> {
        let count = self.count.map(|count| count.0).filter(|count| *count > 0);
        let text = |text: Option<Text>| text.map(|text| text.0).filter(|text| !text.is_empty());
        let action = text(self.action).map(|name| {
            Action::from_name(&name).ok_or_else(|| ApiError::bad_request(format!("action: {name} is none")))
        });
        let after = text(self.after).map(|after| {
            place(&after).ok_or_else(|| ApiError::bad_request("after: it is the next of a page before"))
        });
        Ok(AuditFilter {
            agent: self.agent_id.map(|id| AgentId::new(id.0)),
            client_id: text(self.client_id),
            resource: text(self.resource),
            resource_id: text(self.resource_id),
            action: action.transpose()?,
            since: self.startdate.map(|moment| moment.0),
            until: self.enddate.map(|moment| moment.0),
            after: after.transpose()?,
            limit: i64::from(count.unwrap_or(COUNT_DEFAULT).min(COUNT_MAX)) + 1,
        })
    }
}

/// Something that was done, and by whom.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"id": 12, "date": "2026-03-02T09:00:00Z", "agent_id": 3, "name": "Anna", "action": "changed",
    "resource": "ChatProfile", "resource_id": "help", "fields": ["greeting"]}))]
pub struct AuditItem {
    pub id: i64,
    pub date: Moment,
    /// The agent who did it, or whom the client acted as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The name at that time; `cli` is the operator at the command line, `server` what it was set up to do.
    pub name: String,
    /// The address that the request came from, past trusted proxies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    pub action: String,
    pub resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Names of the members that changed.
    pub fields: Vec<String>,
}

/// A page of the audit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"entries": [{"id": 12, "date": "2026-03-02T09:00:00Z", "name": "cli", "action": "created",
    "resource": "Client", "resource_id": "a1b2", "fields": []}], "next": "1772442000000000.12"}))]
pub struct AuditList {
    pub entries: Vec<AuditItem>,
    /// Opaque; as `after` it goes on behind this page. Absent: there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl AuditList {
    pub(super) fn new(entries: Vec<AuditEntry>, has_more: bool) -> Self {
        let last = entries.last().filter(|_| has_more);
        Self {
            next: last.map(|entry| format!("{}.{}", entry.at.timestamp_micros(), entry.id)),
            entries: entries.into_iter().map(AuditItem::from).collect(),
        }
    }
}

impl From<AuditEntry> for AuditItem {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            date: Moment(entry.at),
            agent_id: entry.actor.agent.map(AgentId::get),
            client_id: entry.actor.client_id,
            name: entry.actor.name,
            address: entry.actor.address.map(|address| address.to_string()),
            action: entry.action,
            resource: entry.resource,
            resource_id: entry.resource_id,
            fields: entry.fields,
        }
    }
}

fn place(text: &str) -> Option<AuditPlace> {
    let (micros, id) = text.split_once('.')?;
    Some(AuditPlace { at: DateTime::from_timestamp_micros(micros.parse().ok()?)?, id: id.parse().ok()? })
}
