//! The ways out of a step.

use super::{Link, Step, StepIndex, StepKind, Way};
use crate::flow::condition::Condition;

impl Step {
    /// Whether what the step does depends on who can be reached.
    pub fn asks_who_is_reachable(&self) -> bool {
        let of_links = self.links.iter().flat_map(|link| &link.conditions);
        matches!(self.kind, StepKind::StartLiveChat { .. })
            || self.conditions.iter().chain(of_links).any(Condition::asks_who_is_reachable)
    }

    /// The first link with no condition, no outcome and no time limit.
    pub fn default_link(&self) -> Option<&Link> {
        self.links
            .iter()
            .find(|link| link.way == Way::Plain && link.conditions.is_empty() && link.time_limit.is_none())
    }

    pub fn link_for(&self, way: Way) -> Option<&Link> {
        self.links.iter().find(|link| link.way == way)
    }

    /// The link whose time limit passes first.
    pub fn timed_link(&self) -> Option<&Link> {
        let timed = self.links.iter().filter_map(|link| Some((link.time_limit?, link)));
        timed.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, link)| link)
    }

    pub fn default_way(&self) -> Option<StepIndex> {
        self.default_link().map(|link| link.to)
    }

    /// Behind a success; the default link stands in for a missing one.
    pub fn success(&self) -> Option<StepIndex> {
        self.link_for(Way::Success).or_else(|| self.default_link()).map(|link| link.to)
    }

    /// Behind a failure; the default link stands in for a missing one.
    pub fn failure(&self) -> Option<StepIndex> {
        self.link_for(Way::Failure).or_else(|| self.default_link()).map(|link| link.to)
    }

    /// Behind a model that fails.
    pub fn model_failure(&self) -> Option<StepIndex> {
        self.when_model_fails.or_else(|| self.failure())
    }

    pub fn option_links(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.options.iter().map(|&place| &self.links[place])
    }

    /// The steps that may follow without a word of the visitor.
    pub fn runs_on_to(&self) -> Vec<StepIndex> {
        let both = || self.success().into_iter().chain(self.failure());
        match &self.kind {
            StepKind::End => Vec::new(),
            // Nobody can be reached: that leads on even where the bot part ends.
            StepKind::StartLiveChat { .. } => {
                self.link_for(Way::Failure).map(|link| link.to).into_iter().collect()
            }
            _ if self.is_end => Vec::new(),
            StepKind::Choice | StepKind::Question { .. } | StepKind::Feedback(_) => Vec::new(),
            StepKind::PageData(step) if !step.keys.is_empty() => Vec::new(),
            StepKind::VirtualAgent(_) if !self.message.is_empty() => Vec::new(),
            // A visitor who is signed in already proves nothing.
            StepKind::VerifyUser { questions } if !questions.is_empty() => {
                self.success().into_iter().collect()
            }
            StepKind::Condition if self.conditions.is_empty() => {
                let judged = self.links.iter().filter(|link| !link.conditions.is_empty());
                judged.map(|link| link.to).chain(self.default_way()).collect()
            }
            StepKind::Condition
            | StepKind::VerifyUser { .. }
            | StepKind::KnowledgeSearch(_)
            | StepKind::ServiceSearch(_)
            | StepKind::LogTicket(_)
            | StepKind::HttpCall(_) => both().collect(),
            StepKind::VirtualAgent(_) => self.success().into_iter().chain(self.model_failure()).collect(),
            StepKind::AiDecision(_) => {
                let picked = self.option_links().map(|link| link.to);
                picked.chain(self.model_failure()).collect()
            }
            StepKind::GoToFlow { .. } => self.failure().into_iter().collect(),
            StepKind::Message
            | StepKind::PageData(_)
            | StepKind::SetValues { .. }
            | StepKind::Unsupported { .. } => self.default_way().into_iter().collect(),
        }
    }
}
