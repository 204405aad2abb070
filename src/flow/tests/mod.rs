//! Conversations as text against the engine, and the helpers that write them.

mod calls;
mod choices;
mod compiling;
mod conditions;
mod diagrams;
mod feedback;
mod generators;
mod inputs;
mod look_ups;
mod moves;
mod play;
mod properties;
mod questions;
mod requests;
mod steps;
mod texts;
mod verifying;

use std::sync::Arc;

use super::*;
use crate::domain::ids::{FieldId, LinkId, StepId, TeamId};
use play::{Play, play, play_events, play_with};

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
    FlowSource { steps, ..FlowSource::default() }
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
        hint: None,
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

/// What came back from the call that the chat waits for; `Play` knows which one that is.
fn back(outcome: Outcome) -> Event {
    Event::CalledBack { call: CallId::default(), outcome }
}
