//! One line on its way out: characters with their styles in, mrkdwn out, and no marker by accident.

use super::{
    ZERO_WIDTH_SPACE,
    emphasis::{can_close, can_open, is_space},
};

/// A set of styles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Styles(u8);

pub(super) const BOLD: Styles = Styles(1);
pub(super) const ITALIC: Styles = Styles(2);
pub(super) const STRIKE: Styles = Styles(4);
pub(super) const CODE: Styles = Styles(8);

/// From the outside to the inside: nothing is formatted within code.
const MARKERS: [(Styles, char); 4] = [(BOLD, '*'), (ITALIC, '_'), (STRIKE, '~'), (CODE, '`')];

impl Styles {
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// A link in code would show its brackets.
    pub(super) fn without_code(self) -> Self {
        Self(self.0 & !CODE.0)
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub content: Content,
    pub styles: Styles,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Char(char),
    /// A finished `<url|label>`.
    Link(String),
}

impl Cell {
    pub(super) fn plain(character: char) -> Self {
        Self { content: Content::Char(character), styles: Styles::default() }
    }

    fn is_space(&self) -> bool {
        matches!(self.content, Content::Char(character) if is_space(character))
    }
}

/// What is written, and what it is: only a sign of the text can become a marker by accident.
enum Piece {
    Marker(char),
    Sign(char),
    InCode(char),
    Link(String),
}

impl Piece {
    fn shown(&self) -> char {
        match self {
            Self::Marker(character) | Self::Sign(character) | Self::InCode(character) => *character,
            Self::Link(_) => '<',
        }
    }

    /// The sign, if it is one that might format.
    fn marker(&self) -> Option<char> {
        match self {
            Self::Marker(character) | Self::Sign(character) => {
                MARKERS.iter().any(|(_, marker)| marker == character).then_some(*character)
            }
            Self::InCode(_) | Self::Link(_) => None,
        }
    }
}

/// The line as mrkdwn, without what trails it.
pub(super) fn render(mut cells: Vec<Cell>) -> String {
    cells.truncate(cells.iter().rposition(|cell| !cell.is_space()).map_or(0, |last| last + 1));
    settle_spaces(&mut cells);
    let pieces = pieces(cells);
    let would_format = would_format(&pieces);
    let mut line = String::with_capacity(pieces.len() * 2);
    let starts_like_quote = pieces.iter().find(|piece| !is_space(piece.shown()));
    if matches!(starts_like_quote, Some(Piece::Sign('>'))) {
        line.push(ZERO_WIDTH_SPACE);
    }
    for (piece, is_defused) in pieces.iter().zip(would_format) {
        match piece {
            Piece::Marker(character) => line.push(*character),
            Piece::Sign(character) if is_defused => {
                line.extend([ZERO_WIDTH_SPACE, *character, ZERO_WIDTH_SPACE]);
            }
            // Nothing escapes a backtick inside of code; this one looks the same.
            Piece::InCode('`') => line.push('\u{2cb}'),
            Piece::Sign(character) | Piece::InCode(character) => push_escaped(*character, &mut line),
            Piece::Link(run) => line.push_str(run),
        }
    }
    line
}

/// A marker beside a space formats nothing, so a space at the edge of a style belongs outside.
fn settle_spaces(cells: &mut [Cell]) {
    for is_forward in [true, false] {
        let mut beside = Styles::default();
        let mut settle = |cell: &mut Cell| {
            if cell.is_space() {
                cell.styles = cell.styles.and(beside);
            } else {
                beside = cell.styles;
            }
        };
        if is_forward {
            cells.iter_mut().for_each(&mut settle);
        } else {
            cells.iter_mut().rev().for_each(&mut settle);
        }
    }
}

/// The cells with their markers between them, which nest.
fn pieces(cells: Vec<Cell>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(cells.len());
    let mut open: Vec<(Styles, char)> = Vec::new();
    for cell in cells {
        let kept = open.iter().take_while(|(style, _)| cell.styles.has(*style)).count();
        let has_closed = open.len() > kept;
        pieces.extend(open.drain(kept..).rev().map(|(_, marker)| Piece::Marker(marker)));
        let character = match cell.content {
            Content::Char(character) => Some(character),
            Content::Link(_) => None,
        };
        let new: Vec<_> = MARKERS
            .into_iter()
            .filter(|(style, _)| cell.styles.has(*style) && !open.iter().any(|(opened, _)| opened == style))
            .collect();
        // Inside of a word a marker is none, unless something stands between that has no width.
        let joins_word = has_closed && character.is_some_and(char::is_alphanumeric)
            || !new.is_empty() && pieces.last().is_some_and(|last| last.shown().is_alphanumeric());
        if joins_word {
            pieces.push(Piece::Sign(ZERO_WIDTH_SPACE));
        }
        pieces.extend(new.iter().map(|(_, marker)| Piece::Marker(*marker)));
        open.extend(new);
        pieces.push(match cell.content {
            Content::Char(character) if cell.styles.has(CODE) => Piece::InCode(character),
            Content::Char(character) => Piece::Sign(character),
            Content::Link(link) => Piece::Link(link),
        });
    }
    pieces.extend(open.drain(..).rev().map(|(_, marker)| Piece::Marker(marker)));
    pieces
}

/// For each piece, whether it is a sign that would format with another of its kind in this line.
fn would_format(pieces: &[Piece]) -> Vec<bool> {
    let abilities: Vec<(bool, bool)> = pieces
        .iter()
        .enumerate()
        .map(|(at, piece)| {
            let before = at.checked_sub(1).map(|before| pieces[before].shown());
            let after = pieces.get(at + 1).map(Piece::shown);
            match piece.marker() {
                // Code asks nothing of its neighbours.
                Some('`') => (true, true),
                Some(marker) => (can_open(marker, before, after), can_close(marker, before, after)),
                None => (false, false),
            }
        })
        .collect();
    let mut would_format = vec![false; pieces.len()];
    for (_, marker) in MARKERS {
        let is_kind = |at: &usize| pieces[*at].marker() == Some(marker);
        let first_open = (0..pieces.len()).filter(is_kind).find(|at| abilities[*at].0);
        let last_close = (0..pieces.len()).rev().filter(is_kind).find(|at| abilities[*at].1);
        let (Some(first_open), Some(last_close)) = (first_open, last_close) else { continue };
        for at in (0..pieces.len()).filter(is_kind) {
            let (opens, closes) = abilities[at];
            would_format[at] = opens && at < last_close || closes && at > first_open;
        }
    }
    would_format
}

pub(super) fn push_escaped(character: char, text: &mut String) {
    match character {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        '\t' => text.push('\t'),
        control if control.is_control() => {}
        other => text.push(other),
    }
}
