//! A chat's header, rebuilt from its log alone: what the entries mean, in one place. Presence, read
//! marks, typing and the flow's position are not history, so they are not here.

use chrono::{DateTime, Utc};

use super::{
    chat::{Closing, Participant, Person, SlackPlace, Stage},
    ids::{MessageNumber, ParticipantNumber, StepId, TeamId},
    message::{Description, Happening, Message},
};

/// What a chat's log says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    pub described: Description,
    pub is_agent_chat: bool,
    pub teams_conversation_id: Option<String>,
    pub slack: Option<SlackPlace>,
    pub stage: Stage,
    pub closing: Option<Closing>,
    pub team: Option<TeamId>,
    pub ticket_id: Option<i32>,
    pub feedback_submitted: bool,
    pub created_at: DateTime<Utc>,
    pub queued_at: Option<DateTime<Utc>>,
    pub agent_joined_at: Option<DateTime<Utc>>,
    /// The step that spoke last.
    pub flow_step: Option<i32>,
    /// Everybody who is or was in it, in the order of their numbers.
    pub participants: Vec<Participant>,
    pub last_message: MessageNumber,
}

/// Reads a whole log, from its first entry on; none: there is nothing in it.
pub fn replay(log: &[Message]) -> Option<Replayed> {
    let mut chat = Replayed::new(log.first()?.at);
    for entry in log {
        chat.take(entry);
    }
    Some(chat)
}

impl Description {
    /// What the log says of a chat once it has this entry as well.
    #[must_use]
    pub fn after(mut self, entry: &Message) -> Self {
        match &entry.happening {
            Happening::Started(beginning) => self = beginning.described.clone(),
            Happening::Described(news) => {
                let Self { name, page_url, language_id, profile } = (**news).clone();
                self.name = name.or(self.name);
                self.page_url = page_url.or(self.page_url);
                self.language_id = language_id.or(self.language_id);
                self.profile = profile.or(self.profile);
            }
            _ => {}
        }
        // A flow may hand over to another profile's; whatever that does carries its name.
        if entry.sender == ParticipantNumber::BOT
            && let Some(profile) = &entry.profile
            && !matches!(entry.happening, Happening::Described(_))
        {
            self.profile = Some(profile.clone());
        }
        self
    }
}

impl Replayed {
    fn new(created_at: DateTime<Utc>) -> Self {
        Self {
            described: Description::default(),
            is_agent_chat: false,
            teams_conversation_id: None,
            slack: None,
            stage: Stage::Bot,
            closing: None,
            team: None,
            ticket_id: None,
            feedback_submitted: false,
            created_at,
            queued_at: None,
            agent_joined_at: None,
            flow_step: None,
            participants: Vec::new(),
            last_message: MessageNumber::new(0),
        }
    }

    fn take(&mut self, entry: &Message) {
        self.last_message = entry.number;
        self.described = std::mem::take(&mut self.described).after(entry);
        self.participants.extend(entry.introduces.as_deref().cloned());
        if entry.sender == ParticipantNumber::BOT {
            self.flow_step = entry.step.map(StepId::get).or(self.flow_step);
        }
        match &entry.happening {
            Happening::Started(beginning) => {
                self.is_agent_chat = beginning.is_agent_chat;
                self.teams_conversation_id.clone_from(&beginning.teams_conversation_id);
                self.slack.clone_from(&beginning.slack);
            }
            Happening::Joined { agent, team, invited_by } => {
                self.set_left(entry.sender, false);
                if invited_by.is_none() {
                    self.stage = Stage::Live { agent: *agent };
                    self.team = team.or(self.team);
                    self.agent_joined_at.get_or_insert(entry.at);
                    if !self.is_agent_chat {
                        self.queued_at.get_or_insert(entry.at);
                    }
                }
            }
            Happening::Left { participant } => self.set_left(*participant, true),
            Happening::Queued { teams } => {
                self.stage = Stage::Queued;
                self.team = teams.first().copied().or(self.team);
                self.queued_at = Some(entry.at);
            }
            Happening::Closed { .. } => self.closing = Some(Closing { at: entry.at, is_abandoned: false }),
            Happening::Abandoned => self.closing = Some(Closing { at: entry.at, is_abandoned: true }),
            Happening::Reopened { .. } => {
                self.closing = None;
                if let Some(visitor) = self.visitor() {
                    visitor.has_left = false;
                }
            }
            Happening::TicketLogged { ticket } => self.ticket_id = Some(*ticket),
            Happening::Rated => self.feedback_submitted = true,
            Happening::Identified { user, name, email } => {
                if let Some(visitor) = self.visitor() {
                    if let Person::Visitor { user: known, .. } = &mut visitor.person {
                        *known = Some(*user).filter(|user| user.get() != 0);
                    }
                    visitor.name.clone_from(name);
                    visitor.email = Some(email.clone()).filter(|email| !email.is_empty());
                }
            }
            // Who joins and who leaves by a transfer, and into which queue it goes, is said behind it.
            Happening::Transferred { .. }
            | Happening::Offered { .. }
            | Happening::WaitMessage { .. }
            | Happening::Said
            | Happening::Edited { .. }
            | Happening::Deleted { .. }
            | Happening::Note
            | Happening::Described(_)
            | Happening::Other { .. } => {}
        }
    }

    fn visitor(&mut self) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|one| one.is_visitor())
    }

    fn set_left(&mut self, who: ParticipantNumber, has_left: bool) {
        if let Some(one) = self.participants.iter_mut().find(|one| one.number == who) {
            one.has_left = has_left;
        }
    }
}
