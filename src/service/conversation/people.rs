//! Who is in a chat, and how it goes from one to another.

use chrono::{DateTime, Utc};

use super::{Conversation, Refusal, Taker};
use crate::domain::{
    chat::{Person, Stage},
    ids::{AgentId, ParticipantNumber},
    message::Happening,
};

impl Conversation {
    /// The place of an agent who is in the chat and has not left it.
    pub fn present(&self, agent: AgentId) -> Option<ParticipantNumber> {
        let place = self.participants.iter().find(|one| one.agent() == Some(agent) && !one.has_left);
        place.map(|one| one.number)
    }

    /// Gives the chat to an agent, from the bot, the queue, or the agent who has it.
    pub fn join(&mut self, agent: &Taker, now: DateTime<Utc>) -> Result<ParticipantNumber, Refusal> {
        self.give(agent, None, now)
    }

    /// Brings a second agent in without handing the chat over; nothing when it is there already.
    pub fn invite(
        &mut self,
        by: ParticipantNumber,
        agent: &Taker,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.must_be_open()?;
        if !matches!(self.chat.stage, Stage::Live { .. }) {
            let (chat, agent) = (self.id(), agent.id);
            let problem = format!("no agent has chat {chat} yet; agent_id gives it to agent {agent}");
            return Err(Refusal::Invalid(problem));
        }
        if self.present(agent.id).is_none() {
            let number = self.admit(Person::Agent(agent.id), &agent.name, None);
            let joined = Happening::Joined { agent: agent.id, team: None, invited_by: Some(by) };
            self.record(number, joined, now);
        }
        Ok(())
    }
}
