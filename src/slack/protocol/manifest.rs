//! The manifest from which Slack makes an app, and what a text must be to stand in one.

use serde_json::{Value, json};

use super::length::{cut, units};

#[cfg(test)]
mod tests;

pub const START_COMMAND: &str = "/start-chat";
pub const END_COMMAND: &str = "/end-chat";
pub const START_CALLBACK_ID: &str = "start_chat";
pub const END_CALLBACK_ID: &str = "end_chat";

/// The least that the bridge needs.
pub const BOT_SCOPES: [&str; 12] = [
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "users:read",
    "users:read.email",
];
pub const BOT_EVENTS: [&str; 7] = [
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
];

const NAME_UNITS_MAX: usize = 35;
const BOT_NAME_UNITS_MAX: usize = 80;
const SHORT_DESCRIPTION_UNITS_MAX: usize = 140;
const LONG_DESCRIPTION_CHARACTERS_MIN: usize = 175;
const LONG_DESCRIPTION_UNITS_MAX: usize = 4000;
const COMMAND_DESCRIPTION_UNITS_MAX: usize = 2000;
const SHORTCUT_DESCRIPTION_UNITS_MAX: usize = 150;
const COMMAND_URL_UNITS_MAX: usize = 3000;
const URL_UNITS_MAX: usize = 3500;

/// At most 24 characters each, which is all that Slack allows.
const START_SHORTCUT_NAME: &str = "Start a chat";
const END_SHORTCUT_NAME: &str = "End the chat";
const START_DESCRIPTION: &str = "Start a chat with us";
const END_DESCRIPTION: &str = "End the chat";

/// What the author of the app says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    pub name: Option<String>,
    pub short_description: Option<String>,
    pub long_description: Option<String>,
    pub start_description: Option<String>,
    pub end_description: Option<String>,
}

/// Where Slack finds us: whole URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    pub event: String,
    pub command: String,
    pub interactivity: String,
}

/// Why there is no manifest: the field as callers spell it, and a sentence about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: &'static str,
    pub message: String,
}

/// The manifest, in version 2 of Slack's schema; or everything that stands in its way.
pub fn build(texts: &Texts, addresses: &Addresses) -> Result<Value, Vec<Problem>> {
    let mut problems = Vec::new();
    let name = line(texts.name.as_deref());
    if name.is_empty() {
        problems.push(Problem { field: "name", message: "name must not be empty".to_owned() });
    }
    let long_description = paragraphs(texts.long_description.as_deref());
    problems.extend(long_description_problem(&long_description));
    problems.extend(address_problem("event", &addresses.event, URL_UNITS_MAX));
    problems.extend(address_problem("command", &addresses.command, COMMAND_URL_UNITS_MAX));
    problems.extend(address_problem("interactivity", &addresses.interactivity, URL_UNITS_MAX));
    if !problems.is_empty() {
        return Err(problems);
    }

    let mut display = json!({ "name": cut(&name, NAME_UNITS_MAX) });
    let short_description = line(texts.short_description.as_deref());
    if !short_description.is_empty() {
        display["description"] = cut(&short_description, SHORT_DESCRIPTION_UNITS_MAX).into();
    }
    if !long_description.is_empty() {
        display["long_description"] = long_description.into();
    }
    Ok(json!({
        "_metadata": { "major_version": 2, "minor_version": 1 },
        "display_information": display,
        "features": features(&name, texts, addresses),
        "oauth_config": { "scopes": { "bot": BOT_SCOPES } },
        "settings": {
            "event_subscriptions": { "request_url": addresses.event, "bot_events": BOT_EVENTS },
            "interactivity": {
                "is_enabled": true,
                "request_url": addresses.interactivity,
                "message_menu_options_url": addresses.interactivity,
            },
            "org_deploy_enabled": false,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false,
        },
    }))
}

fn features(name: &str, texts: &Texts, addresses: &Addresses) -> Value {
    let start = or_default(texts.start_description.as_deref(), START_DESCRIPTION);
    let end = or_default(texts.end_description.as_deref(), END_DESCRIPTION);
    json!({
        // People can write to the bot only while its messages tab is on and not read-only.
        "app_home": {
            "home_tab_enabled": false,
            "messages_tab_enabled": true,
            "messages_tab_read_only_enabled": false,
        },
        "bot_user": { "display_name": cut(name, BOT_NAME_UNITS_MAX), "always_online": true },
        "slash_commands": [
            slash_command(START_COMMAND, &start, addresses),
            slash_command(END_COMMAND, &end, addresses),
        ],
        "shortcuts": [
            shortcut(START_SHORTCUT_NAME, START_CALLBACK_ID, &start),
            shortcut(END_SHORTCUT_NAME, END_CALLBACK_ID, &end),
        ],
    })
}

fn slash_command(command: &str, description: &str, addresses: &Addresses) -> Value {
    json!({
        "command": command,
        "url": addresses.command,
        "description": cut(description, COMMAND_DESCRIPTION_UNITS_MAX),
        // People and channels arrive as ids then, as they do in messages.
        "should_escape": true,
    })
}

fn shortcut(name: &str, callback_id: &str, description: &str) -> Value {
    json!({
        "name": name,
        "type": "global",
        "callback_id": callback_id,
        "description": cut(description, SHORTCUT_DESCRIPTION_UNITS_MAX),
    })
}

/// Cutting would be no help to an author who wrote too much, and nobody can make up what is missing.
fn long_description_problem(text: &str) -> Option<Problem> {
    let is_short = text.chars().count() < LONG_DESCRIPTION_CHARACTERS_MIN;
    let is_long = units(text) > LONG_DESCRIPTION_UNITS_MAX;
    if text.is_empty() || !is_short && !is_long {
        return None;
    }
    let message = format!(
        "longDescription must have {LONG_DESCRIPTION_CHARACTERS_MIN} to {LONG_DESCRIPTION_UNITS_MAX} characters \
         or be left out; it has {}",
        if is_long { units(text) } else { text.chars().count() },
    );
    Some(Problem { field: "longDescription", message })
}

fn address_problem(field: &'static str, url: &str, units_max: usize) -> Option<Problem> {
    let has_scheme = url.starts_with("https://") || url.starts_with("http://");
    if has_scheme && units(url) <= units_max {
        return None;
    }
    let message = format!("the address for {field} must be an http URL of at most {units_max} characters");
    Some(Problem { field, message })
}

fn or_default(text: Option<&str>, default: &str) -> String {
    let text = line(text);
    if text.is_empty() { default.to_owned() } else { text }
}

/// A text for a place with one line: no control characters, and every run of spaces and line ends one space.
fn line(text: Option<&str>) -> String {
    let words: Vec<String> = text
        .unwrap_or_default()
        .split_whitespace()
        .map(|word| word.chars().filter(|character| !character.is_control()).collect())
        .collect();
    words.join(" ").trim().to_owned()
}

/// A text for a place with several lines: no control characters but line ends.
fn paragraphs(text: Option<&str>) -> String {
    let kept = |character: &char| *character == '\n' || !character.is_control();
    text.unwrap_or_default().chars().filter(kept).collect::<String>().trim().to_owned()
}
