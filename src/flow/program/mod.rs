//! A flow made ready to run: links resolved, texts parsed, regular expressions compiled.

mod kind;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    condition::Condition,
    model::Suggestion,
    start::StartPage,
    template::{Html, Plain},
};
use crate::domain::ids::{FieldId, LinkId, StepId, TeamId};

pub use kind::{
    Assignment, FeedbackStep, HttpStep, LogTicketStep, ModelStep, PageDataStep, ProofQuestion, SearchStep,
    StepKind,
};

/// A flow that can be run. Every link leads to a step that exists.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    pub(super) greeting: Html,
    /// Where a chat begins; none when there are no steps at all.
    pub(super) start: Option<StepIndex>,
    pub(super) start_pages: Vec<StartPage>,
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
    /// `ai_failure_step`.
    pub when_model_fails: Option<StepIndex>,
}

#[derive(Clone, Debug)]
pub(super) struct Link {
    pub id: LinkId,
    pub to: StepIndex,
    pub label: Plain,
    pub way: Way,
    pub conditions: Vec<Condition>,
    /// Taken once so many minutes have passed without an answer.
    pub time_limit: Option<f64>,
}

/// `approval_result`: which way out of a two-way step a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
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

    /// Whether the step takes whatever is said to it, as a talk.
    pub fn talks_at(&self, id: StepId) -> bool {
        matches!(self.kind(id), Some(StepKind::VirtualAgent(_)))
    }

    /// Whether a visitor may begin at this step, or jump to it.
    pub fn allows_start_at(&self, id: StepId) -> bool {
        self.step(id).is_some_and(|step| step.allow_start_override)
    }

    /// Whether anything in the flow depends on who can be reached.
    pub fn asks_who_is_reachable(&self) -> bool {
        self.asks_who_is_reachable
    }

    /// The teams that the flow may hand over to; none: any team.
    pub fn teams(&self) -> Option<BTreeSet<TeamId>> {
        let mut teams = BTreeSet::new();
        for step in &self.steps {
            match &step.kind {
                StepKind::StartLiveChat { teams: named } if named.is_empty() => return None,
                StepKind::StartLiveChat { teams: named } => teams.extend(named),
                _ => {}
            }
        }
        (!teams.is_empty()).then_some(teams)
    }

    /// The fields that the flow asks for: what `Facts::fields` needs.
    pub fn field_ids(&self) -> impl Iterator<Item = FieldId> {
        self.steps.iter().flat_map(|step| step.kind.field_ids())
    }

    /// The minutes that a chat may wait at a step, and the link that is taken then.
    pub fn time_limit(&self, step: StepId) -> Option<(f64, LinkId)> {
        let link = self.step(step)?.timed_link()?;
        Some((link.time_limit?, link.id))
    }

    /// Where a chat begins that is opened on this page.
    pub(super) fn start_for(&self, page_url: &str) -> Option<StepIndex> {
        StartPage::best(&self.start_pages, page_url).or(self.start)
    }

    pub(super) fn step(&self, id: StepId) -> Option<&Step> {
        self.places.get(&id).map(|&place| &self.steps[place])
    }
}

impl Way {
    pub fn from_code(code: i32) -> Self {
        match code {
            0 => Self::Plain,
            1 => Self::Success,
            2 => Self::Failure,
            _ => Self::Unknown,
        }
    }
}
