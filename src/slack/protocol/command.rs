//! Slash commands.

use serde_json::Value;

use super::json::text;

/// A command that somebody gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// With its slash.
    pub name: String,
    /// What stands behind it.
    pub text: String,
    pub team_id: Option<String>,
    pub channel_id: String,
    pub user_id: String,
    pub user_name: Option<String>,
    pub response_url: Option<String>,
}

/// What a command is for. Names belong to whoever made the app, so the beginning counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Start,
    End,
    /// Anything else makes a ticket, where tickets are made.
    Ticket,
}

impl Command {
    /// None: it names no command, person or conversation.
    pub fn read(form: &Value) -> Option<Self> {
        Some(Self {
            name: text(&form["command"])?,
            text: text(&form["text"]).unwrap_or_default().trim().to_owned(),
            team_id: text(&form["team_id"]),
            channel_id: text(&form["channel_id"])?,
            user_id: text(&form["user_id"])?,
            user_name: text(&form["user_name"]),
            response_url: text(&form["response_url"]),
        })
    }

    pub fn purpose(&self) -> Purpose {
        Purpose::of(&self.name)
    }
}

impl Purpose {
    /// Of a command or of a shortcut's callback id: `/start-chat`, `end_chat`.
    pub fn of(name: &str) -> Self {
        let name = name.trim_start_matches('/').to_lowercase();
        let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
        if begins(&["start", "chat-start", "chat_start", "startchat"]) {
            Self::Start
        } else if begins(&["end", "stop", "close", "chat-end", "chat_end"]) {
            Self::End
        } else {
            Self::Ticket
        }
    }
}
