//! Small words in the shapes people write them: yes and no, plain numbers, days and months.

use chrono::{Month, Weekday};

/// A yes or a no, in words.
pub(super) fn truth_of(text: &str) -> Option<bool> {
    let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
    // Courtesy changes nothing.
    let courtesies = [" please", " thanks", " thank you"];
    let text = courtesies.iter().find_map(|courtesy| text.strip_suffix(courtesy)).unwrap_or(&text);
    let text = text.trim_end_matches(',');
    let is = |words: &[&str]| words.contains(&text);
    if is(&["yes", "y", "true", "1", "yeah", "yep", "yup", "sure", "ok", "okay", "on"]) {
        Some(true)
    } else if is(&["no", "n", "false", "0", "nope", "nah", "off"]) {
        Some(false)
    } else {
        None
    }
}

/// A number in its normal form; "inf", "nan" and "1e9" are words to us.
pub(super) fn number_of(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'));
    if !is_plain {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    // Minus zero is zero; without this it would sort below it.
    number.is_finite().then_some(number + 0.0)
}

/// An English day of the week, in full or shortened, in any case.
pub(super) fn weekday_of(word: &str) -> Option<Weekday> {
    word.trim_end_matches('.').parse().ok()
}

/// An English month, in full or shortened, in any case.
pub(super) fn month_of(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    // The parser takes three letters or the whole name; this is the one other common form.
    let word = if word.eq_ignore_ascii_case("sept") { "sep" } else { word };
    word.parse().ok().map(|month: Month| month.number_from_month())
}
