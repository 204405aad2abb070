//! `$name` in texts that belong to no flow, such as those that agents keep ready.

use super::{
    model::Facts,
    scope::Scope,
    template::{Html, Plain},
};
use crate::domain::text::SafeHtml;

/// HTML with its values filled in: its markup is sanitised, the values are escaped.
pub fn fill_html(source: &str, facts: &Facts) -> SafeHtml {
    Html::parse(source).fill(&Scope::new(facts))
}

/// Plain text with its values filled in.
pub fn fill_plain(source: &str, facts: &Facts) -> String {
    Plain::parse(source).fill(&Scope::new(facts))
}
