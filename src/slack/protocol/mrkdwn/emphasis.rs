//! When `*`, `_` and `~` are markers: the same rule for reading and for writing.

use super::ZERO_WIDTH_SPACE;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Strike,
}

impl Style {
    pub(super) fn of(marker: char) -> Option<Self> {
        match marker {
            '*' => Some(Self::Bold),
            '_' => Some(Self::Italic),
            '~' => Some(Self::Strike),
            _ => None,
        }
    }
}

/// What stands beside a marker; `None` is the end of the line.
pub(super) type Neighbour = Option<char>;

/// Whether a marker can open: not inside of a word, and before something visible.
pub(super) fn can_open(marker: char, before: Neighbour, after: Neighbour) -> bool {
    !before.is_some_and(|before| before.is_alphanumeric() || before == marker)
        && after.is_some_and(|after| !is_space(after) && after != marker)
}

/// Whether a marker can close: after something visible, and not inside of a word.
pub(super) fn can_close(marker: char, before: Neighbour, after: Neighbour) -> bool {
    before.is_some_and(|before| !is_space(before) && before != marker)
        && !after.is_some_and(|after| after.is_alphanumeric() || after == marker)
}

pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || character == ZERO_WIDTH_SPACE
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Literal,
    Opens(Style),
    Closes(Style),
}

/// What each character of a line does. Pairs nest, and each style is open at most once, so the
/// stack has at most three entries and the walk is linear.
pub(super) fn roles(line: &[Neighbour]) -> Vec<Role> {
    let mut roles = vec![Role::Literal; line.len()];
    let mut open: Vec<(usize, Style)> = Vec::new();
    for (at, character) in line.iter().enumerate() {
        let Some((marker, style)) = character.and_then(|marker| Some((marker, Style::of(marker)?))) else {
            continue;
        };
        let before = at.checked_sub(1).map(|before| line[before].unwrap_or('.'));
        let after = line.get(at + 1).map(|after| after.unwrap_or('.'));
        let opened = open.iter().position(|(_, opened)| *opened == style);
        if let Some(opened) = opened.filter(|_| can_close(marker, before, after)) {
            roles[open[opened].0] = Role::Opens(style);
            roles[at] = Role::Closes(style);
            open.truncate(opened);
        } else if opened.is_none() && can_open(marker, before, after) {
            open.push((at, style));
        }
    }
    roles
}
