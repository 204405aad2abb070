//! From steps as stored to a `Flow`, with everything that is wrong named on the way.

mod check;
mod kind;

use std::collections::BTreeMap;

use super::{
    circles::circles,
    condition::Condition,
    link_ids::{IdOrigin, link_ids},
    model::{CriterionSource, FlowSource, LinkSource, Problem, StartMapping, StepSource},
    program::{Flow, Link, QuickReply, Step, StepIndex, StepKind, Way},
    start::StartPage,
    template::{Html, Plain},
};
use crate::domain::ids::{LinkId, StepId};

/// Compiles a flow that is to be saved: it is whole, or every problem is told.
pub fn compile(source: &FlowSource) -> Result<Flow, Vec<Problem>> {
    let mut build = Build::default();
    let flow = build.flow(source);
    build.check_start(source);
    build.problems.extend(circles(&flow));
    if build.problems.is_empty() { Ok(flow) } else { Err(build.problems) }
}

/// Compiles a flow that is to be run, and mends what it can: links to nowhere are dropped, steps
/// and links without a number of their own get one, the first step is the start when none is.
pub fn load(source: &FlowSource) -> Flow {
    Build::default().flow(source)
}

#[derive(Default)]
struct Build {
    places: BTreeMap<StepId, StepIndex>,
    problems: Vec<Problem>,
}

impl Build {
    fn flow(&mut self, source: &FlowSource) -> Flow {
        let kept = self.number_steps(source);
        let link_ids = link_ids(source);
        let steps: Vec<Step> =
            kept.iter().map(|&(place, id)| self.step(id, &source.steps[place], &link_ids[place])).collect();
        let start = kept.iter().position(|&(place, _)| source.steps[place].is_start);
        Flow {
            asks_who_is_reachable: steps.iter().any(Step::asks_who_is_reachable),
            greeting: html(source.greeting.as_ref()),
            start_pages: self.start_pages(source),
            start: start.or((!steps.is_empty()).then_some(0)),
            steps,
            places: std::mem::take(&mut self.places),
        }
    }

    /// Gives every step a number of its own; the first of two with the same number keeps it.
    fn number_steps(&mut self, source: &FlowSource) -> Vec<(usize, StepId)> {
        let mut kept: Vec<(usize, StepId)> = Vec::with_capacity(source.steps.len());
        let highest = source.steps.iter().filter_map(|step| step.step_id).max().unwrap_or(0);
        let mut next = highest;
        for (place, step) in source.steps.iter().enumerate() {
            let id = StepId::new(step.step_id.unwrap_or_else(|| {
                self.step_problem(None, step, "has no number".to_owned());
                next = next.wrapping_add(1);
                next
            }));
            if self.places.contains_key(&id) {
                self.step_problem(Some(id), step, "has the number of another step".to_owned());
                continue;
            }
            self.places.insert(id, kept.len());
            kept.push((place, id));
        }
        kept
    }

    /// A mapping without an address or a step is kept in the profile and changes nothing: its pages
    /// start where all others do.
    fn start_pages(&self, source: &FlowSource) -> Vec<StartPage> {
        let page = |mapping: &StartMapping| {
            let step = mapping.step.and_then(|step| self.places.get(&StepId::new(step)))?;
            let url = mapping.url.trim();
            (!url.is_empty()).then(|| StartPage::new(url, *step))
        };
        source.start_mappings.iter().filter_map(page).collect()
    }

    fn step(&mut self, id: StepId, source: &StepSource, link_ids: &[(LinkId, IdOrigin)]) -> Step {
        let conditions = self.conditions(id, source, None, &source.conditions);
        // Sorting keeps the stored order among equals.
        let mut numbered: Vec<_> = source.links.iter().zip(link_ids).collect();
        numbered.sort_by_key(|(link, _)| link.seq);
        let mut links = Vec::with_capacity(numbered.len());
        let mut options = Vec::new();
        for (link, &(link_id, origin)) in numbered {
            if origin == IdOrigin::Repeated {
                let problem = format!("has the id of another link ({})", link.id.unwrap_or_default());
                self.link_problem(id, source, link_id, link, &problem);
            }
            if let Some(compiled) = self.link(id, source, link_id, link) {
                if !compiled.label.is_empty() {
                    options.push((link.selection_order, links.len()));
                }
                links.push(compiled);
            }
        }
        options.sort_by_key(|&(order, _)| order);
        let mut kind = self.kind(id, source);
        self.check(id, source, &kind);
        if matches!(kind, StepKind::Choice) && options.is_empty() {
            // A choice of nothing would hold the visitor for ever.
            kind = StepKind::Message;
        }
        Step {
            id,
            name: source.name.clone().unwrap_or_default(),
            kind,
            is_end: source.is_end,
            allow_start_override: source.allow_start_override,
            message: html(source.message.as_ref()),
            message2: html(source.message2.as_ref()),
            message3: html(source.message3.as_ref()),
            image: source.image,
            conditions,
            links,
            options: options.into_iter().map(|(_, place)| place).collect(),
            suggestions: source.suggestions.iter().map(QuickReply::from).collect(),
            when_model_fails: source
                .ai_failure_step
                .and_then(|to| self.places.get(&StepId::new(to)).copied()),
        }
    }

    /// None for a link that leads nowhere.
    fn link(&mut self, step: StepId, source: &StepSource, id: LinkId, link: &LinkSource) -> Option<Link> {
        let conditions = self.conditions(step, source, Some((id, link)), &link.conditions);
        let Some(&to) = link.end_step.and_then(|end| self.places.get(&StepId::new(end))) else {
            let problem = link.end_step.map_or_else(
                || "leads nowhere".to_owned(),
                |end| format!("leads to step {end}, which does not exist"),
            );
            self.link_problem(step, source, id, link, &problem);
            return None;
        };
        // A link with conditions is taken when they hold, not when time has passed.
        let time_limit = time_limit(link).filter(|_| conditions.is_empty());
        Some(Link {
            id,
            to,
            label: Plain::parse(link.label.as_deref().unwrap_or_default().trim()),
            way: Way::from_code(link.approval_result),
            time_limit,
            conditions,
        })
    }

    fn conditions(
        &mut self,
        step: StepId,
        source: &StepSource,
        link: Option<(LinkId, &LinkSource)>,
        criteria: &[CriterionSource],
    ) -> Vec<Condition> {
        let mut conditions = Vec::with_capacity(criteria.len());
        for criterion in criteria {
            let (condition, problem) = Condition::compile(criterion);
            match (problem, link) {
                (Some(problem), Some((id, link))) => {
                    self.link_problem(step, source, id, link, &format!("is wrong: {problem}"));
                }
                (Some(problem), None) => self.step_problem(Some(step), source, problem),
                (None, _) => {}
            }
            conditions.push(condition);
        }
        conditions
    }

    fn flow_problem(&mut self, problem: String) {
        self.problems.push(Problem::of_flow(problem));
    }

    fn step_problem(&mut self, step: Option<StepId>, source: &StepSource, problem: String) {
        let step_name = source.name.clone().unwrap_or_default();
        self.problems.push(Problem { step, step_name, link: None, problem });
    }

    fn link_problem(
        &mut self,
        step: StepId,
        source: &StepSource,
        id: LinkId,
        link: &LinkSource,
        problem: &str,
    ) {
        self.problems.push(Problem {
            step: Some(step),
            step_name: source.name.clone().unwrap_or_default(),
            link: Some(id),
            problem: match link.label.as_deref().map(str::trim).filter(|label| !label.is_empty()) {
                Some(label) => format!("the link {label:?} {problem}"),
                None => format!("the link {id} {problem}"),
            },
        });
    }
}

/// Some clients send 0 for no limit.
fn time_limit(link: &LinkSource) -> Option<f64> {
    link.time_limit_mins.filter(|minutes| minutes.is_finite() && *minutes > 0.0)
}

fn html(source: Option<&String>) -> Html {
    source.map(|source| Html::parse(source)).unwrap_or_default()
}
