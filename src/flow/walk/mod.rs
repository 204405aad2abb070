//! One event's way through the steps, and what it has come to so far.

mod answer;
mod call;
mod feedback;
mod look_up;
mod step;
mod verify;

use super::{
    model::{Advance, Ask, Effect, Facts, Position, Reception, Saying, Value},
    program::{Flow, Step, StepIndex},
    scope::Scope,
    template::Html,
};
use crate::domain::{ids::StepId, text::SafeHtml};

/// Steps that one act of the visitor may run, answers from outside included, so that no flow
/// keeps a chat's lock for ever.
pub const STEPS_PER_ACT_MAX: usize = 50;

/// Characters of a variable's value; the rest is cut.
const VALUE_CHARACTERS_MAX: usize = 10_000;

pub(super) struct Walk<'a> {
    flow: &'a Flow,
    facts: &'a Facts,
    scope: Scope<'a>,
    reception: Reception,
    pub effects: Vec<Effect>,
    /// The step that the visitor has heard last.
    pub spoke_at: Option<StepId>,
    steps_taken: usize,
}

pub(super) enum Onward {
    To(StepIndex),
    Stop(Position),
}

impl<'a> Walk<'a> {
    pub fn new(flow: &'a Flow, facts: &'a Facts) -> Self {
        Self {
            flow,
            facts,
            scope: Scope::new(facts),
            reception: Reception::NotAsked,
            effects: Vec::new(),
            spoke_at: None,
            steps_taken: 0,
        }
    }

    /// A walk that goes on after so many steps.
    pub fn after(self, steps_taken: usize) -> Self {
        Self { steps_taken, ..self }
    }

    pub fn end(self, position: Position) -> Advance {
        Advance { position, reception: self.reception, effects: self.effects, steps_taken: self.steps_taken }
    }

    pub fn go(self, onward: Onward) -> Advance {
        match onward {
            Onward::To(place) => self.run(place),
            Onward::Stop(position) => self.end(position),
        }
    }

    pub fn run(mut self, from: StepIndex) -> Advance {
        let flow = self.flow;
        let mut place = from;
        while self.steps_taken < STEPS_PER_ACT_MAX {
            self.steps_taken += 1;
            match self.step(&flow.steps[place]) {
                Onward::To(next) => place = next,
                Onward::Stop(position) => return self.end(position),
            }
        }
        let at = self.spoke_at.unwrap_or(flow.steps[from].id);
        self.effects.push(Effect::ReportEndless { at });
        self.end(Position::Waiting { step: at })
    }

    fn accept(&mut self, step: &Step, value: Value) {
        self.reception = Reception::Accepted { step: step.id, value };
    }

    /// Says what is wrong with an answer and asks again, where the chat stands.
    fn refuse(&mut self, step: &Step, position: Position, reason: SafeHtml, ask: Option<Ask>) -> Onward {
        self.reception = Reception::Refused { step: step.id };
        self.say_html(Some(step), reason, ask);
        Onward::Stop(position)
    }

    /// Keeps a value. However it came about, it is text that can be stored, and no longer than the
    /// limit: a template that holds its own variable would double it with every answer.
    fn set(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|one| *one != '\0').take(VALUE_CHARACTERS_MAX).collect();
        let name = self.scope.set(name, &value);
        self.effects.push(Effect::SetVariable { name, value });
    }

    pub fn say(&mut self, step: Option<&Step>, message: &Html) {
        if !message.is_empty() {
            self.say_html(step, message.fill(&self.scope), None);
        }
    }

    fn say_html(&mut self, step: Option<&Step>, html: SafeHtml, ask: Option<Ask>) {
        self.utter(step, Saying { html, ask, ..Saying::default() });
    }

    fn utter(&mut self, step: Option<&Step>, saying: Saying) {
        // A message of nothing but an unknown variable says nothing.
        if saying.html.is_empty() && saying.ask.is_none() && saying.hits.is_empty() {
            return;
        }
        self.spoke_at = step.map(|step| step.id).or(self.spoke_at);
        let image = step.map_or(0, |step| step.image);
        self.effects.push(Effect::Say(Saying { step: step.map(|step| step.id), image, ..saying }));
    }

    /// The message with its variables, or else the words that stand in for it.
    fn words(&self, message: &Html, otherwise: &str) -> SafeHtml {
        let html = message.fill(&self.scope);
        if html.is_empty() { SafeHtml::escape(otherwise) } else { html }
    }
}

/// On to the next step, unless this one ends the bot's part.
pub(super) fn leave(step: &Step, next: Option<StepIndex>) -> Onward {
    match next {
        Some(place) if !step.is_end => Onward::To(place),
        _ => Onward::Stop(Position::Finished),
    }
}
