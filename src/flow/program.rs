//! A flow made ready to run: links resolved, texts parsed, regular expressions compiled.

use std::collections::BTreeMap;

use super::{
    condition::Condition,
    model::Suggestion,
    template::{Html, Plain},
};
use crate::domain::ids::{FieldId, LinkId, ProfileId, StepId, TeamId};

/// A flow that can be run. Every link leads to a step that exists.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    pub(super) greeting: Html,
    /// Where a chat begins; none when there are no steps at all.
    pub(super) start: Option<StepIndex>,
    pub(super) steps: Vec<Step>,
    pub(super) places: BTreeMap<StepId, StepIndex>,
    pub(super) asks_who_is_reachable: bool,
}

/// A place in `Flow::steps`, valid in the flow that it came from.
pub(super) type StepIndex = usize;

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub id: StepId,
    pub name: String,
    pub kind: StepKind,
    pub is_end: bool,
    pub allow_start_override: bool,
    pub message: Html,
    pub message2: Html,
    pub message3: Html,
    pub image: i32,
    pub conditions: Vec<Condition>,
    /// In the order in which they are tried.
    pub links: Vec<Link>,
    /// The labelled links, in the order in which they are shown.
    pub options: Vec<usize>,
    pub suggestions: Vec<QuickReply>,
}

/// What a step does; one variant for each of Halo's `steptype` codes as we number them.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// 0: says its messages.
    Message,
    /// 1: shows its links as buttons.
    Choice,
    /// 2: asks for a field.
    Question {
        field: Option<FieldId>,
    },
    /// 3: judges conditions.
    Condition,
    /// 4 to 7 and 9 to 14 are kept and run as messages until they are built.
    VerifyUser,
    KnowledgeSearch,
    ServiceSearch,
    LogTicket,
    /// 8: queues the chat for people.
    StartLiveChat {
        teams: Vec<TeamId>,
    },
    VirtualAgent,
    AiDecision,
    HttpCall,
    GoToFlow {
        profile: Option<ProfileId>,
    },
    Feedback,
    PageData,
    /// 15: sets variables.
    SetValues {
        assignments: Vec<Assignment>,
    },
    /// 16: closes the chat.
    End,
    /// A code that we do not know runs as a message.
    Unsupported {
        code: i32,
    },
}

/// A variable and the template of its value.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub(super) name: String,
    pub(super) value: Plain,
}

#[derive(Clone, Debug)]
pub(super) struct Link {
    pub id: LinkId,
    pub to: StepIndex,
    pub label: Plain,
    pub outcome: Outcome,
    pub conditions: Vec<Condition>,
}

/// `approval_result`: which way out of a two-way step a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Plain,
    Success,
    Failure,
    /// A code that we do not know leads out of no step.
    Unknown,
}

#[derive(Clone, Debug)]
pub(super) struct QuickReply {
    pub source: Suggestion,
    pub label: Plain,
    pub message: Plain,
}

impl Flow {
    pub fn has_step(&self, id: StepId) -> bool {
        self.places.contains_key(&id)
    }

    pub fn step_name(&self, id: StepId) -> Option<&str> {
        self.step(id).map(|step| step.name.as_str())
    }

    /// What a step does.
    pub fn kind(&self, id: StepId) -> Option<&StepKind> {
        self.step(id).map(|step| &step.kind)
    }

    /// Whether a visitor may begin at this step, or jump to it.
    pub fn allows_start_at(&self, id: StepId) -> bool {
        self.step(id).is_some_and(|step| step.allow_start_override)
    }

    /// Whether anything in the flow depends on who can be reached.
    pub fn asks_who_is_reachable(&self) -> bool {
        self.asks_who_is_reachable
    }

    /// The fields that the flow asks for: what `Facts::fields` needs.
    pub fn field_ids(&self) -> impl Iterator<Item = FieldId> {
        self.steps.iter().filter_map(|step| match step.kind {
            StepKind::Question { field } => field,
            _ => None,
        })
    }

    pub(super) fn step(&self, id: StepId) -> Option<&Step> {
        self.places.get(&id).map(|&place| &self.steps[place])
    }
}

impl Step {
    /// Whether what the step does depends on who can be reached.
    pub fn asks_who_is_reachable(&self) -> bool {
        let of_links = self.links.iter().flat_map(|link| &link.conditions);
        matches!(self.kind, StepKind::StartLiveChat { .. })
            || self.conditions.iter().chain(of_links).any(Condition::asks_who_is_reachable)
    }

    /// The first link with no condition and no outcome.
    pub fn default_link(&self) -> Option<&Link> {
        self.links.iter().find(|link| link.outcome == Outcome::Plain && link.conditions.is_empty())
    }

    pub fn link_for(&self, outcome: Outcome) -> Option<&Link> {
        self.links.iter().find(|link| link.outcome == outcome)
    }

    /// The steps that may follow at once, without the visitor.
    pub fn runs_on_to(&self) -> Vec<StepIndex> {
        let default = || self.default_link().into_iter();
        let outcome = |outcome| self.link_for(outcome).into_iter();
        let links: Vec<&Link> = match &self.kind {
            kind if kind.waits() => Vec::new(),
            StepKind::End => Vec::new(),
            StepKind::StartLiveChat { .. } => outcome(Outcome::Failure).collect(),
            _ if self.is_end => Vec::new(),
            StepKind::Condition if self.conditions.is_empty() => {
                let judged = self.links.iter().filter(|link| !link.conditions.is_empty());
                judged.chain(default()).collect()
            }
            StepKind::Condition => outcome(Outcome::Success).chain(outcome(Outcome::Failure)).collect(),
            _ => default().collect(),
        };
        links.into_iter().map(|link| link.to).collect()
    }

    pub fn option_links(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.options.iter().map(|&place| &self.links[place])
    }
}

impl StepKind {
    /// Whether both a success and a failure link must leave the step.
    pub fn is_two_way(&self, has_conditions: bool) -> bool {
        matches!(self, Self::Condition) && has_conditions
    }

    /// Whether the walk stops here for the visitor's answer.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Choice | Self::Question { .. })
    }
}

impl Outcome {
    pub fn from_code(code: i32) -> Self {
        match code {
            0 => Self::Plain,
            1 => Self::Success,
            2 => Self::Failure,
            _ => Self::Unknown,
        }
    }
}
