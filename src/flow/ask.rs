//! What a waiting step asks, and how it judges the answer.

use std::borrow::Cow;

use super::{
    input,
    model::{Answer, Ask, AskKind, Choice, Facts, Field, FieldKind, Suggestion, Value},
    program::{Link, QuickReply, Step, StepKind},
    scope::Scope,
    template::Plain,
};
use crate::domain::ids::FieldId;

/// The variable that always holds the last answer.
const LAST_ANSWER: &str = "answer";

/// An answer that the step takes.
pub(super) struct Taken<'a> {
    pub value: Value,
    pub normal: String,
    /// The variables that keep it.
    pub variables: Vec<&'a str>,
    pub link: Option<&'a Link>,
}

/// The question in the form that clients draw; none for a step that asks nothing.
pub(super) fn ask(step: &Step, facts: &Facts, scope: &Scope) -> Option<Ask> {
    let suggestions = || step.suggestions.iter().map(|reply| reply.fill(scope)).collect();
    match &step.kind {
        StepKind::Choice => Some(Ask {
            step: step.id,
            field_id: 0,
            name: step.name.clone(),
            kind: AskKind::Choice,
            options: options(step, scope),
            suggestions: suggestions(),
        }),
        StepKind::Question { field: id } => {
            let field = known_field(*id, facts);
            let offers = |field: &&Field| matches!(field.kind, FieldKind::Choice | FieldKind::MultiChoice);
            Some(Ask {
                step: step.id,
                field_id: id.map_or(0, FieldId::get),
                name: field.map_or(LAST_ANSWER, |field| &field.name).to_owned(),
                kind: field.map_or(AskKind::Text, |field| input::ask_kind(field.kind)),
                options: field.filter(offers).map(|field| field.values.clone()).unwrap_or_default(),
                suggestions: suggestions(),
            })
        }
        _ => None,
    }
}

/// What a question without words of its own says.
pub(super) fn label<'a>(step: &Step, facts: &'a Facts) -> &'a str {
    match step.kind {
        StepKind::Question { field } => known_field(field, facts).map_or("", |field| &field.label),
        _ => "",
    }
}

/// Takes the answer, or says in one sentence why not; none when the step asks nothing.
pub(super) fn judge<'a>(
    step: &'a Step,
    answer: &Answer,
    facts: &'a Facts,
    scope: &Scope,
) -> Option<Result<Taken<'a>, Cow<'static, str>>> {
    match step.kind {
        StepKind::Choice => Some(judge_choice(step, answer, scope)),
        StepKind::Question { field } => {
            let field = known_field(field, facts);
            let taken = match field {
                Some(field) => input::take(field, answer),
                None => input::take_free_text(answer),
            };
            let name = field.map(|field| field.name.as_str()).filter(|&name| name != LAST_ANSWER);
            Some(taken.map(|taken| Taken {
                value: taken.value,
                normal: taken.normal,
                variables: name.into_iter().chain([LAST_ANSWER]).collect(),
                link: step.default_link(),
            }))
        }
        _ => None,
    }
}

fn judge_choice<'a>(step: &'a Step, answer: &Answer, scope: &Scope) -> Result<Taken<'a>, Cow<'static, str>> {
    let by_id = || step.option_links().find(|link| answer.value_int == Some(link.id.get()));
    let words = answer.text.trim().to_lowercase();
    let by_label = || step.option_links().find(|link| link.label.fill(scope).trim().to_lowercase() == words);
    let by_place = || step.option_links().nth(words.parse::<usize>().ok()?.checked_sub(1)?);
    let Some(link) = by_id().or_else(by_label).or_else(by_place) else {
        let labels: Vec<String> = step.option_links().map(|link| link.label.fill(scope)).collect();
        return Err(format!("Please choose one of: {}.", labels.join(", ")).into());
    };
    let label = link.label.fill(scope);
    Ok(Taken {
        value: Value::Choice { id: Some(link.id.get()), value: link.id.to_string(), label: label.clone() },
        normal: label,
        variables: vec![LAST_ANSWER],
        link: Some(link),
    })
}

fn options(step: &Step, scope: &Scope) -> Vec<Choice> {
    let option = |link: &Link| Choice { value: link.id.to_string(), label: link.label.fill(scope) };
    step.option_links().map(option).collect()
}

fn known_field(id: Option<FieldId>, facts: &Facts) -> Option<&Field> {
    id.and_then(|id| facts.fields.get(&id))
}

impl From<&Suggestion> for QuickReply {
    fn from(source: &Suggestion) -> Self {
        Self {
            label: Plain::parse(&source.label),
            message: Plain::parse(&source.message),
            source: source.clone(),
        }
    }
}

impl QuickReply {
    fn fill(&self, scope: &Scope) -> Suggestion {
        Suggestion { label: self.label.fill(scope), message: self.message.fill(scope), ..self.source.clone() }
    }
}
