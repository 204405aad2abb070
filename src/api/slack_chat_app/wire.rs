//! A Slack chat app as it is posted, and as it leaves: without its secrets.

use serde_json::{Map, Value, json};

use crate::{
    api::{
        error::ApiError,
        objects::{self, Normalised},
    },
    service::secrets::SecretChange,
    slack::chat_app::{StoredChatApp, TextChange, Wanted},
};

/// What is to be saved, checked against the catalogue.
pub(super) fn read(body: Map<String, Value>) -> Result<Wanted, ApiError> {
    let change = objects::normalise("SlackChatApp", body).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        ApiError::bad_request(lines.join("; "))
    })?;
    let id = change.stored.get("id").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok());
    Ok(Wanted {
        id: id.filter(|id| *id > 0),
        name: text(&change, "name"),
        app_id: text(&change, "app_id"),
        profile: text(&change, "chat_profile_id"),
        signing_secret: secret(&change, "new_signing_secret"),
        bot_token: secret(&change, "new_bot_user_oauth_token"),
    })
}

fn text(change: &Normalised, member: &str) -> TextChange {
    match change.stored.get(member) {
        None => TextChange::Keep,
        Some(value) => match value.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => TextChange::Set(text.to_owned()),
            _ => TextChange::Clear,
        },
    }
}

/// A secret that was sent. What was pasted with blanks around it is meant without them.
pub(in crate::api) fn secret(change: &Normalised, member: &str) -> SecretChange {
    match change.secrets.get(member) {
        None => SecretChange::Keep,
        Some(value) => match value.as_str().map(str::trim) {
            Some(secret) if !secret.is_empty() => SecretChange::Set(secret.into()),
            _ => SecretChange::Clear,
        },
    }
}

pub(super) fn out(app: &StoredChatApp, warnings: &[String]) -> Value {
    let mut answer = json!({ "id": app.id, "name": app.name, "app_id": app.app_id });
    for (member, value) in [("chat_profile_id", &app.profile_id), ("chat_profile_name", &app.profile_name)] {
        if let Some(value) = value {
            answer[member] = json!(value);
        }
    }
    if !warnings.is_empty() {
        answer["_warning"] = json!(warnings.join(" "));
    }
    answer
}
