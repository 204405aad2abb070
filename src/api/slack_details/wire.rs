//! A connected channel as it is posted, and as it leaves.

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use crate::{
    api::{
        error::ApiError,
        objects::{self, Normalised},
        slack_chat_app::secret,
    },
    app::App,
    domain::{caller::Caller, document::Document},
    service::secrets::SecretChange,
    slack::details::{self, Code, StoredDetails, Wanted},
};

/// The member that holds a secret and can yet be read, by administrators.
const WEBHOOK_URL: &str = "webhookurl";

/// One record to save, checked against the catalogue.
pub(super) struct DetailsIn {
    id: Option<i32>,
    change: Normalised,
    webhook_url: SecretChange,
    code: Option<String>,
}

impl DetailsIn {
    pub fn read(body: Map<String, Value>) -> Result<Self, ApiError> {
        let mut change = objects::normalise("SlackDetails", body).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            ApiError::bad_request(lines.join("; "))
        })?;
        let id = change.stored.remove("id").as_ref().and_then(Value::as_i64);
        let webhook_url = match change.stored.remove(WEBHOOK_URL) {
            None => SecretChange::Keep,
            Some(value) => match value.as_str().map(str::trim).filter(|url| !url.is_empty()) {
                Some(url) => SecretChange::Set(url.into()),
                None => SecretChange::Clear,
            },
        };
        let code = change.commands.get("oauth_code").and_then(Value::as_str).map(str::trim);
        let code = code.filter(|code| !code.is_empty()).map(str::to_owned);
        if code.is_none() && change.commands.get("_getoauthtoken") == Some(&json!(true)) {
            return Err(details::DetailsError::CodeMissing.into());
        }
        let id = id.and_then(|id| i32::try_from(id).ok()).filter(|id| *id > 0);
        Ok(Self { id, change, webhook_url, code })
    }

    pub fn wanted(&self) -> Wanted<impl Fn(Option<&Document>) -> Document> {
        let redirect = self.change.stored.get("oauth_redirect").and_then(Value::as_str);
        let redirect = redirect.filter(|redirect| !redirect.is_empty()).map(str::to_owned);
        Wanted {
            id: self.id,
            change: |present: Option<&Document>| {
                let present = present.map_or_else(defaults, members);
                let merged = objects::merge(present, self.change.stored.clone());
                Document::from_json(Value::Object(merged).to_string())
            },
            access_token: secret(&self.change, "new_access_token"),
            webhook_url: self.webhook_url.clone(),
            code: self.code.as_ref().map(|code| Code { code: code.as_str().into(), redirect }),
        }
    }
}

/// What a record holds where nobody has said anything.
fn defaults() -> Map<String, Value> {
    let Value::Object(defaults) = json!({
        "enabled": true, "scopes": ["incoming-webhook"], "agent_id": 0, "allow_ticket_create": false,
        "ticket_type": 0, "ticket_user": 0, "command_ticket_type": 0, "command_user": 0, "uninstalled": false
    }) else {
        unreachable!("an object was just written")
    };
    defaults
}

/// A record as it leaves: what was cleared reads as the default.
pub(super) fn out(app: &App, caller: &Caller, stored: &StoredDetails, warnings: &[String]) -> Value {
    let mut answer = objects::merge(defaults(), members(&stored.document));
    answer.insert("id".to_owned(), json!(stored.id));
    if caller.is_admin()
        && let Some(url) = details::webhook_url(app, stored)
    {
        answer.insert(WEBHOOK_URL.to_owned(), json!(url.expose_secret()));
    }
    let mut warnings = warnings.to_vec();
    for (member, name, of) in [
        ("agent_id", "agent_name", &stored.agent_name),
        ("ticket_type", "ticket_type_name", &stored.ticket_type_name),
        ("ticket_user", "ticket_user_name", &stored.ticket_user_name),
        ("command_ticket_type", "command_ticket_type_name", &stored.command_ticket_type_name),
        ("command_user", "command_user_name", &stored.command_user_name),
    ] {
        match of {
            Some(of) => drop(answer.insert(name.to_owned(), json!(of))),
            None if answer.get(member).and_then(Value::as_i64).is_some_and(|id| id > 0) => {
                warnings.push(format!("There is no {member} {}.", answer[member]));
            }
            None => {}
        }
    }
    if !warnings.is_empty() {
        answer.insert("_warning".to_owned(), json!(warnings.join(" ")));
    }
    Value::Object(answer)
}

fn members(document: &Document) -> Map<String, Value> {
    serde_json::from_str(document.as_str()).unwrap_or_default()
}
