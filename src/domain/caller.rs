//! Who is asking, and what that lets them do.

use super::{
    chat::{Participant, Person},
    ids::{AgentId, ChatId, ParticipantNumber, ProfileId, TeamId, UserId},
};

/// The answer of the one authentication function, for every transport.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// An API client or an agent.
    Staff(Staff),
    /// The visitor side of exactly one chat.
    Visitor {
        chat: ChatId,
        participant: ParticipantNumber,
        /// The user that an identity token has named: the visitor may read this user's other chats.
        user: Option<UserId>,
    },
    /// Nobody yet; a profile's public key may still open a door.
    Stranger,
}

/// Somebody with credentials of the installation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Staff {
    /// The API client that the token was issued to.
    pub client: Option<ClientIdentity>,
    /// The agent who signed in, or whom the client acts as.
    pub agent: Option<AgentIdentity>,
    /// May change configuration and see every chat.
    pub is_admin: bool,
    /// May speak for others and keep its own time stamps (scope `all`, no agent).
    pub speaks_for_others: bool,
    /// May use chats and messages.
    pub may_chat: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientIdentity {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentIdentity {
    pub id: AgentId,
    pub name: String,
    pub teams: Vec<TeamId>,
    /// Profiles that have chosen other agents (`agent_roles`, `access_control`).
    pub barred: Vec<ProfileId>,
}

impl Caller {
    /// Whoever has a shell on the machine: the `aureole` command.
    pub const OPERATOR: Self = Self::Staff(Staff {
        client: None,
        agent: None,
        is_admin: true,
        speaks_for_others: false,
        may_chat: true,
    });

    pub fn staff(&self) -> Option<&Staff> {
        match self {
            Self::Staff(staff) => Some(staff),
            Self::Visitor { .. } | Self::Stranger => None,
        }
    }

    pub fn agent(&self) -> Option<&AgentIdentity> {
        self.staff().and_then(|staff| staff.agent.as_ref())
    }

    pub fn is_admin(&self) -> bool {
        self.staff().is_some_and(|staff| staff.is_admin)
    }

    pub fn is_visitor(&self) -> bool {
        matches!(self, Self::Visitor { .. })
    }

    /// The caller's own place among the people of a chat, if it has one.
    pub fn place_in(&self, chat: ChatId, people: &[Participant]) -> Option<ParticipantNumber> {
        let is_caller = |one: &&Participant| match (self, &one.person) {
            (Self::Visitor { chat: own, participant, .. }, _) => *own == chat && *participant == one.number,
            (Self::Staff(Staff { agent: Some(agent), .. }), person) => *person == Person::Agent(agent.id),
            (Self::Staff(Staff { client: Some(client), .. }), Person::Client { client_id }) => {
                *client_id == client.id
            }
            (Self::Staff(_) | Self::Stranger, _) => false,
        };
        people.iter().find(is_caller).map(|one| one.number)
    }

    /// Names the caller, not the token: repeated requests are recognised by it.
    pub fn key(&self) -> String {
        match self {
            Self::Staff(Staff { agent: Some(agent), .. }) => format!("agent:{}", agent.id),
            Self::Staff(Staff { client: Some(client), .. }) => format!("client:{}", client.id),
            Self::Staff(_) | Self::Stranger => "stranger".to_owned(),
            Self::Visitor { chat, participant, .. } => format!("visitor:{chat}:{participant}"),
        }
    }
}
