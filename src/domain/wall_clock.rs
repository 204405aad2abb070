//! Dates and times as a clock on the wall shows them: no zone, or one that does not count.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

/// Reads `1900-01-01T09:00:00` with or without a zone, a day alone (its midnight), or a time of day
/// alone (on the day before all others, as Halo writes it). A zone is read over: what is meant is
/// the clock of whoever wrote it.
pub fn wall_clock(text: &str) -> Option<NaiveDateTime> {
    let text = without_zone(text.trim());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    let moment = moment(text).or_else(day).or_else(|| Some(DAY_OF_TIMES.and_time(time_of_day(text)?)))?;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// Reads `09:00` or `09:00:00`.
pub fn time_of_day(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text.trim(), form).ok())
}

/// The day that Halo puts a time on when only the time counts.
pub const DAY_OF_TIMES: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("the day exists");

fn moment(text: &str) -> Option<NaiveDateTime> {
    const FORMS: [&str; 4] =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// Takes `Z` or an offset such as `+02:00` from the end of a date and time.
fn without_zone(text: &str) -> &str {
    const DAY: usize = "1900-01-01".len();
    if let Some(rest) = text.strip_suffix(['Z', 'z']) {
        return rest;
    }
    let sign = text.get(DAY..).and_then(|time| time.rfind(['+', '-']));
    let Some((rest, offset)) = sign.and_then(|at| text.split_at_checked(DAY + at)) else { return text };
    let is_offset = offset.len() > 1 && offset[1..].bytes().all(|one| one.is_ascii_digit() || one == b':');
    if is_offset { rest } else { text }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn what_counts_is_what_the_writers_clock_showed() {
        for text in [
            "1900-01-01T09:30:00",
            "1900-01-01T09:30:00Z",
            "1900-01-01T09:30:00+02:00",
            "1900-01-01 09:30:00-0500",
            "1900-01-01T09:30:00.000Z",
            "1900-01-01T09:30",
            " 09:30 ",
            "09:30:00",
        ] {
            assert_eq!(wall_clock(text).unwrap().to_string(), "1900-01-01 09:30:00", "{text}");
        }
        assert_eq!(wall_clock("2026-12-25").unwrap().to_string(), "2026-12-25 00:00:00");
    }

    #[test]
    fn what_no_clock_shows_is_not_read() {
        for text in
            ["", "9", "24:00", "25:00", "noon", "2026-02-30", "2026-01-01T09:30+x", "+10000-01-01", "Z"]
        {
            assert_eq!(wall_clock(text), None, "{text}");
        }
    }
}
