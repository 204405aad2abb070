//! Entries of a values list, named by value, by label or by their place in the list.

use std::borrow::Cow;

use super::Taken;
use crate::flow::model::{Answer, Choice, Field, Value};

pub(super) fn take_one(field: &Field, answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    if field.values.is_empty() {
        // A list that somebody emptied must not hold the visitor for ever.
        let only = Choice { value: words.to_owned(), label: words.to_owned() };
        return Ok(taken(&only));
    }
    let number = answer.value_int.map(|number| number.to_string());
    let candidates = [Some(words), number.as_deref(), answer.value_multi.as_deref()];
    let mut candidates = candidates.into_iter().flatten();
    candidates
        .find_map(|candidate| entry(&field.values, candidate))
        .map(taken)
        .ok_or_else(|| format!("Please choose one of: {}.", labels(&field.values)).into())
}

pub(super) fn take_several(field: &Field, answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    let list = answer.value_multi.as_deref().unwrap_or(words);
    let mut values: Vec<String> = Vec::new();
    let mut add = |value: &str| {
        if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    };
    // A label may hold a comma itself.
    if let Some(entry) = entry(&field.values, list) {
        add(&entry.value);
    } else {
        for part in list.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            if field.values.is_empty() {
                add(part);
                continue;
            }
            let Some(entry) = entry(&field.values, part) else {
                let labels = labels(&field.values);
                return Err(format!("Please choose from: {labels}; commas go between them.").into());
            };
            add(&entry.value);
        }
    }
    if values.is_empty() {
        return Err("Please choose at least one.".into());
    }
    Ok(Taken { normal: values.join(","), value: Value::Multi(values) })
}

/// The entry with this value, else this label, else this place counted from 1.
pub(in crate::flow) fn entry<'a>(entries: &'a [Choice], words: &str) -> Option<&'a Choice> {
    let words = words.trim();
    let lower = words.to_lowercase();
    let is = |text: &str| text.trim().to_lowercase() == lower;
    let place = || words.parse::<usize>().ok()?.checked_sub(1);
    entries
        .iter()
        .find(|entry| is(&entry.value))
        .or_else(|| entries.iter().find(|entry| is(&entry.label)))
        .or_else(|| entries.get(place()?))
}

fn taken(entry: &Choice) -> Taken {
    Taken {
        value: Value::Choice {
            id: entry.value.parse().ok(),
            value: entry.value.clone(),
            label: entry.label.clone(),
        },
        normal: entry.value.clone(),
    }
}

fn labels(entries: &[Choice]) -> String {
    let labels: Vec<&str> = entries.iter().map(|entry| entry.label.as_str()).collect();
    labels.join(", ")
}
