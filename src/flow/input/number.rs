//! Numbers as people of many countries write them, in one form.

use std::borrow::Cow;

use super::Taken;
use crate::flow::model::{Answer, Value};

/// More digits than any amount has; keeps the answer short.
const DIGITS_MAX: usize = 30;

pub(super) fn take_integer(answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    if let Some(number) = answer.value_int {
        return Ok(taken(number));
    }
    let (sign, digits) = signed(words);
    let groups = digits.find(is_separator).map(|at| &digits[at..]);
    let digits = groups
        .and_then(|groups| groups.chars().next())
        .map_or(Some(digits.clone()), |separator| ungrouped(&digits, separator))
        .filter(|digits| is_digits(digits))
        .ok_or("Please give a whole number.")?;
    let number = format!("{sign}{digits}").parse();
    number
        .map(taken)
        .map_err(|_| format!("Please give a number between {} and {}.", i32::MIN, i32::MAX).into())
}

pub(super) fn take_decimal(words: &str) -> Result<Taken, Cow<'static, str>> {
    let (sign, digits) = signed(words);
    let normal = decimal(&digits).ok_or("Please give a number, such as 12.5.")?;
    let normal = if normal.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        normal
    } else {
        format!("{sign}{normal}")
    };
    Ok(Taken { value: Value::Decimal(normal.clone()), normal })
}

/// The last of two kinds of separator is the decimal one, and so is a single one alone: 1.234,5
/// and 1,234.5 are the same number, and 1,234 is a little more than one.
fn decimal(text: &str) -> Option<String> {
    let separators: Vec<char> = text.chars().filter(|&c| is_separator(c)).collect();
    let (whole, fraction) = match separators.as_slice() {
        [] => (text.to_owned(), ""),
        [only @ (' ' | '\'')] => (ungrouped(text, *only)?, ""),
        [.., last] if separators.iter().filter(|&separator| separator == last).count() == 1 => {
            let (whole, fraction) = text.rsplit_once(*last)?;
            let whole = match separators[0] {
                first if first != *last => ungrouped(whole, first)?,
                _ => whole.to_owned(),
            };
            (whole, fraction)
        }
        [first, ..] => (ungrouped(text, *first)?, ""),
    };
    let is_number = (is_digits(&whole) || whole.is_empty() && !fraction.is_empty())
        && (fraction.is_empty() || is_digits(fraction))
        && whole.len() + fraction.len() <= DIGITS_MAX;
    if !is_number {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// The digits without separators that stand before every third one.
fn ungrouped(digits: &str, separator: char) -> Option<String> {
    let mut groups = digits.split(separator);
    let first = groups.next()?;
    let is_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    is_grouped.then(|| digits.replace(separator, ""))
}

/// The sign ("-" or nothing), and the rest with the many spaces and apostrophes made one.
fn signed(words: &str) -> (&'static str, String) {
    let words = words.trim();
    let (sign, rest) = match words.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", words.strip_prefix('+').unwrap_or(words)),
    };
    let plain = |c: char| match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '\u{2019}' => '\'',
        other => other,
    };
    (sign, rest.trim().chars().map(plain).collect())
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '.' | ' ' | '\'')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn taken(number: i32) -> Taken {
    Taken { value: Value::Integer(number), normal: number.to_string() }
}
