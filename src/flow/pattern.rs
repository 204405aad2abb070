//! Regular expressions from configuration: linear time, bounded size, compiled once.

use regex::{Regex, RegexBuilder};

/// Room for a compiled expression: generous for a form field, harmless for the server.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// A regular expression that an administrator wrote. It is found anywhere in a text unless it
/// is anchored with `^` and `$`.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// The error is one line for the administrator.
    pub fn new(expression: &str) -> Result<Self, String> {
        Self::build(expression, false)
    }

    pub(super) fn ignoring_case(expression: &str) -> Result<Self, String> {
        Self::build(expression, true)
    }

    fn build(expression: &str, ignore_case: bool) -> Result<Self, String> {
        RegexBuilder::new(expression)
            .case_insensitive(ignore_case)
            .size_limit(PATTERN_BYTES_MAX)
            .build()
            .map(Self)
            .map_err(|error| one_line(&error))
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

/// The crate draws the expression with a marker below it; the last line says what is wrong.
fn one_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}
