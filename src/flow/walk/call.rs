//! Calls that leave the process: HTTP, a model's decision, a virtual agent.

use super::{Onward, Walk, leave};
use crate::{
    domain::text::SafeHtml,
    flow::{
        ask,
        input::words,
        model::{Answer, CallOut, Effect, Outcome, Position, Reception, Value},
        program::{HttpStep, Link, ModelStep, Step, StepKind},
    },
};

impl Walk<'_> {
    pub(super) fn call_out(&mut self, step: &Step) -> Onward {
        let has_words = !step.message.is_empty();
        match &step.kind {
            // An agent that introduces itself lets the visitor speak first.
            StepKind::VirtualAgent(_) if has_words => {
                let ask = ask::ask(step, self.facts, &self.scope);
                let html = step.message.fill(&self.scope);
                self.say_html(Some(step), html, ask);
                Onward::Stop(Position::Waiting { step: step.id })
            }
            StepKind::VirtualAgent(agent) => self.converse(step, agent),
            StepKind::AiDecision(model) => {
                self.say(Some(step), &step.message);
                self.decide(step, model)
            }
            StepKind::HttpCall(http) => {
                self.say(Some(step), &step.message);
                self.fetch(step, http)
            }
            _ => leave(step, step.default_way()),
        }
    }

    /// What came back from the call that the step made.
    pub fn called_back(&mut self, step: &Step, outcome: &Outcome, has_more: bool) -> Onward {
        match (&step.kind, outcome) {
            (StepKind::HttpCall(http), Outcome::Fetched(values)) => {
                for (name, _) in &http.wanted {
                    if let Some((_, value)) = values.iter().find(|(found, _)| found == name) {
                        self.set(name, value);
                    }
                }
                leave(step, step.success())
            }
            (StepKind::HttpCall(_), _) => leave(step, step.failure()),
            (StepKind::AiDecision(_), Outcome::Picked(link)) => {
                let picked = step.option_links().find(|option| option.id == *link);
                leave(step, picked.map(|link| link.to).or_else(|| step.model_failure()))
            }
            (StepKind::VirtualAgent(agent), Outcome::Said(words)) if !words.trim().is_empty() => {
                let html = SafeHtml::escape(words.trim());
                if has_more {
                    self.say_html(Some(step), html, None);
                    return self.converse(step, agent);
                }
                let ask = ask::ask(step, self.facts, &self.scope);
                self.say_html(Some(step), html, ask);
                Onward::Stop(Position::Waiting { step: step.id })
            }
            (StepKind::VirtualAgent(_), Outcome::HandOver { words }) => {
                self.say_html(Some(step), SafeHtml::escape(words.trim()), None);
                leave(step, step.success())
            }
            _ => leave(step, step.model_failure()),
        }
    }

    /// The visitor speaks to the agent.
    pub(super) fn spoken_to(&mut self, step: &Step, agent: &ModelStep, answer: &Answer) -> Onward {
        self.hear(step, answer);
        self.converse(step, agent)
    }

    /// The visitor speaks while a call is under way. A virtual agent hears it when it has said
    /// what it is about to say; it is in the log, so the position needs no more than that there
    /// is more. To a decision or an HTTP call nothing can be said.
    pub fn spoken_meanwhile(&mut self, step: &Step, position: &Position, answer: &Answer) -> Onward {
        let Position::Calling { call, steps_taken, .. } = position else {
            return Onward::Stop(position.clone());
        };
        if !matches!(step.kind, StepKind::VirtualAgent(_)) {
            if answer.step.is_some() {
                self.reception = Reception::Stale;
            }
            return Onward::Stop(position.clone());
        }
        self.hear(step, answer);
        Onward::Stop(Position::Calling {
            step: step.id,
            call: *call,
            steps_taken: *steps_taken,
            has_more: true,
        })
    }

    fn hear(&mut self, step: &Step, answer: &Answer) {
        let said = words(answer);
        self.set(ask::LAST_ANSWER, &said);
        self.accept(step, Value::Text(said.into_owned()));
    }

    fn converse(&mut self, step: &Step, agent: &ModelStep) -> Onward {
        let instructions = agent.instructions.fill(&self.scope);
        let (agent, model) = (agent.agent.clone(), agent.model.clone());
        self.call(step, CallOut::Converse { agent, model, instructions })
    }

    fn decide(&mut self, step: &Step, model: &ModelStep) -> Onward {
        let option = |link: &Link| (link.id, link.label.fill(&self.scope));
        let options: Vec<_> = step.option_links().map(option).collect();
        if options.is_empty() {
            return leave(step, step.model_failure());
        }
        let prompt = model.instructions.fill(&self.scope);
        self.call(step, CallOut::Decide { model: model.model.clone(), prompt, options })
    }

    fn fetch(&mut self, step: &Step, http: &HttpStep) -> Onward {
        let request =
            http.request.as_ref().and_then(|request| request.fill(&self.scope, http.wanted.clone()));
        match request {
            Some(request) => self.call(step, CallOut::Http(request)),
            None => leave(step, step.failure()),
        }
    }

    fn call(&mut self, step: &Step, what: CallOut) -> Onward {
        let call = self.facts.next_call;
        self.effects.push(Effect::CallOut { call, what });
        let steps_taken = self.steps_taken;
        Onward::Stop(Position::Calling { step: step.id, call, steps_taken, has_more: false })
    }
}
