//! A chat that waits for people: offers, and words for those who wait.

use chrono::{DateTime, Utc};

use super::{Conversation, Refusal};
use crate::domain::{
    chat::{Offer, Stage},
    ids::{AgentId, ParticipantNumber},
    message::Happening,
    text::SafeHtml,
};

impl Conversation {
    /// Puts the chat before an agent, who alone may take it until then. Whoever had it offered
    /// before has let it pass.
    pub fn offer(&mut self, agent: AgentId, until: DateTime<Utc>, now: DateTime<Utc>) {
        self.pass_on();
        self.chat.offer = Some(Offer { agent, until });
        self.record(ParticipantNumber::BOT, Happening::Offered { agent }, now);
    }

    /// Ends an offer that nobody took.
    pub fn pass_on(&mut self) {
        if let Some(offer) = self.chat.offer.take()
            && !self.chat.passed_by.contains(&offer.agent)
        {
            self.chat.passed_by.push(offer.agent);
        }
    }

    /// Refuses an agent while another has the chat offered.
    pub fn must_not_be_offered_to_another(&self, agent: AgentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.chat.offer {
            Some(offer) if self.chat.stage == Stage::Queued && offer.agent != agent && offer.until > now => {
                Err(Refusal::OfferedToAnother(self.id()))
            }
            _ => Ok(()),
        }
    }

    /// The chat begins to wait anew, or waits no longer.
    pub(super) fn reset_queue(&mut self) {
        self.chat.offer = None;
        self.chat.passed_by.clear();
        self.chat.wait_messages_sent = 0;
    }

    /// Tells those who wait something; `number` counts from 1.
    pub fn tell_waiting(&mut self, number: i32, html: SafeHtml, now: DateTime<Utc>) {
        self.chat.wait_messages_sent = number;
        let profile = self.chat.profile.as_ref().map(|profile| profile.id.clone());
        let entry = self.append(ParticipantNumber::BOT, Happening::WaitMessage { number }, html, now);
        entry.profile = profile;
    }
}
