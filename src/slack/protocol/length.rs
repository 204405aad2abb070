//! Lengths as Slack limits them.
//!
//! Its documentation says "characters", and its parts disagree about what that is. UTF-16 units are
//! never fewer than code points, so what fits by them fits by either count.

pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text itself when it fits; else as much of it as leaves room for the `…` that says so.
pub fn cut(text: &str, units_max: usize) -> String {
    if units(text) <= units_max {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(units_max + 2);
    let mut room = units_max.saturating_sub(1);
    for character in text.chars() {
        let Some(left) = room.checked_sub(character.len_utf16()) else { break };
        room = left;
        kept.push(character);
    }
    // A cut that leaves a space before the mark looks like a mistake.
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::{cut, units};

    #[test]
    fn what_fits_stays_as_it_is_and_the_rest_is_marked() {
        assert_eq!(cut("seven", 5), "seven");
        assert_eq!(cut("sevens", 5), "seve…");
        assert_eq!(cut("one two", 5), "one…");
        assert_eq!(cut("", 5), "");
    }

    #[test]
    fn a_character_outside_the_basic_plane_counts_twice() {
        assert_eq!(cut("👋👋", 4), "👋👋");
        assert_eq!(cut("👋👋👋", 4), "👋…");
        assert_eq!(units(&cut("👋👋👋", 5)), 5);
    }
}
