//! Reads one HTML tag the way a browser's tokeniser does.

/// What stands between `<` and `>`.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub kind: TagKind,
    pub name: &'a str,
    pub attributes: Vec<Attribute<'a>>,
    /// Bytes up to and with the `>`.
    pub length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    Start,
    End,
    /// A comment, a declaration, or a tag that never ends: no parser shows it.
    Other,
}

#[derive(Debug)]
pub(super) struct Attribute<'a> {
    pub name: &'a str,
    /// Name and value as written.
    pub source: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag that `html` begins with; none when its `<` is a character like any other.
    pub fn read(html: &'a str) -> Option<Self> {
        let inside = html.strip_prefix('<')?;
        if inside.starts_with(['!', '?']) {
            return Some(Self::other(html));
        }
        let (kind, inside) = match inside.strip_prefix('/') {
            Some(inside) => (TagKind::End, inside),
            None => (TagKind::Start, inside),
        };
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return (kind == TagKind::End && !inside.is_empty()).then(|| Self::other(html));
        }
        let (name, mut rest) = cut(inside, |c| is_space(c) || matches!(c, '/' | '>'));
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c| is_space(c) || c == '/');
            if rest.is_empty() {
                return Some(Self { length: html.len(), ..Self::other(html) });
            }
            if let Some(after) = rest.strip_prefix('>') {
                let length = html.len() - after.len();
                return Some(Self { kind, name, attributes, length });
            }
            let (attribute, after) = Attribute::read(rest);
            attributes.push(attribute);
            rest = after;
        }
    }

    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn other(html: &str) -> Self {
        let length = html.find('>').map_or(html.len(), |at| at + 1);
        Self { kind: TagKind::Other, name: "", attributes: Vec::new(), length }
    }
}

impl<'a> Attribute<'a> {
    fn read(text: &'a str) -> (Self, &'a str) {
        let (name, rest) = cut(text, |c| is_space(c) || matches!(c, '/' | '>' | '='));
        let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
            return (Self { name, source: name }, rest);
        };
        let value = value.trim_start_matches(is_space);
        let rest = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let (_, rest) = cut(&value[1..], |c| c == quote);
                rest.strip_prefix(quote).unwrap_or(rest)
            }
            _ => cut(value, |c| is_space(c) || c == '>').1,
        };
        (Self { name, source: &text[..text.len() - rest.len()] }, rest)
    }

    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The text up to the first such character, and from it on.
fn cut(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}
