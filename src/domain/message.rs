//! One entry of a chat's log: somebody's words, or something that happened.

use chrono::{DateTime, Utc};

use super::{
    chat::{Participant, SlackPlace},
    document::Document,
    finding::Hits,
    ids::{AgentId, MessageNumber, ParticipantNumber, ProfileId, StepId, TeamId, UserId},
    question::Ask,
    text::SafeHtml,
};

/// What an entry records. The numbers (`system_id`) are ours; Halo publishes only 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// 0: somebody said something.
    Said,
    /// 1: the chat was started.
    Started(Box<Beginning>),
    /// 2: an agent joined; the chat is the agent's own from then on, unless somebody invited it.
    Joined {
        agent: AgentId,
        /// The team that the chat belongs to from then on; none: as before.
        team: Option<TeamId>,
        invited_by: Option<ParticipantNumber>,
    },
    /// 3: somebody left.
    Left { participant: ParticipantNumber },
    /// 4: the chat was closed.
    Closed { by: ParticipantNumber },
    /// 5: the chat waits for a team; none: for anybody.
    Queued { teams: Vec<TeamId> },
    /// 6: the chat went from one agent or team to another.
    Transferred {
        from: Option<AgentId>,
        from_team: Option<TeamId>,
        to_agent: Option<AgentId>,
        to_team: Option<TeamId>,
    },
    /// 7: the visitor went away.
    Abandoned,
    /// 8: those who wait were told something; from 1.
    WaitMessage { number: i32 },
    /// 9: the visitor rated the chat (`value_int`, `text`).
    Rated,
    /// 10: a ticket was logged for the chat (`ticket_id`).
    TicketLogged { ticket: i32 },
    /// 11: message `value_int` now reads as this entry does.
    Edited { message: MessageNumber },
    /// 12: message `value_int` was deleted.
    Deleted { message: MessageNumber },
    /// 13: the chat was opened again.
    Reopened { by: ParticipantNumber },
    /// 14: the visitor has proved to be a known user; 0: one who was erased since.
    Identified { user: UserId, name: String, email: String },
    /// 16: a queued chat was offered to an agent; staff only.
    Offered { agent: AgentId },
    /// 17: words for staff only.
    Note,
    /// 18: something that the chat's header says has changed, and nothing happened beside it.
    Described(Box<Description>),
    /// A code of another version or system; kept and given back.
    Other { code: i32 },
}

/// What a chat began with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    pub is_agent_chat: bool,
    pub teams_conversation_id: Option<String>,
    pub slack: Option<SlackPlace>,
    pub described: Description,
}

/// What a chat's header says beside its state and its people; none: as before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    pub name: Option<String>,
    pub page_url: Option<String>,
    pub language_id: Option<i32>,
    pub profile: Option<ProfileId>,
}

/// One numbered entry of a chat's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub number: MessageNumber,
    pub sender: ParticipantNumber,
    pub happening: Happening,
    pub is_staff_only: bool,
    pub html: SafeHtml,
    pub plain: String,
    /// False when sanitising removed something.
    pub is_safe: bool,
    pub at: DateTime<Utc>,
    /// The step that spoke, or the step that this answers.
    pub step: Option<StepId>,
    /// The profile whose flow spoke.
    pub profile: Option<ProfileId>,
    pub value: AnswerValue,
    /// The avatar that goes with it (`chat_image_type`); the numbers are the administrator's.
    pub image: i32,
    pub ask: Option<Ask>,
    /// What the bot found and shows with it.
    pub hits: Hits,
    pub warning: Option<String>,
    /// The agent who changed or deleted it last.
    pub edited_by: Option<AgentId>,
    /// Its words are gone; its place in the log stays.
    pub is_deleted: bool,
    /// Who the sender is, on the first entry that the log has of a person.
    pub introduces: Option<Box<Participant>>,
    /// Members of Halo's message that the server keeps and does not act on.
    pub extra: Option<Document>,
}

/// What a message said before somebody changed it. Only administrators read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerText {
    pub message: MessageNumber,
    pub html: SafeHtml,
    pub plain: String,
    /// When it was replaced, and by whom; an API client has no agent.
    pub replaced_at: DateTime<Utc>,
    pub agent: Option<AgentId>,
    pub agent_name: Option<String>,
}

/// An answer in whichever member its kind belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerValue {
    pub int: Option<i32>,
    pub bool: Option<bool>,
    pub date: Option<DateTime<Utc>>,
    pub multi: Option<String>,
}

impl Happening {
    /// The number on the wire (`system_id`).
    pub const fn code(&self) -> i32 {
        match self {
            Self::Said => 0,
            Self::Started(_) => 1,
            Self::Joined { .. } => 2,
            Self::Left { .. } => 3,
            Self::Closed { .. } => 4,
            Self::Queued { .. } => 5,
            Self::Transferred { .. } => 6,
            Self::Abandoned => 7,
            Self::WaitMessage { .. } => 8,
            Self::Rated => 9,
            Self::TicketLogged { .. } => 10,
            Self::Edited { .. } => 11,
            Self::Deleted { .. } => 12,
            Self::Reopened { .. } => 13,
            Self::Identified { .. } => 14,
            Self::Offered { .. } => 16,
            Self::Note => 17,
            Self::Described(_) => 18,
            Self::Other { code } => *code,
        }
    }

    /// Whether somebody wrote it and may change it, as opposed to what has happened.
    pub const fn can_be_edited(&self) -> bool {
        matches!(self, Self::Said | Self::Note | Self::Other { code: 15 | 19.. })
    }

    /// Visitors never see these, and so see gaps in the numbers.
    pub const fn is_staff_only(&self) -> bool {
        matches!(self, Self::Note | Self::Described(_) | Self::Offered { .. })
    }
}

impl Message {
    /// Whether this is who changed it last.
    pub fn was_edited_by(&self, who: &Participant) -> bool {
        self.edited_by.is_some() && self.edited_by == who.agent()
    }

    /// An entry with nothing but who, what, when and the words.
    pub fn new(
        number: MessageNumber,
        sender: ParticipantNumber,
        happening: Happening,
        html: SafeHtml,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            number,
            sender,
            is_staff_only: happening.is_staff_only(),
            happening,
            plain: html.to_plain(),
            html,
            is_safe: true,
            at,
            step: None,
            profile: None,
            value: AnswerValue::default(),
            image: 0,
            ask: None,
            hits: Hits::default(),
            warning: None,
            edited_by: None,
            is_deleted: false,
            introduces: None,
            extra: None,
        }
    }
}
