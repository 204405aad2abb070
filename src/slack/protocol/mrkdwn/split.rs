//! Long mrkdwn in pieces, each of which Slack takes and shows as the whole would be.

use super::{super::length::units, run};

/// Room for the fences that code needs around it, and for some words between them.
const UNITS_MIN: usize = 32;
const FENCE: &str = "```";
const OPENING: &str = "```\n";
const CLOSING: &str = "\n```";

/// `text` in parts of at most `characters_max` UTF-16 units (32 at the least), none of them empty.
///
/// A part ends where a paragraph does, else a line, a sentence or a word, and never inside of a run or
/// an entity that fits. Code that goes on in the next part is closed and opened again.
pub fn split(text: &str, characters_max: usize) -> Vec<String> {
    let units_max = characters_max.max(UNITS_MIN);
    let atoms = atoms(text, units_max - OPENING.len() - CLOSING.len());
    let mut parts = Vec::new();
    let mut rest = &atoms[..];
    let mut is_in_code = false;
    while !rest.is_empty() {
        let opening = if is_in_code { OPENING } else { "" };
        let end = part_end(rest, units_max - opening.len(), is_in_code);
        let (part, after) = rest.split_at(end);
        let is_open = part.iter().fold(is_in_code, |is_open, atom| is_open != atom.is_fence);
        parts.extend(assembled(opening, part, is_open));
        (rest, is_in_code) = next_part(after, is_open);
    }
    parts
}

/// What is never taken apart, unless it alone is longer than a part.
#[derive(Clone, Copy, Debug)]
struct Atom<'a> {
    text: &'a str,
    is_fence: bool,
}

impl Atom<'_> {
    fn is_space(&self) -> bool {
        self.text.trim().is_empty()
    }
}

fn atoms(text: &str, units_max: usize) -> Vec<Atom<'_>> {
    let mut atoms: Vec<Atom<'_>> = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (text, after) = rest.split_at(atom_length(rest, units_max));
        atoms.push(Atom { text, is_fence: text == FENCE });
        rest = after;
    }
    // Fences come in pairs; one that is left over is three backticks.
    if atoms.iter().filter(|atom| atom.is_fence).count() % 2 == 1
        && let Some(last) = atoms.iter_mut().rfind(|atom| atom.is_fence)
    {
        last.is_fence = false;
    }
    atoms
}

fn atom_length(text: &str, units_max: usize) -> usize {
    let run = run::read(text).map(|(_, length)| length).filter(|length| units(&text[..*length]) <= units_max);
    let whole = [FENCE, "&amp;", "&lt;", "&gt;"].iter().find(|whole| text.starts_with(**whole));
    let first = text.chars().next().map_or(0, char::len_utf8);
    run.or_else(|| whole.map(|whole| whole.len())).unwrap_or(first)
}

/// Places where a part can end, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Paragraph,
    Line,
    Sentence,
    Word,
    Anywhere,
}

const PLACES: usize = 5;

/// How many atoms the first part has; at least one.
fn part_end(atoms: &[Atom<'_>], room: usize, mut is_in_code: bool) -> usize {
    let mut last: [Option<(usize, usize)>; PLACES] = [None; PLACES];
    let mut used = 0;
    for (at, atom) in atoms.iter().enumerate() {
        used += units(atom.text);
        is_in_code ^= atom.is_fence;
        if used > room {
            return best(&last, room);
        }
        let closing = if is_in_code { CLOSING.len() } else { 0 };
        if used + closing <= room
            && let Some(place) = place(*atom, &atoms[at + 1..], is_in_code)
        {
            last[place as usize] = Some((at + 1, used));
        }
    }
    atoms.len()
}

/// The best place that leaves no part half empty; without one, the best there is.
fn best(last: &[Option<(usize, usize)>; PLACES], room: usize) -> usize {
    let (anywhere, good) = (last[Place::Anywhere as usize], &last[..Place::Anywhere as usize]);
    let full = good.iter().flatten().find(|(_, used)| used * 2 >= room);
    full.or_else(|| good.iter().flatten().next()).copied().or(anywhere).map_or(1, |(end, _)| end)
}

/// What ends between this atom and those behind it.
fn place(atom: Atom<'_>, behind: &[Atom<'_>], is_in_code: bool) -> Option<Place> {
    let next = behind.first()?;
    let is_newline = |at: usize| behind.get(at).is_some_and(|atom| atom.text == "\n");
    Some(if is_newline(0) && is_newline(1) {
        Place::Paragraph
    } else if is_newline(0) || atom.is_fence && !is_in_code || next.is_fence && !is_in_code {
        Place::Line
    } else if next.is_space() && matches!(atom.text, "." | "!" | "?" | "…")
        || matches!(atom.text, "。" | "！" | "？")
    {
        Place::Sentence
    } else if next.is_space() {
        Place::Word
    } else {
        Place::Anywhere
    })
}

fn assembled(opening: &str, part: &[Atom<'_>], is_open: bool) -> Option<String> {
    let length = part.iter().rposition(|atom| !atom.is_space()).map_or(0, |last| last + 1);
    let (last, before) = part[..length].split_last()?;
    // Code that would only begin here begins in the next part.
    let begins_next = is_open && last.is_fence;
    let words: String =
        if begins_next { before } else { &part[..length] }.iter().map(|atom| atom.text).collect();
    let words = if begins_next { words.trim_end() } else { &words };
    let closing = if is_open && !begins_next { CLOSING } else { "" };
    (!words.trim().is_empty()).then(|| format!("{opening}{words}{closing}"))
}

/// Where the next part begins, and whether in code. The white space at which the former ended is
/// dropped; of code no more than the line's end, because the spaces behind it mean something.
fn next_part<'a, 'b>(rest: &'a [Atom<'b>], is_open: bool) -> (&'a [Atom<'b>], bool) {
    let words = rest.iter().position(|atom| !atom.is_space()).unwrap_or(rest.len());
    if is_open {
        return match rest.get(words) {
            // The former part has closed it already.
            Some(atom) if atom.is_fence => next_part(&rest[words + 1..], false),
            Some(_) if rest[0].is_space() => (&rest[1..], true),
            _ => (rest, true),
        };
    }
    // An indented line keeps its spaces.
    let line = rest[..words].iter().rposition(|atom| atom.text == "\n");
    let dropped = line.map_or(words, |last| last + 1);
    if words == rest.len() { (&[], false) } else { (&rest[dropped..], false) }
}
