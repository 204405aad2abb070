//! How a step looks: its shape says what kind it is, its label which one.

use super::label::{CHARACTERS_MAX, escaped};
use crate::flow::model::StepSource;

/// The line that draws a step.
pub(super) fn draw(node: &str, step: &StepSource, has_own_number: bool) -> String {
    let number = match step.step_id {
        Some(number) if has_own_number => number.to_string(),
        Some(number) => format!("{number} again"),
        None => "no number".to_owned(),
    };
    let name = escaped(step.name.as_deref().unwrap_or_default(), CHARACTERS_MAX);
    let head = format!("{number} {name}");
    let ends = if step.is_end { ", ends the bot's part" } else { "" };
    let (open, close) = shape(step.kind);
    format!("{node}{open}\"{}<br>{}{ends}\"{close}", head.trim_end(), kind(step))
}

/// What asks leans, what decides is a diamond, what reads or writes records is a drum, what leaves
/// the process has double sides, people and ends are round.
const fn shape(kind: i32) -> (&'static str, &'static str) {
    match kind {
        1 => ("{{", "}}"),
        2 | 4 | 13 | 14 => ("[/", "/]"),
        3 => ("{", "}"),
        5..=7 => ("[(", ")]"),
        8 => ("(", ")"),
        9..=11 => ("[[", "]]"),
        12 => (">", "]"),
        16 => ("([", "])"),
        _ => ("[", "]"),
    }
}

fn kind(step: &StepSource) -> String {
    let plain = match step.kind {
        0 => "message",
        1 => "choice",
        2 => "question",
        3 => "condition",
        4 => "verify user",
        5 => "knowledge search",
        6 => "service search",
        7 => "log ticket",
        8 => "live chat",
        9 => "virtual agent",
        10 => "AI decision",
        11 => "HTTP call",
        12 => {
            let profile = step.next_profile.as_ref().map_or("nowhere", |profile| profile.as_str());
            return format!("go to {}", escaped(profile, CHARACTERS_MAX));
        }
        13 => "feedback",
        14 => "page data",
        15 => "set values",
        16 => "end",
        code => return format!("kind {code}, as a message"),
    };
    plain.to_owned()
}

/// Whether labels of links are buttons, or what a model picks from.
pub(super) const fn offers_options(step: &StepSource) -> bool {
    matches!(step.kind, 1 | 10)
}

pub(super) const fn asks_a_model(step: &StepSource) -> bool {
    matches!(step.kind, 9 | 10)
}
