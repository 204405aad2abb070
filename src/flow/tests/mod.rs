//! Conversations as text against the engine, and the helpers that write them.

mod choices;
mod compiling;
mod conditions;
mod inputs;
mod moves;
mod properties;
mod questions;
mod steps;
mod texts;

use std::{fmt::Write as _, sync::Arc};

use super::*;
use crate::domain::ids::{FieldId, StepId, TeamId};

/// A step with a number, a name and a message, linked to nothing.
fn step(id: i32, kind: i32, message: &str) -> StepSource {
    StepSource {
        step_id: Some(id),
        name: Some(format!("Step {id}")),
        kind,
        is_start: id == 1,
        message: Some(message.to_owned()),
        ..StepSource::default()
    }
}

fn message(id: i32, text: &str) -> StepSource {
    step(id, 0, text)
}

fn question(id: i32, text: &str, field: i32) -> StepSource {
    StepSource { input_field_id: Some(field), ..step(id, 2, text) }
}

fn set(id: i32, name: &str, value: &str) -> StepSource {
    StepSource { assignments: vec![(name.to_owned(), value.to_owned())], ..step(id, 15, "") }
}

fn link(to: i32) -> LinkSource {
    LinkSource { end_step: Some(to), ..LinkSource::default() }
}

fn option(label: &str, to: i32) -> LinkSource {
    LinkSource { label: Some(label.to_owned()), ..link(to) }
}

fn success(to: i32) -> LinkSource {
    LinkSource { approval_result: 1, ..link(to) }
}

fn failure(to: i32) -> LinkSource {
    LinkSource { approval_result: 2, ..link(to) }
}

/// A link that is taken when the condition holds.
fn when(name: &str, comparison: i32, value: &str, to: i32) -> LinkSource {
    LinkSource { conditions: vec![criterion(name, comparison, value)], ..link(to) }
}

fn criterion(name: &str, comparison: i32, value: &str) -> CriterionSource {
    CriterionSource {
        field_name: Some(name.to_owned()),
        comparison,
        value_string: Some(value.to_owned()),
        ..CriterionSource::default()
    }
}

impl StepSource {
    fn to(mut self, link: LinkSource) -> Self {
        self.links.push(link);
        self
    }

    fn message2(self, text: &str) -> Self {
        Self { message2: Some(text.to_owned()), ..self }
    }

    fn ending(self) -> Self {
        Self { is_end: true, ..self }
    }
}

fn source(steps: Vec<StepSource>) -> FlowSource {
    FlowSource { greeting: None, steps }
}

/// A flow that may be saved.
fn flow(steps: Vec<StepSource>) -> Flow {
    compile(&source(steps)).expect("the test's flow has no problems")
}

fn field(id: i32, name: &str, kind: FieldKind) -> Field {
    Field {
        id: FieldId::new(id),
        name: name.to_owned(),
        label: format!("Your {name}"),
        kind,
        values: Vec::new(),
        regex: None,
        character_limit: None,
    }
}

fn entry(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned() }
}

/// Sunday, 1 March 2026, half past two in the afternoon, an hour east of Greenwich.
fn facts() -> Facts {
    Facts {
        now: "2026-03-01T14:30:00+01:00".parse().expect("a date"),
        bot_name: "Robin".to_owned(),
        ..Facts::default()
    }
}

fn facts_with(fields: Vec<Field>) -> Facts {
    Facts { fields: Arc::new(fields.into_iter().map(|field| (field.id, field)).collect()), ..facts() }
}

fn says(text: &str) -> Event {
    Event::Answered(Answer { text: text.to_owned(), ..Answer::default() })
}

fn waiting(step: i32) -> Position {
    Position::Waiting { step: StepId::new(step) }
}

/// Opens a chat and answers, and tells what was said and done.
fn play(flow: &Flow, answers: &[&str]) -> String {
    play_with(flow, facts(), answers)
}

fn play_with(flow: &Flow, facts: Facts, answers: &[&str]) -> String {
    let events: Vec<Event> = answers.iter().map(|answer| says(answer)).collect();
    play_events(flow, facts, &Event::Opened { at: None }, &events)
}

/// Plays the service's part: keeps the position and the variables between the events.
fn play_events(flow: &Flow, mut facts: Facts, first: &Event, rest: &[Event]) -> String {
    let mut told = String::new();
    let mut position = Position::NotStarted;
    for event in std::iter::once(first).chain(rest) {
        if let Event::Answered(answer) = event {
            let _ = writeln!(told, "{}", format!("user: {}", answer.text).trim_end());
        }
        let advance = advance(flow, &position, event, &facts);
        match &advance.reception {
            Reception::NotAsked => {}
            Reception::Accepted { step, value } => {
                let _ = writeln!(told, "took: {value:?} for {step}");
            }
            reception @ (Reception::Refused { .. } | Reception::Stale) => {
                let _ = writeln!(told, "took: {reception:?}");
            }
        }
        for effect in advance.effects {
            tell(&mut told, effect, &mut facts);
        }
        position = advance.position;
    }
    let _ = write!(told, "end:  {position:?}");
    told
}

fn tell(told: &mut String, effect: Effect, facts: &mut Facts) {
    let _ = match effect {
        Effect::Say(saying) => {
            let mut line = format!("bot:  {}", saying.html);
            if let Some(ask) = saying.ask {
                let _ = write!(line, " <- {:?} {:?}", ask.kind, ask.name);
                for choice in ask.options {
                    let _ = write!(line, " [{}={}]", choice.value, choice.label);
                }
                for reply in ask.suggestions {
                    let _ = write!(line, " ({}: {})", reply.label, reply.message);
                }
            }
            writeln!(told, "{}", line.trim_end())
        }
        Effect::SetVariable { name, value } => {
            let line = writeln!(told, "set:  {name} = {value:?}");
            facts.variables.insert(name, value);
            line
        }
        Effect::HandOver { teams } => {
            let teams: Vec<i32> = teams.into_iter().map(TeamId::get).collect();
            writeln!(told, "do:   HandOver {teams:?}")
        }
        Effect::Close => writeln!(told, "do:   Close"),
        Effect::ReportEndless { at } => writeln!(told, "do:   ReportEndless at {at}"),
    };
}
