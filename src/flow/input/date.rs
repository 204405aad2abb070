//! Dates and times in ISO form and as people write them.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};

use super::Taken;
use crate::flow::{
    model::{Answer, Value},
    words::{month_of, weekday_of},
};

pub(super) fn take_date(answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    let date = answer.value_date.map(|date| date.date_naive()).or_else(|| parse_date(words));
    let date = date.ok_or("Please give a date, such as 2026-03-01 or 1 March 2026.")?;
    Ok(Taken {
        value: Value::Date(date.and_time(NaiveTime::MIN).and_utc()),
        normal: date.format("%Y-%m-%d").to_string(),
    })
}

pub(super) fn take_time(answer: &Answer, words: &str) -> Result<Taken, Cow<'static, str>> {
    let time = answer.value_date.map(|date| date.time()).or_else(|| parse_time(words));
    let time = time.ok_or("Please give a time, such as 14:30 or 2:30 pm.")?;
    Ok(Taken::text(time.format("%H:%M").to_string()))
}

fn parse_date(words: &str) -> Option<NaiveDate> {
    // Of a date with a time only the date counts here.
    let is_time = |time: &str| time.starts_with(|c: char| c.is_ascii_digit());
    let words = match (words.split_once('T'), words.rsplit_once(char::is_whitespace)) {
        (Some((date, time)), _) if is_time(time) => date,
        (_, Some((date, time))) if time.contains(':') && parse_time(time).is_some() => date,
        _ => words,
    };
    let separate = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '/' | '-');
    let parts: Vec<&str> = words
        .split(separate)
        .filter(|part| !part.is_empty() && *part != "of" && weekday_of(part).is_none())
        .collect();
    let [first, second, third] = parts.as_slice() else { return None };
    if first.len() == 4 {
        return NaiveDate::from_ymd_opt(year(first)?, month(second)?, day(third)?);
    }
    let year = year(third)?;
    if let Some(month) = month_of(first) {
        return NaiveDate::from_ymd_opt(year, month, day(second)?);
    }
    if let Some(month) = month_of(second) {
        return NaiveDate::from_ymd_opt(year, month, day(first)?);
    }
    let (first, second) = (digits(first)?, digits(second)?);
    // The day stands first in most of the world, and where it cannot, the month does.
    NaiveDate::from_ymd_opt(year, second, first).or_else(|| NaiveDate::from_ymd_opt(year, first, second))
}

/// Four digits: which century two of them mean would be a guess.
fn year(part: &str) -> Option<i32> {
    (part.len() == 4).then(|| digits(part))?.and_then(|year| i32::try_from(year).ok())
}

fn month(part: &str) -> Option<u32> {
    month_of(part).or_else(|| digits(part))
}

fn day(part: &str) -> Option<u32> {
    digits(part.trim_end_matches(|c: char| c.is_ascii_alphabetic()))
}

fn digits(part: &str) -> Option<u32> {
    let is_short = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    is_short.then(|| part.parse().ok())?
}

fn parse_time(words: &str) -> Option<NaiveTime> {
    // Of a date with a time only the time counts here.
    let words = match words.split_once('T') {
        Some((date, time)) if parse_date(date).is_some() => time.trim_end_matches('Z'),
        _ => words,
    };
    let lower = words.to_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
    let (clock, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        (None, None) => (lower.as_str(), None),
    };
    let mut parts = clock.trim().split([':', '.']);
    let hour = digits(parts.next()?)?;
    let minute = match (parts.next(), half) {
        (Some(minute), _) if minute.len() == 2 => digits(minute)?,
        // "2 pm" is a time; "14" alone might be anything.
        (None, Some(_)) => 0,
        _ => return None,
    };
    let second = parts.next().map_or(Some(0), digits)?;
    if parts.next().is_some() {
        return None;
    }
    let hour = match half {
        Some(later) if (1..=12).contains(&hour) => hour % 12 + later,
        Some(_) => return None,
        None => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}
