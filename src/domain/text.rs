//! Text that people wrote: safe HTML as a type, and its plain form.

use std::{collections::HashSet, fmt, sync::LazyLock};

use ammonia::{Builder, UrlRelative};

use tag::{Tag, TagKind};

mod tag;
#[cfg(test)]
mod tests;

/// HTML that holds nothing outside the allow list, whoever wrote it.
///
/// There is no way to make one from text that was neither escaped nor sanitised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeHtml(String);

/// What came of sanitising: the safe form, and whether it is all that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sanitised {
    pub html: SafeHtml,
    /// False when an element, an attribute or an address had to go.
    pub was_safe: bool,
}

/// Formatting that a chat needs, and links; nothing that loads, runs, submits or styles.
const TAGS: [&str; 15] =
    ["b", "i", "u", "s", "em", "strong", "a", "br", "p", "ul", "ol", "li", "code", "pre", "blockquote"];
const BLOCKS: [&str; 6] = ["p", "ul", "ol", "li", "pre", "blockquote"];
/// Those that the sanitiser and `escape` write.
const ENTITIES: [(&str, char); 6] =
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&nbsp;", '\u{a0}')];
/// One shows that nothing changes any more; a few leave room for what does.
const PASSES_MAX: usize = 4;
const URL_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(URL_SCHEMES))
        // A relative address would point into whatever page shows the chat.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener"));
    builder
});

/// For what is laid out like a page: with headings, tables and pictures.
static DOCUMENT_SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.url_schemes(HashSet::from(URL_SCHEMES)).link_rel(Some("noopener"));
    builder
});

/// HTML of an article or a catalogue without anything that runs; it keeps its looks, which a chat has no
/// room for.
pub fn safe_document(html: &str) -> String {
    DOCUMENT_SANITISER.clean(html).to_string()
}

impl SafeHtml {
    /// Keeps what the allow list knows and drops the rest.
    pub fn sanitise(html: &str) -> Sanitised {
        // No text type of ours, nor Postgres, holds NUL; parsers disagree about it.
        let html = html.replace('\0', "");
        if !html.contains(['<', '&', '>']) {
            return Sanitised { html: Self(html), was_safe: true };
        }
        let was_safe = is_allowed(&html);
        Sanitised { html: Self(clean(&html)), was_safe }
    }

    /// Plain text as HTML: every special character written out, line breaks kept.
    pub fn escape(plain: &str) -> Self {
        let mut html = String::with_capacity(plain.len() + plain.len() / 8);
        Self::escape_into(plain, &mut html);
        Self(html)
    }

    /// As `escape`, at the end of HTML that is being put together.
    pub fn escape_into(plain: &str, html: &mut String) {
        for character in plain.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                '\n' => html.push_str("<br>"),
                '\r' | '\0' => {}
                other => html.push(other),
            }
        }
    }

    /// Text that is known to be safe: it came back from our own storage, where only safe HTML is
    /// written, or was put together from safe pieces.
    pub fn from_storage(html: String) -> Self {
        Self(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words without the markup; block elements and `<br>` become line breaks.
    pub fn to_plain(&self) -> String {
        plain_of(&self.0)
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a browser would read as it was meant: elements that were nested in a way which only those that
/// had to go allowed are nested anew, until nothing changes any more.
fn clean(html: &str) -> String {
    let mut clean = clean_once(html);
    for _ in 0..PASSES_MAX {
        let again = clean_once(&clean);
        if again == clean {
            return clean;
        }
        clean = again;
    }
    SafeHtml::escape(&plain_of(&clean)).into_string()
}

fn clean_once(html: &str) -> String {
    // Whoever reads it drops the first line break of a `pre`, as the sanitiser just did.
    SANITISER.clean(html).to_string().replace("<pre>\n", "<pre>\n\n")
}

/// Whether text has markup in it at all: something shaped like a tag.
pub fn has_tags(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        text[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    })
}

/// Whether the sanitiser finds nothing to remove; closing what is open and rewriting an entity
/// or a `rel` is no removal.
fn is_allowed(html: &str) -> bool {
    let mut links = String::new();
    let mut link_count = 0;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let Some(tag) = Tag::read(rest) else {
            // A "less than" sign.
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if tag.kind == TagKind::Other || !TAGS.iter().any(|known| tag.is(known)) {
            return false;
        }
        let mut has_address = false;
        for attribute in &tag.attributes {
            let is_address = attribute.is("href");
            if !tag.is("a") || !(is_address || attribute.is("rel")) || is_address && has_address {
                return false;
            }
            if is_address {
                has_address = true;
                link_count += 1;
                links.extend(["<a ", attribute.source, "></a>"]);
            }
        }
    }
    // Only the sanitiser knows which addresses it keeps. An address may hold `href="` itself, but no `<`.
    link_count == 0 || SANITISER.clean(&links).to_string().matches("<a href=\"").count() == link_count
}

fn plain_of(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((entity, character)) = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity)) {
            plain.push(*character);
            rest = &rest[entity.len()..];
        } else if let Some(tag) = Tag::read(rest) {
            let ends_line = BLOCKS.iter().any(|block| tag.is(block));
            if tag.is("br") || ends_line && !plain.is_empty() && !plain.ends_with('\n') {
                plain.push('\n');
            }
            rest = &rest[tag.length..];
            if tag.is("pre") && tag.kind == TagKind::Start {
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
        } else {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain.truncate(plain.trim_end_matches('\n').len());
    plain
}
