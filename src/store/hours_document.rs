//! A stored `Workdays` document, read for when it is open. Loading is total: what cannot be read
//! counts as absent, and a zone that is not known as UTC.

use chrono::{NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use super::profile_document::Reader;
use crate::domain::{
    document::Document,
    hours::{Break, Closure, Hours, Span, zone_of},
    wall_clock::wall_clock,
};

/// As Halo spells them in the names of its members.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads the hours.
pub fn hours(document: &Document) -> Hours {
    let document = Reader::parse(document);
    Hours {
        zone: document.text("timezone").and_then(|name| zone_of(&name)).unwrap_or(Tz::UTC),
        days: DAYS.map(|day| hours_of(&document, day)),
        breaks: document.each("breaks").filter_map(|row| break_of(&row)).collect(),
        closures: document.each("holidays").filter_map(|row| closure_of(&row)).collect(),
    }
}

/// The name of the time zone, if there is no such zone.
pub fn unknown_zone(document: &Document) -> Option<String> {
    Reader::parse(document).text("timezone").filter(|name| zone_of(name).is_none())
}

/// The hours that begin on a day: its own unless all days have the same, and those of all days where
/// it has none. A time that is nowhere given is midnight.
fn hours_of(document: &Reader, day: &str) -> Option<Span> {
    if !document.flag(&format!("inc{day}")) {
        return None;
    }
    let reading = |which: &str| {
        let own = (!document.flag("alldayssame")).then(|| time(document, &format!("{which}{day}"))).flatten();
        own.or_else(|| time(document, which)).unwrap_or(NaiveTime::MIN)
    };
    Some(Span { start: reading("start"), end: reading("end") })
}

/// A break that flags no day is one of every day; one without a length is none.
fn break_of(row: &Reader) -> Option<Break> {
    let flagged = DAYS.map(|day| row.flag(&format!("inc{day}")));
    let days = if flagged.contains(&true) { flagged } else { [true; 7] };
    let span = Span { start: time(row, "start")?, end: time(row, "end")? };
    (span.start != span.end).then_some(Break { days, span })
}

/// A holiday closes whole days, the last one included, unless it says that it does not. One of an
/// agent's is leave, and closes nothing.
fn closure_of(row: &Reader) -> Option<Closure> {
    if row.int("agent_id").is_some_and(|agent| agent > 0) {
        return None;
    }
    let from = reading(row, "date").or_else(|| reading(row, "date_only"))?;
    let last = reading(row, "end_date").or_else(|| reading(row, "end_date_only"));
    let (from, until) = if row.says_no("allday") {
        (from, last.unwrap_or(midnight_after(from)?))
    } else {
        (from.date().and_time(NaiveTime::MIN), midnight_after(last.unwrap_or(from))?)
    };
    Some(Closure { from, until, is_yearly: row.flag("isrecurring") })
}

fn midnight_after(reading: NaiveDateTime) -> Option<NaiveDateTime> {
    Some(reading.date().succ_opt()?.and_time(NaiveTime::MIN))
}

fn time(row: &Reader, name: &str) -> Option<NaiveTime> {
    reading(row, name).map(|reading| reading.time())
}

fn reading(row: &Reader, name: &str) -> Option<NaiveDateTime> {
    wall_clock(&row.text(name)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    fn read(document: &str) -> Hours {
        hours(&Document::from_json(document))
    }

    fn is_open(hours: &Hours, at: &str) -> bool {
        hours.is_open(at.parse().unwrap())
    }

    #[test]
    fn a_day_has_its_own_times_unless_all_days_have_the_same() {
        // 2026-03-02 is a Monday.
        let own = r#""start": "1900-01-01T08:00:00", "end": "1900-01-01T16:00:00", "incmonday": true,
            "inctuesday": true, "startmonday": "1900-01-01T10:00:00Z", "endmonday": "12:00""#;
        let hours = read(&format!("{{{own}}}"));
        assert!(!is_open(&hours, "2026-03-02T09:59:59Z") && is_open(&hours, "2026-03-02T11:59:59Z"));
        assert!(is_open(&hours, "2026-03-03T08:00:00Z") && !is_open(&hours, "2026-03-04T09:00:00Z"));
        let same = read(&format!("{{{own}, \"alldayssame\": true}}"));
        assert!(is_open(&same, "2026-03-02T08:00:00Z") && is_open(&same, "2026-03-02T15:00:00Z"));
        let whole = read(r#"{"incmonday": true}"#);
        assert!(is_open(&whole, "2026-03-02T00:00:00Z") && !is_open(&whole, "2026-03-03T00:00:00Z"));
    }

    #[test]
    fn holidays_close_whole_days_unless_they_say_otherwise() {
        let hours = read(
            r#"{"timezone": "Europe/Berlin", "incmonday": true, "inctuesday": true, "incwednesday": true,
                "incthursday": true, "holidays": [
                { "date": "2026-03-02T15:00:00Z", "name": "one day" },
                { "date_only": "2026-03-03", "end_date_only": "2026-03-03", "agent_id": 4 },
                { "date": "2026-03-04T10:00:00", "end_date": "2026-03-04T11:00:00", "allday": false },
                { "date": "2020-03-05", "isrecurring": true }, { "name": "never" }] }"#,
        );
        assert!(!is_open(&hours, "2026-03-02T08:00:00Z"), "the whole of Monday");
        assert!(is_open(&hours, "2026-03-03T08:00:00Z"), "an agent's leave");
        assert!(is_open(&hours, "2026-03-04T08:59:59Z") && !is_open(&hours, "2026-03-04T09:00:00Z"));
        assert!(is_open(&hours, "2026-03-04T10:00:00Z"), "after the hour that is closed");
        assert!(!is_open(&hours, "2026-03-05T10:00:00Z"), "every year");
    }

    #[test]
    fn reading_is_total() {
        let hours = read(
            r#"{"timezone": "Nowhere", "incmonday": 1, "inctuesday": true, "starttuesday": "noon", "endtuesday": {},
                "breaks": [7, {"start": "10:00"}, {"start": "11:00", "end": "11:00"},
                    {"start": "12:00", "end": "13:00"}],
                "holidays": "none"}"#,
        );
        assert!(!is_open(&hours, "2026-03-02T09:00:00Z") && is_open(&hours, "2026-03-03T11:00:00Z"));
        assert!(!is_open(&hours, "2026-03-03T12:30:00Z"), "a break that flags no day is one of every day");
        assert!(!is_open(&read("[]"), "2026-03-02T09:00:00Z"));
        let unknown = unknown_zone(&Document::from_json(r#"{"timezone": "Nowhere"}"#));
        assert_eq!(unknown.as_deref(), Some("Nowhere"));
    }
}
