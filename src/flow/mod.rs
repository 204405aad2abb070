//! The flow engine: a pure function from a position and an event to a position and effects.
//! No I/O, no clock, no async.

mod advance;
mod ask;
mod circles;
mod compile;
mod condition;
mod diagram;
mod fill;
mod input;
mod link_ids;
mod model;
mod pattern;
mod program;
mod request;
mod scope;
mod start;
mod template;
mod walk;
mod words;

#[cfg(test)]
mod tests;

pub use advance::advance;
pub use compile::{compile, load};
pub use diagram::diagram;
pub use fill::{fill_html, fill_plain};
pub use link_ids::assigned_link_ids;
pub use model::*;
pub use pattern::Pattern;
pub use program::{Flow, StepKind};
pub use walk::STEPS_PER_ACT_MAX;

use crate::domain::text::SafeHtml;

/// A text with variables, filled: words of the bot that no step says.
pub fn fill(html: &str, facts: &Facts) -> SafeHtml {
    template::Html::parse(html).fill(&scope::Scope::new(facts))
}
