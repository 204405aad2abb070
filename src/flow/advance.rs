//! One event in; the new position and the effects out.

use super::{
    ask,
    condition::all_hold,
    model::{Advance, Answer, Ask, Effect, Event, Facts, Position, Reception, Saying},
    program::{Flow, Link, Outcome, Step, StepIndex, StepKind},
    scope::Scope,
    template::Html,
};
use crate::domain::{ids::StepId, text::SafeHtml};

/// Steps that one event may run, so that no flow keeps a chat's lock for ever.
pub const STEPS_PER_EVENT_MAX: usize = 50;

/// Moves a chat through its flow. Every position has an answer to every event.
pub fn advance(flow: &Flow, position: &Position, event: &Event, facts: &Facts) -> Advance {
    match (position, event) {
        (Position::NotStarted, Event::Opened { at }) => open(flow, *at, facts),
        (Position::Waiting { step }, Event::Answered(answer)) => answered(flow, *step, answer, facts),
        (
            Position::NotStarted | Position::Waiting { .. } | Position::HandedOver | Position::Finished,
            Event::Jumped { to },
        ) => match flow.places.get(to) {
            Some(&place) => Walk::new(flow, facts).run(place),
            None => Advance::stay(position),
        },
        // A client that opens twice moves nothing.
        (Position::Waiting { .. } | Position::HandedOver | Position::Finished, Event::Opened { .. }) => {
            Advance::stay(position)
        }
        // The flow asks nothing here; words that answer a step come too late.
        (Position::NotStarted | Position::HandedOver | Position::Finished, Event::Answered(answer)) => {
            match answer.step {
                Some(_) => Advance { reception: Reception::Stale, ..Advance::stay(position) },
                None => Advance::stay(position),
            }
        }
    }
}

impl Advance {
    /// Nothing moves and nothing is said.
    pub fn stay(position: &Position) -> Self {
        Self { position: position.clone(), reception: Reception::NotAsked, effects: Vec::new() }
    }
}

fn open(flow: &Flow, at: Option<StepId>, facts: &Facts) -> Advance {
    let mut walk = Walk::new(flow, facts);
    walk.say(None, &flow.greeting);
    let named = at.filter(|&at| flow.allows_start_at(at));
    let start = named.and_then(|at| flow.places.get(&at).copied()).or(flow.start);
    if let Some(place) = start {
        return walk.run(place);
    }
    // A profile without a bot leads straight to people.
    walk.effects.push(Effect::HandOver { teams: Vec::new() });
    walk.end(Position::HandedOver)
}

fn answered(flow: &Flow, waiting: StepId, answer: &Answer, facts: &Facts) -> Advance {
    let position = Position::Waiting { step: waiting };
    if answer.step.is_some_and(|step| step != waiting) {
        return Advance { reception: Reception::Stale, ..Advance::stay(&position) };
    }
    // Only another flow than the chat's own can lack the step; then people must help.
    let Some(&place) = flow.places.get(&waiting) else { return Advance::stay(&position) };
    let step = &flow.steps[place];
    let mut walk = Walk::new(flow, facts);
    walk.spoke_at = Some(waiting);
    let Some(judged) = ask::judge(step, answer, facts, &walk.scope) else {
        // An endless walk stopped here: the step asked nothing, so it has its turn again.
        return walk.run(place);
    };
    match judged {
        Ok(taken) => {
            for name in taken.variables {
                walk.set(name, &taken.normal);
            }
            walk.reception = Reception::Accepted { step: waiting, value: taken.value };
            match leave(step, taken.link) {
                Onward::To(place) => walk.run(place),
                Onward::Stop(position) => walk.end(position),
            }
        }
        Err(reason) => {
            walk.reception = Reception::Refused { step: waiting };
            let html = step.message2.fill(&walk.scope);
            let html = if html.is_empty() { SafeHtml::escape(&reason) } else { html };
            let ask = ask::ask(step, facts, &walk.scope);
            walk.say_html(Some(step), html, ask);
            walk.end(position)
        }
    }
}

/// One event's way through the steps, and what it has come to so far.
struct Walk<'a> {
    flow: &'a Flow,
    facts: &'a Facts,
    scope: Scope<'a>,
    reception: Reception,
    effects: Vec<Effect>,
    /// The step that the visitor has heard last.
    spoke_at: Option<StepId>,
}

enum Onward {
    To(StepIndex),
    Stop(Position),
}

impl<'a> Walk<'a> {
    fn new(flow: &'a Flow, facts: &'a Facts) -> Self {
        Self {
            flow,
            facts,
            scope: Scope::new(facts),
            reception: Reception::NotAsked,
            effects: Vec::new(),
            spoke_at: None,
        }
    }

    fn end(self, position: Position) -> Advance {
        Advance { position, reception: self.reception, effects: self.effects }
    }

    fn run(mut self, from: StepIndex) -> Advance {
        let flow = self.flow;
        let mut place = from;
        for _ in 0..STEPS_PER_EVENT_MAX {
            match self.step(&flow.steps[place]) {
                Onward::To(next) => place = next,
                Onward::Stop(position) => return self.end(position),
            }
        }
        let at = self.spoke_at.unwrap_or(flow.steps[from].id);
        self.effects.push(Effect::ReportEndless { at });
        self.end(Position::Waiting { step: at })
    }

    fn step(&mut self, step: &Step) -> Onward {
        match &step.kind {
            StepKind::Choice | StepKind::Question { .. } => self.ask(step),
            StepKind::Condition => leave(step, self.judged(step)),
            StepKind::StartLiveChat { teams } => {
                let reachable = &self.facts.reachable_teams;
                let is_reachable = match teams.as_slice() {
                    [] => !reachable.is_empty(),
                    teams => teams.iter().any(|team| reachable.contains(team)),
                };
                let way_out = step.link_for(Outcome::Failure).filter(|_| !is_reachable);
                // A chat that is queued all the same is told so, in the only words there are.
                let has_words_for_it = is_reachable || (step.message2.is_empty() && way_out.is_none());
                self.say(Some(step), if has_words_for_it { &step.message } else { &step.message2 });
                if let Some(link) = way_out {
                    return Onward::To(link.to);
                }
                self.effects.push(Effect::HandOver { teams: teams.clone() });
                Onward::Stop(Position::HandedOver)
            }
            StepKind::SetValues { assignments } => {
                for assignment in assignments {
                    let value = assignment.value.fill(&self.scope);
                    self.set(&assignment.name, &value);
                }
                leave(step, step.default_link())
            }
            StepKind::End => {
                self.say(Some(step), &step.message);
                self.effects.push(Effect::Close);
                Onward::Stop(Position::Finished)
            }
            StepKind::Message
            | StepKind::VerifyUser
            | StepKind::KnowledgeSearch
            | StepKind::ServiceSearch
            | StepKind::LogTicket
            | StepKind::VirtualAgent
            | StepKind::AiDecision
            | StepKind::HttpCall
            | StepKind::GoToFlow { .. }
            | StepKind::Feedback
            | StepKind::PageData
            | StepKind::Unsupported { .. } => {
                for message in [&step.message, &step.message2, &step.message3] {
                    self.say(Some(step), message);
                }
                leave(step, step.default_link())
            }
        }
    }

    fn ask(&mut self, step: &Step) -> Onward {
        let ask = ask::ask(step, self.facts, &self.scope);
        let mut html = step.message.fill(&self.scope);
        if html.is_empty() {
            html = SafeHtml::escape(ask::label(step, self.facts));
        }
        self.say_html(Some(step), html, ask);
        Onward::Stop(Position::Waiting { step: step.id })
    }

    /// The link that a condition step leaves by.
    fn judged<'s>(&self, step: &'s Step) -> Option<&'s Link> {
        let link = if step.conditions.is_empty() {
            step.links
                .iter()
                .find(|link| !link.conditions.is_empty() && all_hold(&link.conditions, &self.scope))
        } else if all_hold(&step.conditions, &self.scope) {
            step.link_for(Outcome::Success)
        } else {
            step.link_for(Outcome::Failure)
        };
        link.or_else(|| step.default_link())
    }

    fn set(&mut self, name: &str, value: &str) {
        let name = self.scope.set(name, value);
        self.effects.push(Effect::SetVariable { name, value: value.to_owned() });
    }

    fn say(&mut self, step: Option<&Step>, message: &Html) {
        if !message.is_empty() {
            self.say_html(step, message.fill(&self.scope), None);
        }
    }

    fn say_html(&mut self, step: Option<&Step>, html: SafeHtml, ask: Option<Ask>) {
        // A message of nothing but an unknown variable says nothing.
        if html.is_empty() && ask.is_none() {
            return;
        }
        self.spoke_at = step.map(|step| step.id).or(self.spoke_at);
        self.effects.push(Effect::Say(Saying {
            step: step.map(|step| step.id),
            html,
            image: step.map_or(0, |step| step.image),
            ask,
        }));
    }
}

fn leave(step: &Step, link: Option<&Link>) -> Onward {
    match link {
        Some(link) if !step.is_end => Onward::To(link.to),
        _ => Onward::Stop(Position::Finished),
    }
}
