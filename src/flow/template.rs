//! `$name` in configured texts: parsed once, filled many times; values are data, never markup.
//!
//! A name is an ASCII letter or underscore, then letters, digits and underscores, in any case.
//! `$5` and a lone dollar are ordinary text, and `$$` is one dollar. Unknown names come out empty.

use std::fmt::Write as _;

use super::scope::Scope;
use crate::domain::text::{SafeHtml, has_tags};

/// A label or a variable's new value: filled as it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain(Vec<Piece<()>>);

/// A message: its markup is sanitised when compiled, its values are escaped when filled in.
#[derive(Clone, Debug, Default)]
pub(super) struct Html {
    pieces: Vec<Piece<Place>>,
    /// Some variable stands inside an address, so the filled text is sanitised once more.
    has_address: bool,
}

/// A part of a template; `P` says where a variable stands.
#[derive(Clone, Debug)]
pub(super) enum Piece<P> {
    Literal(String),
    /// A name in lower case, and where it stands: that decides how its value is written.
    Variable(String, P),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Text,
    /// Inside a tag; the allow list leaves only a link's address there.
    Address,
}

impl Plain {
    pub fn parse(source: &str) -> Self {
        Self(pieces(source, |_| ()))
    }

    pub fn fill(&self, scope: &Scope) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Variable(name, ()) => filled.push_str(&scope.value(name)),
            }
        }
        filled
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Html {
    pub fn parse(source: &str) -> Self {
        let source = source.trim();
        let html = SafeHtml::sanitise(source).html.into_string();
        // A message typed into a plain text box means its line breaks.
        let html = if has_tags(source) { html } else { html.replace('\r', "").replace('\n', "<br>") };
        let mut scan = TagScan::default();
        let pieces = pieces(&html, |literal| scan.place_after(literal));
        let has_address = pieces.iter().any(|piece| matches!(piece, Piece::Variable(_, Place::Address)));
        Self { pieces, has_address }
    }

    pub fn fill(&self, scope: &Scope) -> SafeHtml {
        let mut filled = String::with_capacity(self.length_hint());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(html) => filled.push_str(html),
                Piece::Variable(name, Place::Text) => {
                    SafeHtml::escape_into(&scope.value(name), &mut filled);
                }
                Piece::Variable(name, Place::Address) => {
                    percent_encode(&scope.value(name), &mut filled);
                }
            }
        }
        if self.has_address {
            // An empty value can leave an address that is none.
            return SafeHtml::sanitise(&filled).html;
        }
        // The literals were sanitised when compiled, the values escaped just now.
        SafeHtml::from_storage(filled)
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    fn length_hint(&self) -> usize {
        let literal = |piece: &Piece<Place>| match piece {
            Piece::Literal(html) => html.len(),
            Piece::Variable(..) => 16,
        };
        self.pieces.iter().map(literal).sum()
    }
}

/// Cuts `source` at its variables; `place_after` is told each literal, in order.
pub(super) fn pieces<P>(source: &str, mut place_after: impl FnMut(&str) -> P) -> Vec<Piece<P>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = source;
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = name_length(rest);
        if length == 0 {
            literal.push('$');
            rest = rest.strip_prefix('$').unwrap_or(rest);
            continue;
        }
        let place = place_after(&literal);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Variable(rest[..length].to_ascii_lowercase(), place));
        rest = &rest[length..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// Follows sanitised HTML, in which every attribute stands in double quotes.
#[derive(Default)]
struct TagScan {
    in_tag: bool,
    in_quotes: bool,
}

impl TagScan {
    fn place_after(&mut self, html: &str) -> Place {
        for byte in html.bytes() {
            match byte {
                b'<' if !self.in_tag => self.in_tag = true,
                b'"' if self.in_tag => self.in_quotes = !self.in_quotes,
                b'>' if !self.in_quotes => self.in_tag = false,
                _ => {}
            }
        }
        if self.in_tag { Place::Address } else { Place::Text }
    }
}

/// Everything but RFC 3986's unreserved characters, so that a value stays one part of an address.
pub(super) fn percent_encode(value: &str, address: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
}
