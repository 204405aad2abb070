//! Message text, both ways.

use super::Mention;

mod emoji;
mod from_html;
mod inbound;
mod nasty;
mod properties;
mod split;

/// A workspace that knows one of each.
fn names(mention: Mention<'_>) -> Option<String> {
    match mention {
        Mention::Person("U1") => Some("Ann <b>".to_owned()),
        Mention::Channel("C1") => Some("general".to_owned()),
        Mention::Group("S1") => Some("@oncall".to_owned()),
        _ => None,
    }
}

fn html(text: &str) -> String {
    super::to_html(text, &names)
}

fn plain(text: &str) -> String {
    super::to_plain(text, &names)
}
