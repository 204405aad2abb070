//! Conditions as data, and how they are judged.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::{
    model::CriterionSource,
    pattern::Pattern,
    scope::Scope,
    words::{number_of, truth_of, weekday_of},
};

/// One condition: a name, and what its value must be.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// In lower case, without the dollar sign.
    subject: String,
    test: Test,
    group: Option<i32>,
}

/// The comparisons, with what they compare to; texts in lower case.
#[derive(Clone, Debug)]
enum Test {
    Equals(String),
    Differs(String),
    Contains(String),
    ContainsNot(String),
    BeginsWith(String),
    Greater(String),
    Less(String),
    IsSet,
    IsNotSet,
    OneOf(Vec<String>),
    Matches(Pattern),
    /// A comparison that we do not know or cannot read never holds.
    Never,
}

impl Condition {
    /// The condition, and what is wrong with it if anything is.
    pub fn compile(source: &CriterionSource) -> (Self, Option<String>) {
        let subject = source.field_name.as_deref().unwrap_or_default().trim();
        let subject = subject.strip_prefix('$').unwrap_or(subject).to_lowercase();
        let (test, problem) = match Test::compile(source, &subject) {
            Ok(test) => (test, None),
            Err(problem) => (Test::Never, Some(problem)),
        };
        (Self { subject, test, group: source.group }, problem)
    }

    pub fn asks_who_is_reachable(&self) -> bool {
        self.subject.starts_with("reachable")
    }

    pub fn holds(&self, scope: &Scope) -> bool {
        self.test.holds(&scope.value(&self.subject))
    }
}

/// Whether every condition outside a group holds, and one group as a whole if there are any; with
/// no condition, it does.
pub(super) fn all_hold(conditions: &[Condition], scope: &Scope) -> bool {
    let hold = |group: Option<i32>| {
        conditions.iter().filter(|one| one.group == group).all(|condition| condition.holds(scope))
    };
    let mut groups = conditions.iter().filter_map(|one| one.group).peekable();
    hold(None) && (groups.peek().is_none() || groups.any(|group| hold(Some(group))))
}

impl Test {
    fn compile(source: &CriterionSource, subject: &str) -> Result<Self, String> {
        let value = value_of(source);
        let text = |value: &str| expected(subject, value);
        Ok(match source.comparison {
            0 => Self::Equals(text(&value)),
            1 => Self::Differs(text(&value)),
            2 => Self::Contains(value.to_lowercase()),
            3 => Self::ContainsNot(value.to_lowercase()),
            4 => Self::BeginsWith(value.to_lowercase()),
            5 => Self::Greater(text(&value)),
            6 => Self::Less(text(&value)),
            7 => Self::IsSet,
            8 => Self::IsNotSet,
            9 => Self::OneOf(value.split(',').map(text).collect()),
            10 => Self::Matches(Pattern::ignoring_case(&value).map_err(|problem| {
                format!("the condition on {subject:?} has an invalid regular expression: {problem}")
            })?),
            _ => Self::Never,
        })
    }

    fn holds(&self, actual: &str) -> bool {
        let actual = actual.trim();
        match self {
            Self::Equals(value) => is_equal(actual, value),
            Self::Differs(value) => !is_equal(actual, value),
            Self::Contains(value) => actual.to_lowercase().contains(value),
            Self::ContainsNot(value) => !actual.to_lowercase().contains(value),
            Self::BeginsWith(value) => actual.to_lowercase().starts_with(value),
            Self::Greater(value) => !actual.is_empty() && order(actual, value) == Ordering::Greater,
            Self::Less(value) => !actual.is_empty() && order(actual, value) == Ordering::Less,
            Self::IsSet => !actual.is_empty(),
            Self::IsNotSet => actual.is_empty(),
            Self::OneOf(values) => values.iter().any(|value| is_equal(actual, value)),
            Self::Matches(pattern) => pattern.is_match(actual),
            Self::Never => false,
        }
    }
}

/// What to compare with, from whichever member holds it.
pub(super) fn value_of(source: &CriterionSource) -> Cow<'_, str> {
    if let Some(text) = source.value_string.as_deref().filter(|text| !text.is_empty()) {
        return Cow::Borrowed(text);
    }
    let number = || source.value_int.map(|number| number.to_string());
    let decimal = || source.value_float.map(|number| number.to_string());
    // Date answers are kept as plain dates, so midnight stands for its day.
    let date = || {
        source
            .value_datetime
            .map(|date| date.format("%Y-%m-%dT%H:%M:%SZ").to_string().replace("T00:00:00Z", ""))
    };
    Cow::Owned(number().or_else(decimal).or_else(date).unwrap_or_default())
}

fn expected(subject: &str, value: &str) -> String {
    let value = value.trim();
    let weekday = (subject == "weekday").then(|| weekday_of(value)).flatten();
    weekday.map_or_else(|| value.to_lowercase(), |weekday| weekday.number_from_monday().to_string())
}

fn is_equal(actual: &str, value: &str) -> bool {
    // A yes/no answer is kept as true or false; an administrator may well write "yes".
    if matches!(actual, "true" | "false")
        && let Some(value) = truth_of(value)
    {
        return (actual == "true") == value;
    }
    order(actual, value) == Ordering::Equal
}

/// Numbers as numbers when both are, otherwise as text in any case (ISO dates sort as text).
fn order(actual: &str, value: &str) -> Ordering {
    if let (Some(actual), Some(value)) = (number_of(actual), number_of(value)) {
        return actual.total_cmp(&value);
    }
    actual.to_lowercase().as_str().cmp(value)
}
