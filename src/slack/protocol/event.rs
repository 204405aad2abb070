//! Events: what happened in a workspace, and which of it is somebody's words.

use serde_json::Value;

use super::json::{list, text, text_at};

/// An event with what its envelope says.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// None: a notice without one, such as `app_rate_limited`.
    pub event_id: Option<String>,
    /// The workspace that the app is installed in; in a shared channel not the sender's.
    pub team_id: Option<String>,
    /// The app that it is for.
    pub app_id: Option<String>,
    /// The app's own user, where the envelope tells.
    pub bot_user_id: Option<String>,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A person wrote something.
    Message(Box<Written>),
    /// A person changed what it wrote.
    Edited {
        channel: String,
        ts: String,
        user: String,
        text: String,
    },
    Deleted {
        channel: String,
        ts: String,
    },
    /// The app is gone from the workspace.
    Uninstalled,
    /// Tokens of these bot users are of no use any more.
    TokensRevoked {
        bots: Vec<String>,
    },
    /// Slack leaves events out for a while.
    RateLimited,
    /// Nothing that a chat is made of.
    Other,
}

/// A person's message.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub channel: String,
    /// The app's own conversation with the person.
    pub is_direct: bool,
    pub user: String,
    pub text: String,
    pub ts: String,
    pub thread_ts: Option<String>,
    pub files: Vec<File>,
    /// It names the app.
    pub is_mention: bool,
}

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: String,
    pub name: String,
    /// None: Slack tells only on being asked (`check_file_info`).
    pub url: Option<String>,
    pub mimetype: Option<String>,
    pub size: Option<u64>,
}

/// Messages that are words; every other subtype is about something else.
const WORDS: [&str; 4] = ["", "file_share", "thread_broadcast", "me_message"];
const SLACKBOT: &str = "USLACKBOT";

impl Envelope {
    pub fn read(body: &Value) -> Self {
        let authorization = &body["authorizations"][0];
        let is_bots = authorization["is_bot"].as_bool() == Some(true);
        let bot_user_id = text(&authorization["user_id"]).filter(|_| is_bots);
        Self {
            event_id: text(&body["event_id"]),
            team_id: text(&authorization["team_id"]).or_else(|| text(&body["team_id"])),
            app_id: text(&body["api_app_id"]),
            event: Event::read(body, bot_user_id.as_deref()),
            bot_user_id,
        }
    }
}

impl Event {
    fn read(body: &Value, bot_user_id: Option<&str>) -> Self {
        if body["type"] == "app_rate_limited" {
            return Self::RateLimited;
        }
        let event = &body["event"];
        match event["type"].as_str().unwrap_or_default() {
            "message" => match event["subtype"].as_str().unwrap_or_default() {
                "message_changed" => changed(event).unwrap_or(Self::Other),
                "message_deleted" => deleted(event).unwrap_or(Self::Other),
                _ => written(event, bot_user_id, false).unwrap_or(Self::Other),
            },
            "app_mention" => written(event, bot_user_id, true).unwrap_or(Self::Other),
            "app_uninstalled" => Self::Uninstalled,
            "tokens_revoked" => {
                let bots = list(&event["tokens"]["bot"]).iter().filter_map(text);
                Self::TokensRevoked { bots: bots.collect() }
            }
            _ => Self::Other,
        }
    }

    /// The message that it brings: the same one may arrive as `message` and as `app_mention`.
    pub fn message(&self) -> Option<(&str, &str)> {
        match self {
            Self::Message(written) => Some((&written.channel, &written.ts)),
            _ => None,
        }
    }

    /// The conversation that it happened in.
    pub fn channel(&self) -> Option<&str> {
        match self {
            Self::Message(written) => Some(&written.channel),
            Self::Edited { channel, .. } | Self::Deleted { channel, .. } => Some(channel),
            Self::Uninstalled | Self::TokensRevoked { .. } | Self::RateLimited | Self::Other => None,
        }
    }
}

/// None: nobody's words, or a bot's; our own posts come back as well.
fn written(event: &Value, bot_user_id: Option<&str>, is_mention: bool) -> Option<Event> {
    let subtype = event["subtype"].as_str().unwrap_or_default();
    if !WORDS.contains(&subtype) || is_bots(event, bot_user_id) {
        return None;
    }
    let channel = text(&event["channel"])?;
    let words = text(&event["text"]).unwrap_or_default();
    let names_bot = bot_user_id.is_some_and(|bot| names(&words, bot));
    let kind = event["channel_type"].as_str().unwrap_or_default();
    Some(Event::Message(Box::new(Written {
        is_direct: matches!(kind, "im" | "app_home") || kind.is_empty() && channel.starts_with('D'),
        user: text(&event["user"])?,
        ts: text(&event["ts"])?,
        thread_ts: text(&event["thread_ts"]),
        files: files(event),
        is_mention: is_mention || names_bot,
        text: words,
        channel,
    })))
}

/// The files that a message carries.
pub fn files(message: &Value) -> Vec<File> {
    let file = |file: &Value| {
        let name = text(&file["name"]).or_else(|| text(&file["title"]));
        Some(File {
            id: text(&file["id"])?,
            name: name.unwrap_or_else(|| "file".to_owned()),
            url: text(&file["url_private_download"]).or_else(|| text(&file["url_private"])),
            mimetype: text(&file["mimetype"]),
            size: file["size"].as_u64(),
        })
    };
    list(&message["files"]).iter().filter_map(file).collect()
}

/// Modern apps' messages have no subtype: `bot_id` is the only safe sign.
fn is_bots(message: &Value, bot_user_id: Option<&str>) -> bool {
    let user = message["user"].as_str();
    text(&message["bot_id"]).is_some()
        || message["bot_profile"].is_object()
        || user.is_none()
        || user == bot_user_id
        || user == Some(SLACKBOT)
}

fn names(words: &str, user: &str) -> bool {
    words.match_indices("<@").any(|(at, start)| {
        words[at + start.len()..].strip_prefix(user).is_some_and(|rest| rest.starts_with(['>', '|']))
    })
}

/// Link previews and the bookkeeping of threads come as changes too; an edit by a person says so.
fn changed(event: &Value) -> Option<Event> {
    let message = &event["message"];
    let channel = text(&event["channel"])?;
    let ts = text(&message["ts"]).or_else(|| text_at(event, "/previous_message/ts"))?;
    // A message that has replies is not deleted but replaced by a stone.
    if message["subtype"] == "tombstone" {
        return Some(Event::Deleted { channel, ts });
    }
    let is_edit = message["edited"].is_object() && !is_bots(message, None);
    let words = text(&message["text"]).unwrap_or_default();
    let is_as_before = event["previous_message"]["text"].as_str() == Some(words.as_str());
    (is_edit && !is_as_before).then_some(())?;
    Some(Event::Edited { channel, ts, user: text(&message["user"])?, text: words })
}

fn deleted(event: &Value) -> Option<Event> {
    let ts = text(&event["deleted_ts"]).or_else(|| text_at(event, "/previous_message/ts"))?;
    Some(Event::Deleted { channel: text(&event["channel"])?, ts })
}
