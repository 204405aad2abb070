//! What a save changes in a document, and how a document leaves.

use std::{collections::BTreeSet, net::IpAddr};

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::{
    api::{
        error::ApiError,
        objects::{self, Normalised},
    },
    app::App,
    domain::{
        audit::Actor,
        caller::Caller,
        document::Document,
        ids::{AgentId, ChatId},
        text::{SafeHtml, safe_document},
    },
    service::{
        audit,
        auth::agent::set_password,
        resource::{self, Change, Configured, Resource, Wanted},
    },
};

/// The catalogue's name of a resource's object.
const fn object(resource: Resource) -> &'static str {
    match resource {
        Resource::Agents => "Uname",
        Resource::Teams => "SectionDetail",
        Resource::Fields => "FieldInfo",
        Resource::Users => "Users",
        Resource::Articles => "KBEntry",
        Resource::Services => "ServSite",
        Resource::TicketTypes => "RequestType",
        Resource::Tickets => "Faults",
        Resource::Actions => "Actions",
        Resource::Feedback => "Feedback",
        Resource::VirtualAgents => "VirtualAgent",
        Resource::Workdays => "Workdays",
        Resource::CannedTexts => "CannedText",
    }
}

/// Whether the resource's objects can have this member.
pub(super) fn has_member(resource: Resource, name: &str) -> bool {
    objects::has_member(object(resource), name)
}

/// What nothing can be made without.
const fn required(resource: Resource) -> &'static str {
    match resource {
        Resource::Tickets => "summary",
        Resource::Actions => "ticket_id",
        Resource::Feedback => "score",
        _ => "name",
    }
}

/// The member that says who belongs, and the names under which a row may carry the id.
const fn membership(resource: Resource) -> Option<(&'static str, [&'static str; 2])> {
    match resource {
        Resource::Agents => Some(("teams", ["team_id", "id"])),
        Resource::Teams => Some(("agents", ["agent_id", "id"])),
        _ => None,
    }
}

/// A document as it leaves, with who belongs to it.
pub(super) fn out(resource: Resource, row: &Configured) -> Value {
    let mut answer: Map<String, Value> = members(&row.stored.document);
    for (name, value) in &mut answer {
        make_safe(resource, name, value);
    }
    answer.insert("id".to_owned(), json!(row.stored.id));
    if let Some(score) = row.stored.score {
        answer.insert("search_score".to_owned(), json!(score));
    }
    let rows = row.memberships.iter();
    match resource {
        Resource::Agents => {
            let teams: Vec<Value> = rows
                .map(|one| json!({ "team_id": one.team.get(), "id": one.team.get(), "name": one.team_name }))
                .collect();
            answer.insert("teams".to_owned(), Value::Array(teams));
        }
        Resource::Teams => {
            let agents: Vec<Value> =
                rows.map(|one| json!({ "agent_id": one.agent.get(), "id": one.agent.get(), "name": one.agent_name })).collect();
            answer.insert("agents".to_owned(), Value::Array(agents));
        }
        _ => {}
    }
    Value::Object(answer)
}

/// What is HTML by its name runs nothing wherever it is shown. Tickets and what happens to them are
/// written by many, and hold what a chat may hold; the rest may look like a page.
fn make_safe(resource: Resource, name: &str, value: &mut Value) {
    let Value::String(html) = value else { return };
    if name.ends_with("html") {
        *html = match resource {
            Resource::Tickets | Resource::Actions => SafeHtml::sanitise(html).html.into_string(),
            // Filled in first, and then sanitised.
            Resource::CannedTexts => return,
            _ => safe_document(html),
        };
    }
}

/// Notes that the words of chats are read where an action is a chat's transcript.
pub(super) async fn note_reads(
    app: &App,
    caller: &Caller,
    address: Option<IpAddr>,
    resource: Resource,
    rows: &[Configured],
) -> Result<(), ApiError> {
    if resource != Resource::Actions {
        return Ok(());
    }
    let chat = |row: &Configured| members(&row.stored.document).get("chatid").and_then(Value::as_i64);
    let chats: BTreeSet<i32> = rows.iter().filter_map(chat).filter_map(|id| i32::try_from(id).ok()).collect();
    for chat in chats.into_iter().filter(|id| *id > 0) {
        audit::note_read(app, caller, address, ChatId::new(chat)).await?;
    }
    Ok(())
}

/// Creates or changes documents, all or none; then gives agents the passwords that came along.
pub(super) async fn save(
    app: &App,
    caller: &Caller,
    actor: &Actor,
    resource: Resource,
    bodies: Vec<Map<String, Value>>,
) -> Result<Vec<Configured>, ApiError> {
    let mut wanted = Vec::with_capacity(bodies.len());
    let mut passwords = Vec::with_capacity(bodies.len());
    for body in bodies {
        let mut change = objects::normalise(object(resource), body).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            ApiError::bad_request(lines.join("; "))
        })?;
        passwords.push(password(&change)?);
        let id = change.stored.remove("id").as_ref().and_then(Value::as_i64).filter(|id| *id > 0);
        let id = id.and_then(|id| i32::try_from(id).ok());
        let belonging = belonging(resource, &mut change)?;
        let member = required(resource);
        if id.is_none() && change.stored.get(member).is_none_or(|value| value.is_null() || value == "") {
            return Err(ApiError::bad_request(format!("{member} is missing")));
        }
        wanted.push(Wanted {
            id,
            change: move |present: Option<&Document>| apply(present, &change, belonging),
        });
    }
    let saved = resource::save(app, caller, actor, resource, wanted).await?;
    for (row, password) in saved.iter().zip(passwords) {
        if let Some(password) = password {
            set_password(app, actor, AgentId::new(row.stored.id), password).await?;
        }
    }
    Ok(saved)
}

fn apply(present: Option<&Document>, change: &Normalised, belonging: Option<Vec<i32>>) -> Change {
    let merged = objects::merge(present.map(members).unwrap_or_default(), change.stored.clone());
    Change { document: Document::from_json(Value::Object(merged).to_string()), members: belonging }
}

/// Takes who belongs out of the document: it is kept once, between agents and teams.
fn belonging(resource: Resource, change: &mut Normalised) -> Result<Option<Vec<i32>>, ApiError> {
    let Some((member, names)) = membership(resource) else { return Ok(None) };
    let Some(rows) = change.stored.remove(member) else { return Ok(None) };
    let id = |row: &Value| {
        let value = names.iter().find_map(|name| row.get(*name)).or(Some(row));
        value.and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok())
    };
    let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
    let ids: Option<Vec<i32>> = rows.iter().map(id).collect();
    ids.map(Some).ok_or_else(|| ApiError::bad_request(format!("{member} holds objects with an id")))
}

/// A password is set, never stored in the document and never read.
fn password(change: &Normalised) -> Result<Option<SecretString>, ApiError> {
    use crate::service::auth::agent::PASSWORD_CHARACTERS_MIN;
    match change.secrets.get("password").and_then(Value::as_str).filter(|password| !password.is_empty()) {
        None => Ok(None),
        Some(password) if password.chars().count() < PASSWORD_CHARACTERS_MIN => {
            Err(ApiError::bad_request(format!("password has at least {PASSWORD_CHARACTERS_MIN} characters")))
        }
        Some(password) => Ok(Some(password.into())),
    }
}

fn members(document: &Document) -> Map<String, Value> {
    serde_json::from_str(document.as_str()).unwrap_or_default()
}
