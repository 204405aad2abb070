//! What a step and a flow must have before they are saved.

use super::Build;
use crate::{
    domain::ids::StepId,
    flow::{
        model::{FlowSource, LinkSource, StepSource},
        program::StepKind,
    },
};

impl Build {
    pub(super) fn check(&mut self, id: StepId, source: &StepSource, kind: &StepKind) {
        let has = |outcome: i32| source.links.iter().any(|link| link.approval_result == outcome);
        let is_labelled =
            |link: &LinkSource| link.label.as_ref().is_some_and(|label| !label.trim().is_empty());
        let mut tell = |problem: String| self.step_problem(Some(id), source, problem);
        if kind.offers_options() && !source.links.iter().any(is_labelled) {
            tell("offers no options: none of its links has a label".to_owned());
        }
        let is_agent = matches!(kind, StepKind::VirtualAgent(_));
        let is_two_way = kind.is_two_way(!source.conditions.is_empty());
        for (outcome, name, is_needed) in [(1, "success", is_two_way || is_agent), (2, "failure", is_two_way)]
        {
            if is_needed && !source.is_end && !has(outcome) {
                tell(format!("has no {name} link"));
            }
        }
        // Some clients send 0 for no step.
        let asks_a_model = is_agent || matches!(kind, StepKind::AiDecision { .. });
        if let Some(to) = source.ai_failure_step.filter(|&to| asks_a_model && to != 0)
            && !self.places.contains_key(&StepId::new(to))
        {
            let problem = format!("goes to step {to} when the model fails, which does not exist");
            self.step_problem(Some(id), source, problem);
        }
    }

    pub(super) fn check_start(&mut self, source: &FlowSource) {
        let mut starts = source.steps.iter().filter(|step| step.is_start);
        if starts.next().is_none() && !source.steps.is_empty() {
            self.flow_problem("no step is marked as the start".to_owned());
        }
        for step in starts {
            let problem = "is marked as the start, as another step already is".to_owned();
            self.step_problem(step.step_id.map(StepId::new), step, problem);
        }
    }
}
