//! What a visitor wrote, checked against a field and put into its normal form.

mod contact;
mod date;
mod number;
mod option;

use std::borrow::Cow;

use super::{
    model::{Answer, AskKind, Field, FieldKind, Value},
    words::truth_of,
};

/// An answer that fits its field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Taken {
    pub value: Value,
    /// What the variable holds, and conditions judge.
    pub normal: String,
}

/// The answer in its normal form, or one sentence for the visitor that says what is wrong.
/// `country` is the one whose phone numbers need no country code.
pub(super) fn take(
    field: &Field,
    answer: &Answer,
    country: Option<&str>,
) -> Result<Taken, Cow<'static, str>> {
    let words = words(answer);
    if words.is_empty() {
        return Err("Please give an answer.".into());
    }
    match field.kind {
        FieldKind::Text | FieldKind::Memo => free_text(field, words.into_owned()),
        FieldKind::Choice => option::take_one(field, answer, &words),
        FieldKind::MultiChoice => option::take_several(field, answer, &words),
        FieldKind::Date => date::take_date(answer, &words),
        FieldKind::Time => date::take_time(answer, &words),
        FieldKind::Bool => take_bool(answer, &words),
        FieldKind::Integer => number::take_integer(answer, &words),
        FieldKind::Decimal => number::take_decimal(&words),
        FieldKind::Email => take_email(answer).and_then(|email| free_text(field, email)),
        FieldKind::Phone => contact::phone(&words, country)
            .ok_or(
                "Please give a phone number that exists, with its country code, such as +44 20 7946 0123."
                    .into(),
            )
            .and_then(|phone| free_text(field, phone)),
        FieldKind::Url => contact::url(&words)
            .ok_or("Please give a web address such as https://example.com.".into())
            .and_then(|url| free_text(field, url)),
    }
}

/// An answer to a question whose field is not known any more.
pub(super) fn take_free_text(answer: &Answer) -> Result<Taken, Cow<'static, str>> {
    match words(answer) {
        words if words.is_empty() => Err("Please give an answer.".into()),
        words => Ok(Taken::text(words.into_owned())),
    }
}

/// An e-mail address in its normal form.
pub(super) fn take_email(answer: &Answer) -> Result<String, Cow<'static, str>> {
    contact::email(&words(answer)).ok_or("Please give an e-mail address such as name@example.com.".into())
}

pub(super) fn ask_kind(kind: FieldKind) -> AskKind {
    match kind {
        FieldKind::Text => AskKind::Text,
        FieldKind::Memo => AskKind::Memo,
        FieldKind::Choice => AskKind::Choice,
        FieldKind::MultiChoice => AskKind::MultiChoice,
        FieldKind::Date => AskKind::Date,
        FieldKind::Time => AskKind::Time,
        FieldKind::Bool => AskKind::Bool,
        FieldKind::Integer => AskKind::Integer,
        FieldKind::Decimal => AskKind::Decimal,
        FieldKind::Email => AskKind::Email,
        FieldKind::Phone => AskKind::Phone,
        FieldKind::Url => AskKind::Url,
    }
}

impl Taken {
    fn text(text: String) -> Self {
        Self { value: Value::Text(text.clone()), normal: text }
    }
}

/// The answer as text, whichever member it came in.
pub(super) fn words(answer: &Answer) -> Cow<'_, str> {
    let text = answer.text.trim();
    if !text.is_empty() {
        return Cow::Borrowed(text);
    }
    if let Some(values) = &answer.value_multi {
        return Cow::Borrowed(values.trim());
    }
    let number = || answer.value_int.map(|number| number.to_string());
    let truth = || answer.value_bool.map(|is_so| is_so.to_string());
    let date = || answer.value_date.map(|date| date.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    Cow::Owned(number().or_else(truth).or_else(date).unwrap_or_default())
}

/// The field's own limits, on a text that is already of the right kind.
fn free_text(field: &Field, text: String) -> Result<Taken, Cow<'static, str>> {
    if let Some(limit) = field.character_limit.filter(|&limit| limit > 0) {
        let length = text.chars().count();
        if length > usize::try_from(limit).unwrap_or(usize::MAX) {
            return Err(format!("Please use at most {limit} characters; that was {length}.").into());
        }
    }
    match &field.regex {
        Some(pattern) if !pattern.is_match(&text) => {
            let refusal = "That does not have the form that is expected here";
            Err(match field.hint.as_deref().map(|hint| hint.trim().trim_end_matches('.')) {
                Some(hint) if !hint.is_empty() => format!("{refusal}: {hint}.").into(),
                _ => format!("{refusal}.").into(),
            })
        }
        _ => Ok(Taken::text(text)),
    }
}

fn take_bool(answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    let truth = answer.value_bool.or_else(|| truth_of(words));
    let truth = truth.ok_or("Please answer yes or no.")?;
    Ok(Taken { value: Value::Bool(truth), normal: truth.to_string() })
}
