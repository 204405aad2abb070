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
pub(super) const LAST_ANSWER: &str = "answer";
/// Ratings, from the worst to the best.
pub(super) const SCORES: std::ops::RangeInclusive<i32> = 1..=5;

/// An answer that the step takes.
pub(super) struct Taken<'a> {
    pub value: Value,
    pub normal: String,
    /// The variables that keep it.
    pub variables: Vec<&'a str>,
    pub link: Option<&'a Link>,
}

/// The step's question in the form that clients draw, its first one if it asks several; none for
/// a step that asks nothing.
pub(super) fn ask(step: &Step, facts: &Facts, scope: &Scope) -> Option<Ask> {
    let suggestions = step.suggestions.iter().map(|reply| reply.fill(scope)).collect();
    let ask = match &step.kind {
        StepKind::Choice => Ask { options: options(step, scope), ..plain(step, &step.name, AskKind::Choice) },
        StepKind::Question { field } => ask_field(step, *field, facts),
        StepKind::Feedback(_) => {
            let option = |score: i32| Choice { value: score.to_string(), label: score.to_string() };
            Ask { options: SCORES.map(option).collect(), ..plain(step, "rating", AskKind::Rating) }
        }
        StepKind::PageData(data) if !data.keys.is_empty() => {
            Ask { storage_keys: data.keys.clone(), ..plain(step, "pagedata", AskKind::PageData) }
        }
        StepKind::VirtualAgent(_) => plain(step, LAST_ANSWER, AskKind::Text),
        _ => return None,
    };
    Some(Ask { suggestions, ..ask })
}

/// A question with a name and a kind, and nothing to choose from.
pub(super) fn plain(step: &Step, name: &str, kind: AskKind) -> Ask {
    Ask {
        step: step.id,
        field_id: 0,
        name: name.to_owned(),
        kind,
        options: Vec::new(),
        suggestions: Vec::new(),
        storage_keys: Vec::new(),
    }
}

/// A question for a field.
pub(super) fn ask_field(step: &Step, id: Option<FieldId>, facts: &Facts) -> Ask {
    let field = known_field(id, facts);
    let offers = |field: &&Field| matches!(field.kind, FieldKind::Choice | FieldKind::MultiChoice);
    let kind = field.map_or(AskKind::Text, |field| input::ask_kind(field.kind));
    Ask {
        field_id: id.map_or(0, FieldId::get),
        options: field.filter(offers).map(|field| field.values.clone()).unwrap_or_default(),
        ..plain(step, field.map_or(LAST_ANSWER, |field| &field.name), kind)
    }
}

/// What a question without words of its own says.
pub(super) fn label<'a>(step: &Step, facts: &'a Facts) -> &'a str {
    match step.kind {
        StepKind::Question { field } => known_field(field, facts).map_or("", |field| &field.label),
        _ => "",
    }
}

/// Takes the answer to a question step, or says in one sentence why not.
pub(super) fn judge_question<'a>(
    step: &'a Step,
    field: Option<FieldId>,
    answer: &Answer,
    facts: &'a Facts,
) -> Result<Taken<'a>, Cow<'static, str>> {
    let field = known_field(field, facts);
    let taken = take(field, answer, facts)?;
    let name = field.map(|field| field.name.as_str()).filter(|&name| name != LAST_ANSWER);
    Ok(Taken {
        value: taken.value,
        normal: taken.normal,
        variables: name.into_iter().chain([LAST_ANSWER]).collect(),
        link: step.default_link(),
    })
}

/// Checks an answer against its field; one without a known field may be anything.
pub(super) fn take(
    field: Option<&Field>,
    answer: &Answer,
    facts: &Facts,
) -> Result<input::Taken, Cow<'static, str>> {
    match field {
        Some(field) => input::take(field, answer, facts.country.as_deref()),
        None => input::take_free_text(answer),
    }
}

/// Takes the choice of a link, or says in one sentence why not.
pub(super) fn judge_choice<'a>(
    step: &'a Step,
    answer: &Answer,
    scope: &Scope,
) -> Result<Taken<'a>, Cow<'static, str>> {
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

pub(super) fn known_field(id: Option<FieldId>, facts: &Facts) -> Option<&Field> {
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
