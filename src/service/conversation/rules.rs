//! What may happen to a chat, and what its log says of it. Every method either does the whole
//! thing or refuses and leaves the conversation as it was.

use chrono::{DateTime, Utc};

use super::{Conversation, Rating, Refusal};
use crate::{
    domain::{
        caller::AgentIdentity,
        chat::{Closing, Participant, Person, Stage},
        ids::{AgentId, MessageNumber, ParticipantNumber, TeamId, UserId},
        message::{Happening, Message},
        text::SafeHtml,
    },
    flow::Position,
    service::identity::SignedIn,
};

/// An agent who is to have a chat.
#[derive(Clone, Debug)]
pub struct Taker {
    pub id: AgentId,
    pub name: String,
    pub teams: Vec<TeamId>,
}

impl From<&AgentIdentity> for Taker {
    fn from(agent: &AgentIdentity) -> Self {
        Self { id: agent.id, name: agent.name.clone(), teams: agent.teams.clone() }
    }
}

impl Conversation {
    /// Refuses when the chat is closed.
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        if self.chat.is_closed() { Err(Refusal::Closed(self.id())) } else { Ok(()) }
    }

    /// Refuses when there is nobody left whom the chat was for.
    pub fn must_not_be_erased(&self) -> Result<(), Refusal> {
        if self.chat.is_erased {
            return Err(Refusal::Invalid(format!("chat {} was erased", self.id())));
        }
        Ok(())
    }

    /// Puts the chat into the queue of these teams; none: anybody's.
    pub fn queue(&mut self, by: ParticipantNumber, teams: &[TeamId], now: DateTime<Utc>) {
        self.chat.stage = Stage::Queued;
        self.chat.team = teams.first().copied().or(self.chat.team);
        self.chat.offered_to = teams.to_vec();
        self.chat.queued_at = Some(now);
        self.reset_queue();
        self.position = Position::HandedOver;
        self.record(by, Happening::Queued { teams: teams.to_vec() }, now);
    }

    /// Gives the chat to an agent; `by` whoever hands it over, none: the agent takes it.
    pub fn give(
        &mut self,
        agent: &Taker,
        by: Option<ParticipantNumber>,
        now: DateTime<Utc>,
    ) -> Result<ParticipantNumber, Refusal> {
        self.must_be_open()?;
        let number = self.admit(Person::Agent(agent.id), &agent.name, None);
        if self.chat.stage == (Stage::Live { agent: agent.id }) {
            return Ok(number);
        }
        let from = self.chat.agent();
        if from.is_some() || by.is_some() {
            let (from_team, to_agent) = (self.chat.team, Some(agent.id));
            let transferred = Happening::Transferred { from, from_team, to_agent, to_team: None };
            self.record(by.unwrap_or(number), transferred, now);
        }
        self.leave(from.and_then(|agent| self.place_of_agent(agent)), now);
        self.chat.stage = Stage::Live { agent: agent.id };
        if !self.chat.is_agent_chat {
            self.chat.queued_at.get_or_insert(now);
        }
        self.chat.agent_joined_at.get_or_insert(now);
        if let Some(team) = self.chat.offered_to.iter().find(|team| agent.teams.contains(team)) {
            self.chat.team = Some(*team);
        }
        self.chat.offered_to.clear();
        self.reset_queue();
        self.position = Position::HandedOver;
        let team = self.chat.team;
        self.record(number, Happening::Joined { agent: agent.id, team, invited_by: None }, now);
        Ok(number)
    }

    /// Puts the chat into another team's queue.
    pub fn transfer(
        &mut self,
        by: ParticipantNumber,
        team: TeamId,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        self.must_be_open()?;
        let (from, from_team, to_team) = (self.chat.agent(), self.chat.team, Some(team));
        self.record(by, Happening::Transferred { from, from_team, to_agent: None, to_team }, now);
        self.leave(from.and_then(|agent| self.place_of_agent(agent)), now);
        self.queue(by, &[team], now);
        Ok(())
    }

    /// Ends the chat.
    pub fn close(&mut self, by: ParticipantNumber, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.must_be_open()?;
        self.chat.offer = None;
        self.chat.closing = Some(Closing { at: now, is_abandoned: false });
        self.record(by, Happening::Closed { by }, now);
        Ok(())
    }

    /// Ends the chat because the visitor went away.
    pub fn abandon(&mut self, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.must_be_open()?;
        let visitor = self.visitor().map(|visitor| visitor.number);
        self.leave(visitor, now);
        // Only a chat that people had or waited for can be abandoned; the bot's are just closed.
        let is_abandoned = self.chat.stage != Stage::Bot;
        self.chat.offer = None;
        self.chat.closing = Some(Closing { at: now, is_abandoned });
        let by = visitor.unwrap_or(ParticipantNumber::BOT);
        let happening = if is_abandoned { Happening::Abandoned } else { Happening::Closed { by } };
        self.record(by, happening, now);
        Ok(())
    }

    /// Opens a closed chat again: an agent takes it, otherwise it goes back to where it was.
    pub fn reopen(
        &mut self,
        by: ParticipantNumber,
        agent: Option<&Taker>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        if !self.chat.is_closed() {
            return Err(Refusal::NotClosed { chat: self.id() });
        }
        self.must_not_be_erased()?;
        self.chat.closing = None;
        self.record(by, Happening::Reopened { by }, now);
        match (agent, self.chat.stage) {
            (Some(agent), _) => drop(self.join(agent, now)?),
            (None, Stage::Live { .. } | Stage::Queued) => {
                let teams: Vec<TeamId> = self.chat.team.into_iter().collect();
                self.queue(by, &teams, now);
            }
            (None, Stage::Bot) => {}
        }
        if let Some(visitor) = self.participants.iter_mut().find(|one| one.is_visitor()) {
            visitor.has_left = false;
        }
        Ok(())
    }

    /// Notes that somebody left; nothing when nobody did, or has already.
    pub fn leave(&mut self, who: Option<ParticipantNumber>, now: DateTime<Utc>) {
        let Some(place) = who.and_then(|number| self.participant_mut(number)) else { return };
        if !place.has_left {
            place.has_left = true;
            let number = place.number;
            self.record(number, Happening::Left { participant: number }, now);
        }
    }

    /// An agent gives the chat back to the queue, or leaves one that another has.
    pub fn walk_out(&mut self, agent: AgentId, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.must_be_open()?;
        let Some(place) = self.present(agent) else {
            return Err(Refusal::Invalid(format!("you are not in chat {}", self.id())));
        };
        self.leave(Some(place), now);
        if self.chat.stage == (Stage::Live { agent }) {
            let teams: Vec<TeamId> = self.chat.team.into_iter().collect();
            self.queue(place, &teams, now);
        }
        Ok(())
    }

    /// Somebody who acts on the chat without being in it.
    pub fn absent(&mut self, who: ParticipantNumber) {
        if let Some(place) = self.participant_mut(who) {
            place.has_left = true;
        }
    }

    /// An identity token has named the visitor.
    pub fn sign_in(&mut self, who: SignedIn, now: DateTime<Utc>) -> Result<(), Refusal> {
        let known = self.visitor().filter(|one| one.is_signed_in).and_then(Participant::user);
        match known {
            Some(known) if known == who.user => return Ok(()),
            Some(_) => {
                return Err(Refusal::Invalid(format!(
                    "chat {} is another user's; start a new one",
                    self.id()
                )));
            }
            None => {}
        }
        // A chat that was named after an unknown visitor is named after the one it turned out to be.
        if self.visitor().is_some_and(|one| one.name == self.chat.name) {
            self.chat.name.clone_from(&who.name);
        }
        self.identify(who.user, who.name, who.email, now);
        if let Some(visitor) = self.participants.iter_mut().find(|one| one.is_visitor()) {
            visitor.is_signed_in = true;
        }
        Ok(())
    }

    /// The visitor has proved to be a known user.
    pub fn identify(&mut self, user: UserId, name: String, email: String, now: DateTime<Utc>) {
        let Some(visitor) = self.participants.iter_mut().find(|one| one.is_visitor()) else { return };
        visitor.is_signed_in &= visitor.user() == Some(user);
        if let Person::Visitor { user: known, .. } = &mut visitor.person {
            *known = Some(user);
        }
        visitor.name.clone_from(&name);
        visitor.email = Some(email.clone()).filter(|email| !email.is_empty());
        let number = visitor.number;
        self.record(number, Happening::Identified { user, name, email }, now);
    }

    /// A ticket was logged for the chat; the newest is the one that its header names.
    pub fn link_ticket(&mut self, ticket: i32, now: DateTime<Utc>) {
        self.chat.ticket_id = Some(ticket);
        self.record(ParticipantNumber::BOT, Happening::TicketLogged { ticket }, now);
    }

    /// The visitor rates the chat, once; the log keeps it, and so do the feedback records.
    pub fn rate(&mut self, entry: Message, score: i32) -> Result<MessageNumber, Refusal> {
        if self.chat.feedback_submitted {
            return Err(Refusal::Invalid(format!("chat {} has been rated already", self.id())));
        }
        self.chat.feedback_submitted = true;
        let comment = Some(entry.plain.clone()).filter(|words| !words.trim().is_empty());
        self.new_ratings.push(Rating::Score { score, comment });
        Ok(self.push(entry).number)
    }

    /// Words for the rating that was given before.
    pub fn comment_on_rating(&mut self, words: String) {
        self.new_ratings.push(Rating::Comment(words));
    }

    /// Words for staff only.
    pub fn note(&mut self, by: ParticipantNumber, html: SafeHtml, now: DateTime<Utc>) {
        self.append(by, Happening::Note, html, now);
    }

    /// Moves a person's read mark; it never goes back, nor past the end of the log.
    pub fn mark_read(&mut self, who: ParticipantNumber, up_to: MessageNumber) {
        let last = self.head.last_message;
        if let Some(place) = self.participant_mut(who) {
            place.read = place.read.max(up_to.min(last));
        }
    }
}
