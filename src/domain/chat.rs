//! One conversation: its stage, its people, and what may happen to it.

use chrono::{DateTime, Utc};

use super::ids::{AgentId, ChatId, MessageNumber, ParticipantNumber, ProfileId, TeamId, UserId};

/// How far a chat has come. It stays readable after the chat is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The flow answers, or has answered.
    Bot,
    /// Waiting for a person.
    Queued,
    /// A person has it.
    Live { agent: AgentId },
}

/// The end of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    pub at: DateTime<Utc>,
    /// The visitor went away without a word.
    pub is_abandoned: bool,
}

/// The version of a profile that a chat met, and stays on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProfileVersion {
    pub id: ProfileId,
    pub version: i32,
}

/// What is stored about a chat, its log aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Chat {
    pub id: ChatId,
    pub profile: Option<ProfileVersion>,
    pub name: String,
    /// Between agents, without a visitor (Halo's `istech`).
    pub is_agent_chat: bool,
    pub stage: Stage,
    pub closing: Option<Closing>,
    pub team: Option<TeamId>,
    /// The teams whose agents may take it while it is queued; empty: anybody.
    pub offered_to: Vec<TeamId>,
    pub ticket_id: Option<i32>,
    pub page_url: Option<String>,
    pub language_id: Option<i32>,
    pub teams_conversation_id: Option<String>,
    /// Where in Slack it goes on, if that is where its visitor is.
    pub slack: Option<SlackPlace>,
    pub feedback_submitted: bool,
    pub created_at: DateTime<Utc>,
    pub queued_at: Option<DateTime<Utc>>,
    pub agent_joined_at: Option<DateTime<Utc>>,
    /// The step that spoke last.
    pub flow_step: Option<i32>,
    /// The agent whom the queue has put it before; only that one may take it.
    pub offer: Option<Offer>,
    /// Agents who have let an offer of it pass, since it was queued or all had.
    pub passed_by: Vec<AgentId>,
    /// Messages for those who wait that it has had since it was queued.
    pub wait_messages_sent: i32,
    /// Its words and its visitor are gone for good; it takes nothing any more.
    pub is_erased: bool,
}

/// A person in a Slack conversation: at most one open chat belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlackPlace {
    /// The app's id at Slack.
    pub app: String,
    pub channel: String,
    pub user: String,
}

/// A queued chat is offered to one agent for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    pub agent: AgentId,
    pub until: DateTime<Utc>,
}

/// What changes with every message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub last_message: MessageNumber,
    /// The last message that a visitor may see.
    pub last_public_message: MessageNumber,
    /// Rises with every change of the chat or its log.
    pub version: i64,
    pub updated_at: DateTime<Utc>,
}

/// Who a participant is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    Agent(AgentId),
    /// Somebody on the other side, known by nothing but this id (Halo's `unknown_id`).
    Visitor {
        unknown_id: String,
        user: Option<UserId>,
    },
    /// An API client that speaks without being an agent.
    Client {
        client_id: String,
    },
}

/// One person in one chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    pub number: ParticipantNumber,
    pub person: Person,
    pub name: String,
    pub email: Option<String>,
    /// An identity token has named the user; words alone make nobody signed in.
    pub is_signed_in: bool,
    pub has_left: bool,
    /// The last message that this person has read.
    pub read: MessageNumber,
}

/// Halo's view of a chat in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatState {
    Bot,
    Queued,
    Live,
    Closed,
    Abandoned,
}

impl Chat {
    pub fn state(&self) -> ChatState {
        match (self.closing, self.stage) {
            (Some(Closing { is_abandoned: true, .. }), _) => ChatState::Abandoned,
            (Some(_), _) => ChatState::Closed,
            (None, Stage::Bot) => ChatState::Bot,
            (None, Stage::Queued) => ChatState::Queued,
            (None, Stage::Live { .. }) => ChatState::Live,
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closing.is_some()
    }

    /// The agent who has the chat, or had it when it was closed.
    pub fn agent(&self) -> Option<AgentId> {
        self.stage.agent()
    }
}

impl Stage {
    pub fn agent(self) -> Option<AgentId> {
        match self {
            Self::Live { agent } => Some(agent),
            Self::Bot | Self::Queued => None,
        }
    }
}

impl ChatState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Queued => "queued",
            Self::Live => "live",
            Self::Closed => "closed",
            Self::Abandoned => "abandoned",
        }
    }
}

impl Participant {
    pub fn agent(&self) -> Option<AgentId> {
        match self.person {
            Person::Agent(agent) => Some(agent),
            Person::Visitor { .. } | Person::Client { .. } => None,
        }
    }

    /// The user that this person is known to be.
    pub fn user(&self) -> Option<UserId> {
        match self.person {
            Person::Visitor { user, .. } => user,
            Person::Agent(_) | Person::Client { .. } => None,
        }
    }

    /// Whether an identity token has named this user.
    pub fn is_signed_in_as(&self, user: UserId) -> bool {
        self.is_signed_in && self.user() == Some(user)
    }

    pub fn is_visitor(&self) -> bool {
        matches!(self.person, Person::Visitor { .. })
    }
}
