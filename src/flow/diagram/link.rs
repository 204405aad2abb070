//! What stands at a link: its label, its outcome, its conditions in words, its time limit.

use super::label::{CHARACTERS_MAX, escaped};
use crate::flow::{
    condition::value_of,
    model::{CriterionSource, LinkSource, StepSource},
};

const CONDITION: i32 = 3;
const LIVE_CHAT: i32 = 8;
const END: i32 = 16;
const FAILURE: i32 = 2;

/// Whether a chat can ever leave by the link, as far as the step's kind goes.
pub(super) fn is_taken(step: &StepSource, link: &LinkSource) -> bool {
    match step.kind {
        END => false,
        // Nobody can be reached: that leads on even where the bot part ends.
        LIVE_CHAT => link.approval_result == FAILURE,
        _ => !step.is_end && (0..=2).contains(&link.approval_result),
    }
}

/// Escaped, and empty for a plain link.
pub(super) fn label(step: &StepSource, link: &LinkSource) -> String {
    let mut parts = Vec::new();
    let name = escaped(link.label.as_deref().unwrap_or_default(), CHARACTERS_MAX);
    parts.extend((!name.is_empty()).then_some(name));
    match link.approval_result {
        0 => {}
        1 if step.kind == CONDITION && !step.conditions.is_empty() => {
            parts.push(format!("success: {}", words(&step.conditions)));
        }
        1 => parts.push("success".to_owned()),
        FAILURE => parts.push("failure".to_owned()),
        code => parts.push(format!("outcome {code}")),
    }
    if !link.conditions.is_empty() {
        parts.push(format!("if {}", words(&link.conditions)));
    } else if let Some(minutes) = link.time_limit_mins.filter(|minutes| minutes.is_finite() && *minutes > 0.0)
    {
        let unit = if (minutes - 1.0).abs() < f64::EPSILON { "minute" } else { "minutes" };
        parts.push(format!("after {minutes} {unit}"));
    } else if parts.is_empty() && is_otherwise(step) {
        parts.push("otherwise".to_owned());
    }
    parts.join(", ")
}

/// Whether a plain link is what is left when no condition holds.
fn is_otherwise(step: &StepSource) -> bool {
    step.kind == CONDITION
        && step.conditions.is_empty()
        && step.links.iter().any(|link| !link.conditions.is_empty())
}

fn words(criteria: &[CriterionSource]) -> String {
    let together = |group: Option<i32>| {
        let rows = criteria.iter().filter(|one| one.group == group).map(criterion);
        rows.collect::<Vec<_>>().join(" and ")
    };
    let mut groups: Vec<i32> = Vec::new();
    for group in criteria.iter().filter_map(|one| one.group) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let either = groups.into_iter().map(|group| together(Some(group))).collect::<Vec<_>>().join(" or else ");
    let all = [together(None), either];
    all.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" and ")
}

fn criterion(source: &CriterionSource) -> String {
    let subject = source.field_name.as_deref().unwrap_or_default().trim();
    let subject = subject.strip_prefix('$').unwrap_or(subject);
    let subject = escaped(if subject.is_empty() { "nothing" } else { subject }, CHARACTERS_MAX);
    let verb = match source.comparison {
        0 => "is",
        1 => "is not",
        2 => "contains",
        3 => "does not contain",
        4 => "begins with",
        5 => "is more than",
        6 => "is less than",
        7 => return format!("{subject} is set"),
        8 => return format!("{subject} is not set"),
        9 => "is one of",
        10 => "matches",
        code => return format!("{subject} compares by {code}, which never holds"),
    };
    let value = escaped(&value_of(source), CHARACTERS_MAX);
    format!("{subject} {verb} {}", if value.is_empty() { "nothing" } else { value.as_str() })
}
