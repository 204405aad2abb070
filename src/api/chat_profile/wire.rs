//! A profile as a document: what a save changes in it, and how much of it each reader gets.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::public::{self, Public};
use crate::{
    api::{
        error::ApiError,
        objects::{self, Normalised},
    },
    config::Config,
    domain::{document::Document, ids::ProfileId},
    flow,
    service::profile::read_flow,
    service::profile::{Change, StoredProfile},
    service::secrets::SecretChange,
};

/// Members that a reader gets only with `includedetails`.
const DETAILS: [&str; 4] = ["steps", "flow_chart_json", "translations", "access_control"];

/// One profile to save, checked against the catalogue.
pub struct ProfileIn {
    pub id: ProfileId,
    change: Normalised,
}

impl ProfileIn {
    pub fn new(body: Map<String, Value>) -> Result<Self, ApiError> {
        let change = objects::normalise("ChatProfile", body).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            ApiError::bad_request(lines.join("; "))
        })?;
        let id = change.stored.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
        // A slash would end the address that the profile is read at.
        if id.contains('/') {
            return Err(ApiError::bad_request("id must not contain a slash"));
        }
        Ok(Self { id: ProfileId::new(id), change })
    }

    /// What the profile becomes, from what it is now.
    pub fn change(&self, present: Option<&Document>) -> Change {
        let present = present.map_or_else(|| defaults(&self.id), members);
        let mut merged = objects::merge(present, self.change.stored.clone());
        merged.insert("id".to_owned(), json!(self.id.as_str()));
        // A profile without a key could never be opened by its widget.
        if merged.get("key").and_then(Value::as_str).is_none_or(str::is_empty) {
            merged.insert("key".to_owned(), json!(new_key()));
        }
        let document = Document::from_json(Value::Object(merged.clone()).to_string());
        assign_link_ids(&mut merged, &document);
        Change {
            document: Document::from_json(Value::Object(merged).to_string()),
            is_draft: self.change.commands.get("intent").and_then(Value::as_str) == Some("draft"),
            identity_secret: match self.change.secrets.get("new_hmac_secret") {
                None => SecretChange::Keep,
                Some(Value::String(secret)) if !secret.is_empty() => SecretChange::Set(secret.clone().into()),
                Some(_) => SecretChange::Clear,
            },
        }
    }
}

fn new_key() -> String {
    Uuid::new_v4().simple().to_string()
}

/// What a new profile has where its maker says nothing.
fn defaults(id: &ProfileId) -> Map<String, Value> {
    let Value::Object(defaults) = json!({ "id": id.as_str(), "key": new_key(), "access_type": 1 }) else {
        unreachable!("an object was just written")
    };
    defaults
}

fn members(document: &Document) -> Map<String, Value> {
    serde_json::from_str(document.as_str()).unwrap_or_default()
}

/// Gives links without an id one, in the document too: clients answer a choice by it.
fn assign_link_ids(profile: &mut Map<String, Value>, document: &Document) {
    for (step, link, id) in flow::assigned_link_ids(&read_flow(document)) {
        let steps = profile.get_mut("steps").and_then(Value::as_array_mut);
        let links = steps.and_then(|steps| steps.get_mut(step)?.get_mut("actions")?.as_array_mut());
        if let Some(Value::Object(link)) = links.and_then(|links| links.get_mut(link)) {
            link.insert("id".to_owned(), json!(id.get()));
        }
    }
}

/// How much of a profile an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    WithoutDetails,
    /// Only what the widget may know.
    Public(Public),
}

/// A profile as it leaves. Nulls are left out, secrets were never in the document.
pub fn profile_out(profile: &StoredProfile, part: Part, config: &Config, in_use: Option<bool>) -> Value {
    let mut answer = match part {
        Part::Whole | Part::WithoutDetails => members(&profile.document),
        Part::Public(reader) => public::members(&profile.document, reader),
    };
    if part == Part::WithoutDetails {
        answer.retain(|name, _| !DETAILS.contains(&name.as_str()));
    }
    if let Some(in_use) = in_use {
        answer.insert("in_use".to_owned(), json!(in_use));
    }
    let mode = if config.offers_sockets { "websocket" } else { "heartbeat" };
    answer.insert("_chat_mode".to_owned(), json!(mode));
    answer.insert("_chatserviceurl".to_owned(), json!(format!("{}/api", config.public_url)));
    Value::Object(answer)
}
