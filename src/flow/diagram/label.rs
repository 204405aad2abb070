//! Texts of administrators, so that they can stand between a label's quotes and mean nothing there.

use std::fmt::Write as _;

/// Characters of a label; what comes after them is in the profile.
pub(super) const CHARACTERS_MAX: usize = 60;

/// One line of at most so many characters, in Mermaid's entities: what could be markup, markdown,
/// an icon, a directive or the end of the label is written as its number.
pub(super) fn escaped(text: &str, characters_max: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    let text = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut label = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut place = 0;
    while let Some(c) = rest.next() {
        if place == characters_max {
            label.push('…');
            break;
        }
        let stands = c.is_alphanumeric()
            || matches!(c, ' ' | ',' | '\'' | '?' | '!' | '/')
            || !c.is_ascii()
            // Two dollars begin a formula.
            || (c == '$' && rest.peek() != Some(&'$'))
            // In front of a label these begin a list; a colon inside a word is an address or an icon.
            || (matches!(c, '.' | '-') && place > 0 && rest.peek() != Some(&' '))
            || (c == ':' && rest.peek().is_none_or(|next| *next == ' '));
        if stands {
            label.push(c);
        } else {
            write!(label, "#{};", u32::from(c)).expect("writing to a String cannot fail");
        }
        place += 1;
    }
    label
}

/// Characters that turn the direction of a text or hide in it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
