//! Where a chat stands in its flow.

use super::outside::CallId;
use crate::domain::ids::StepId;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Position {
    #[default]
    NotStarted,
    /// A step waits for the visitor's first, or only, answer to it.
    Waiting { step: StepId },
    /// A verify-user step waits for the visitor.
    Verifying { step: StepId, proof: Proof },
    /// A feedback step has its rating and waits for the comment.
    Commenting { step: StepId },
    /// The walk stands still until the service has looked something up, in the same transaction:
    /// `Event::Found` goes on. Committing this position would leave the chat stuck.
    LookingUp { step: StepId, steps_taken: usize, check: Option<Check> },
    /// Another flow is to take over, in the same transaction: `Event::Entered` goes on there, or
    /// `Event::EntryFailed` here.
    Entering { step: StepId, steps_taken: usize },
    /// A call to another system is under way: `Event::CalledBack` goes on.
    Calling {
        step: StepId,
        call: CallId,
        steps_taken: usize,
        /// The visitor has said more since the call began; a virtual agent hears it next.
        has_more: bool,
    },
    /// People have the chat.
    HandedOver,
    /// The bot has said all it has to say.
    Finished,
}

/// How far a visitor has come in proving who they are. It says nothing of whether the person
/// exists: that is looked up again for every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Attempts begun, this one included.
    pub attempt: u32,
    /// Whom the visitor says they are; none while that is asked.
    pub email: Option<String>,
    /// The question that is open, counted from 0.
    pub question: usize,
    /// Whether every answer of this attempt was right so far.
    pub holds: bool,
}

/// An answer that is to be compared with the user's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub proof: Proof,
    pub answer: String,
}

impl Position {
    /// The step at which the visitor's answer is awaited; time limits run only there.
    pub fn waits_at(&self) -> Option<StepId> {
        match self {
            Self::Waiting { step } | Self::Verifying { step, .. } | Self::Commenting { step } => Some(*step),
            Self::NotStarted
            | Self::LookingUp { .. }
            | Self::Entering { .. }
            | Self::Calling { .. }
            | Self::HandedOver
            | Self::Finished => None,
        }
    }
}
