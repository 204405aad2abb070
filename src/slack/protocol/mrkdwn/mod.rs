//! Slack's message text: to HTML and plain text, from HTML and plain text, and into pieces.

mod blocks;
mod emoji;
mod emphasis;
mod escape;
mod from_html;
mod html;
mod inline;
mod line;
mod plain;
mod run;
mod split;
#[cfg(test)]
mod tests;
mod token;

pub use escape::escape;
pub use from_html::from_html;
pub use html::to_html;
pub use plain::to_plain;
pub use split::split;

/// Someone or something that a text speaks of by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mention<'a> {
    Person(&'a str),
    Channel(&'a str),
    Group(&'a str),
}

/// The name of what is mentioned, without `@` or `#`; nothing when it is not known.
pub type Names<'a> = &'a dyn Fn(Mention<'_>) -> Option<String>;

/// Takes no room, and stands between a sign and the word that would make it a marker.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

const URL_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Whether a link may go there: everything else could run, load or open something.
fn is_allowed_url(url: &str) -> bool {
    url.split_once(':')
        .is_some_and(|(scheme, _)| URL_SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

/// What a person reads of an address that has no label: mail and telephone as people write them.
fn shown_url(url: &str) -> &str {
    url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url)
}
