//! What keeps the log whole: a chat's header can be rebuilt from its log alone (`domain::replay`), so
//! the log says who everybody is, what the chat began with, and what has changed without an event.

use chrono::{DateTime, Utc};

use super::Conversation;
use crate::domain::{
    chat::Chat,
    ids::ParticipantNumber,
    message::{Beginning, Description, Happening, Message},
};

impl Conversation {
    /// The first entry of a log.
    pub fn start(&mut self, by: ParticipantNumber, now: DateTime<Utc>) {
        let beginning = Beginning {
            is_agent_chat: self.chat.is_agent_chat,
            teams_conversation_id: self.chat.teams_conversation_id.clone(),
            slack: self.chat.slack.clone(),
            described: description(&self.chat),
        };
        self.record(by, Happening::Started(Box::new(beginning)), now);
    }

    /// Completes an entry that is about to be added: the bot's names its profile, and the first one of
    /// a person says who that is.
    pub(super) fn complete(&self, entry: &mut Message) {
        if entry.sender == ParticipantNumber::BOT {
            entry.profile = entry.profile.take().or_else(|| description(&self.chat).profile);
        } else if !self.has_met(entry.sender) {
            entry.introduces = self.participant(entry.sender).cloned().map(Box::new);
        }
    }

    fn has_met(&self, who: ParticipantNumber) -> bool {
        self.stored_participants.iter().any(|one| one.number == who)
            || self.new_entries.iter().any(|entry| entry.sender == who)
    }

    /// Adds an entry about what the header says and no entry does: the chat was renamed, its visitor
    /// went to another page, or another profile's flow took over and has not spoken yet.
    pub fn describe(&mut self, by: ParticipantNumber, now: DateTime<Utc>) {
        let told = self.told();
        let is = description(&self.chat);
        let news = Description {
            name: is.name.filter(|name| told.name.as_ref() != Some(name)),
            page_url: is.page_url.filter(|page| told.page_url.as_ref() != Some(page)),
            language_id: is.language_id.filter(|language| told.language_id != Some(*language)),
            profile: is.profile.filter(|profile| told.profile.as_ref() != Some(profile)),
        };
        if news != Description::default() {
            self.record(by, Happening::Described(Box::new(news)), now);
        }
    }

    /// What the log says of the chat so far, new entries included.
    fn told(&self) -> Description {
        let stored = self.stored.as_ref().map(|stored| description(&stored.chat));
        self.new_entries.iter().fold(stored.unwrap_or_default(), Description::after)
    }
}

fn description(chat: &Chat) -> Description {
    Description {
        name: Some(chat.name.clone()),
        page_url: chat.page_url.clone(),
        language_id: chat.language_id,
        profile: chat.profile.as_ref().map(|profile| profile.id.clone()),
    }
}
