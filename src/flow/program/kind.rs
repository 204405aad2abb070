//! What a step does, with what it needs for that.

use crate::{
    domain::{
        ids::{FieldId, ProfileId, TeamId},
        question::StorageKey,
    },
    flow::{
        model::TicketSource,
        request::RequestTemplate,
        template::{Html, Plain},
    },
};

/// One variant for each of Halo's `steptype` codes as we number them.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// 0: says its messages.
    Message,
    /// 1: shows its links as buttons.
    Choice,
    /// 2: asks for a field.
    Question { field: Option<FieldId> },
    /// 3: judges conditions.
    Condition,
    /// 4: asks what only one user should know.
    VerifyUser { questions: Vec<ProofQuestion> },
    /// 5: shows articles.
    KnowledgeSearch(SearchStep),
    /// 6: shows services of the catalogue.
    ServiceSearch(SearchStep),
    /// 7: logs a ticket.
    LogTicket(LogTicketStep),
    /// 8: queues the chat for people.
    StartLiveChat { teams: Vec<TeamId> },
    /// 9: leaves the talking to a model.
    VirtualAgent(ModelStep),
    /// 10: leaves the choice of a link to a model.
    AiDecision(ModelStep),
    /// 11: calls another system.
    HttpCall(HttpStep),
    /// 12: continues in another profile's flow.
    GoToFlow { profile: Option<ProfileId> },
    /// 13: asks for a rating.
    Feedback(FeedbackStep),
    /// 14: asks the widget for what its page has stored.
    PageData(PageDataStep),
    /// 15: sets variables.
    SetValues { assignments: Vec<Assignment> },
    /// 16: closes the chat.
    End,
    /// A code that we do not know runs as a message.
    Unsupported { code: i32 },
}

/// A question whose right answer is in a field of the user's record.
#[derive(Clone, Debug)]
pub struct ProofQuestion {
    pub(in crate::flow) words: Html,
    /// Without one no answer is right.
    pub(in crate::flow) field: Option<FieldId>,
}

#[derive(Clone, Debug)]
pub struct SearchStep {
    /// The last answer, unless the step says otherwise.
    pub(in crate::flow) query: Plain,
}

#[derive(Clone, Debug)]
pub struct LogTicketStep {
    pub(in crate::flow) ticket: TicketSource,
    pub(in crate::flow) summary: Plain,
}

#[derive(Clone, Debug)]
pub struct ModelStep {
    pub(in crate::flow) agent: Option<String>,
    pub(in crate::flow) model: Option<String>,
    pub(in crate::flow) instructions: Plain,
}

#[derive(Clone, Debug)]
pub struct HttpStep {
    /// A request that cannot be made fails.
    pub(in crate::flow) request: Option<RequestTemplate>,
    /// (variable, JSON pointer into the answer).
    pub(in crate::flow) wanted: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct FeedbackStep {
    pub(in crate::flow) asks_for_comment: bool,
    pub(in crate::flow) before_comment: Html,
    pub(in crate::flow) after: Html,
}

#[derive(Clone, Debug)]
pub struct PageDataStep {
    pub(in crate::flow) keys: Vec<StorageKey>,
}

/// A variable and the template of its value.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub(in crate::flow) name: String,
    pub(in crate::flow) value: Plain,
}

impl StepKind {
    /// Whether both a success and a failure link must leave the step.
    pub fn is_two_way(&self, has_conditions: bool) -> bool {
        match self {
            Self::Condition => has_conditions,
            Self::VerifyUser { .. }
            | Self::KnowledgeSearch(_)
            | Self::ServiceSearch(_)
            | Self::LogTicket(_)
            | Self::HttpCall(_) => true,
            Self::Message
            | Self::Choice
            | Self::Question { .. }
            | Self::StartLiveChat { .. }
            | Self::VirtualAgent(_)
            | Self::AiDecision(_)
            | Self::GoToFlow { .. }
            | Self::Feedback(_)
            | Self::PageData(_)
            | Self::SetValues { .. }
            | Self::End
            | Self::Unsupported { .. } => false,
        }
    }

    /// Whether the step offers its labelled links, to the visitor or to a model.
    pub fn offers_options(&self) -> bool {
        matches!(self, Self::Choice | Self::AiDecision(_))
    }

    /// The fields whose answers the step takes.
    pub fn field_ids(&self) -> Vec<FieldId> {
        match self {
            Self::Question { field } => field.iter().copied().collect(),
            Self::VerifyUser { questions } => {
                questions.iter().filter_map(|question| question.field).collect()
            }
            _ => Vec::new(),
        }
    }
}
