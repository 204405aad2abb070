//! Hours on ordinary days, past midnight, on holidays, and on the days when clocks change.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{Break, Closure, Hours, Span, zone_of};

const WEEK: [bool; 7] = [true; 7];

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span { start: time(start), end: time(end) }
}

fn reading(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    reading(text).and_utc()
}

/// Open from one time to another on every day.
fn daily(zone: &str, start: &str, end: &str) -> Hours {
    let days = [Some(span(start, end)); 7];
    Hours { zone: zone_of(zone).unwrap(), days, breaks: Vec::new(), closures: Vec::new() }
}

/// The same from Monday to Friday.
fn weekly(zone: &str, start: &str, end: &str) -> Hours {
    let mut hours = daily(zone, start, end);
    hours.days[5..].fill(None);
    hours
}

fn closure(from: &str, until: &str, is_yearly: bool) -> Closure {
    Closure { from: reading(from), until: reading(until), is_yearly }
}

/// The moments of opening (+) and closing (-) in UTC, to the minute.
fn changes(hours: &Hours, from: &str, until: &str) -> Vec<String> {
    let (mut at, until) = (utc(from), utc(until));
    let mut was_open = hours.is_open(at);
    let mut changes = Vec::new();
    while at <= until {
        let is_open = hours.is_open(at);
        if is_open != was_open {
            changes.push(format!("{}{}", if is_open { '+' } else { '-' }, at.format("%d %H:%M")));
        }
        was_open = is_open;
        at += TimeDelta::minutes(1);
    }
    changes
}

#[test]
fn a_day_is_open_from_its_start_until_just_before_its_end() {
    let hours = weekly("Europe/London", "09:00", "17:30");
    // Friday, a winter weekend, Monday.
    let found = changes(&hours, "2026-01-02 00:00", "2026-01-05 23:00");
    assert_eq!(found, ["+02 09:00", "-02 17:30", "+05 09:00", "-05 17:30"]);
    assert_eq!(hours.opens_next(utc("2026-01-02 17:30")), Some(utc("2026-01-05 09:00")));
    assert_eq!(hours.opens_next(utc("2026-01-02 12:00")), Some(utc("2026-01-02 12:00")));
    assert_eq!(hours.local(utc("2026-07-01 12:00")).to_rfc3339(), "2026-07-01T13:00:00+01:00");
}

#[test]
fn hours_run_past_midnight_into_a_day_without_hours_of_its_own() {
    let mut hours = daily("UTC", "22:00", "06:00");
    hours.days[1..].fill(None);
    // From Monday evening into Tuesday.
    assert_eq!(changes(&hours, "2026-01-05 00:00", "2026-01-07 23:00"), ["+05 22:00", "-06 06:00"]);
    let whole_day =
        Hours { days: [Some(span("08:00", "08:00")), None, None, None, None, None, None], ..hours };
    assert_eq!(changes(&whole_day, "2026-01-05 00:00", "2026-01-07 23:00"), ["+05 08:00", "-06 08:00"]);
    assert!(changes(&daily("UTC", "00:00", "00:00"), "2026-01-05 00:00", "2026-01-07 23:00").is_empty());
}

#[test]
fn breaks_close_on_their_days() {
    let mut hours = weekly("UTC", "09:00", "17:00");
    let mut days = [false; 7];
    days[4] = true;
    hours.breaks = vec![
        Break { days: WEEK, span: span("12:00", "12:30") },
        Break { days, span: span("15:00", "17:00") },
    ];
    assert_eq!(
        changes(&hours, "2026-01-01 00:00", "2026-01-02 23:00"),
        [
            "+01 09:00",
            "-01 12:00",
            "+01 12:30",
            "-01 17:00",
            "+02 09:00",
            "-02 12:00",
            "+02 12:30",
            "-02 15:00"
        ]
    );
    assert_eq!(hours.opens_next(utc("2026-01-02 12:10")), Some(utc("2026-01-02 12:30")));
    assert_eq!(hours.opens_next(utc("2026-01-02 15:10")), Some(utc("2026-01-05 09:00")));
}

#[test]
fn a_holiday_closes_its_dates_and_what_begins_on_them() {
    let mut hours = daily("Europe/Berlin", "22:00", "06:00");
    hours.closures = vec![closure("2026-12-25 00:00", "2026-12-27 00:00", false)];
    // The night before ends at midnight; the nights that begin on the holidays are not worked.
    assert_eq!(
        changes(&hours, "2026-12-24 12:00", "2026-12-28 12:00"),
        ["+24 21:00", "-24 23:00", "+27 21:00", "-28 05:00"]
    );
    assert_eq!(hours.opens_next(utc("2026-12-24 23:00")), Some(utc("2026-12-27 21:00")));
}

#[test]
fn a_part_of_a_day_may_be_closed() {
    let mut hours = weekly("UTC", "09:00", "17:00");
    hours.closures = vec![closure("2026-01-02 10:00", "2026-01-02 11:00", false)];
    assert_eq!(
        changes(&hours, "2026-01-02 00:00", "2026-01-02 23:00"),
        ["+02 09:00", "-02 10:00", "+02 11:00", "-02 17:00"]
    );
    assert_eq!(hours.opens_next(utc("2026-01-02 10:30")), Some(utc("2026-01-02 11:00")));
}

#[test]
fn a_yearly_holiday_comes_back_across_new_year_and_on_leap_days_alone() {
    let mut hours = daily("UTC", "00:00", "00:00");
    hours.closures = vec![
        closure("2020-12-31 00:00", "2021-01-02 00:00", true),
        closure("2020-02-29 00:00", "2020-03-01 00:00", true),
    ];
    let is_open = |text| hours.is_open(utc(text));
    assert!(!is_open("2026-12-31 12:00") && !is_open("2027-01-01 12:00") && is_open("2027-01-02 12:00"));
    assert!(is_open("2026-02-28 12:00") && is_open("2026-03-01 12:00") && !is_open("2028-02-29 12:00"));
}

#[test]
fn the_clock_that_counts_is_the_zones_on_both_days_that_it_changes() {
    let hours = daily("Europe/London", "09:00", "17:00");
    let spring = changes(&hours, "2026-03-28 00:00", "2026-03-29 23:00");
    assert_eq!(spring, ["+28 09:00", "-28 17:00", "+29 08:00", "-29 16:00"]);
    let autumn = changes(&hours, "2026-10-24 00:00", "2026-10-25 23:00");
    assert_eq!(autumn, ["+24 08:00", "-24 16:00", "+25 09:00", "-25 17:00"]);
}

#[test]
fn a_time_that_the_clock_skips_is_the_moment_of_the_jump() {
    // In London 01:00 becomes 02:00 at 01:00 UTC.
    for (start, end, expected) in [
        ("01:30", "10:00", vec!["+29 01:00", "-29 09:00"]),
        ("00:15", "01:30", vec!["+29 00:15", "-29 01:00"]),
        ("01:10", "01:50", vec![]),
    ] {
        let hours = daily("Europe/London", start, end);
        assert_eq!(changes(&hours, "2026-03-29 00:00", "2026-03-29 23:00"), expected, "{start} to {end}");
    }
    let hours = daily("Europe/London", "01:30", "10:00");
    assert_eq!(hours.opens_next(utc("2026-03-29 00:30")), Some(utc("2026-03-29 01:00")));
}

#[test]
fn what_the_clock_shows_twice_is_open_from_the_first_time_to_the_last() {
    // In London 02:00 becomes 01:00 at 01:00 UTC, so 01:30 is at 00:30 and at 01:30 UTC.
    for (start, end, expected) in
        [("01:30", "10:00", ["+25 00:30", "-25 10:00"]), ("00:15", "01:30", ["+24 23:15", "-25 01:30"])]
    {
        let hours = daily("Europe/London", start, end);
        let found = changes(&hours, "2026-10-24 22:00", "2026-10-25 23:00");
        assert_eq!(found, expected, "{start} to {end}");
    }
}

#[test]
fn half_hours_of_offset_and_of_change_count() {
    // Lord Howe Island is at +10:30, in summer at +11:00; the clock moves half an hour at 02:00.
    let hours = daily("Australia/Lord_Howe", "09:00", "17:00");
    let autumn = changes(&hours, "2026-04-03 12:00", "2026-04-05 12:00");
    assert_eq!(autumn, ["+03 22:00", "-04 06:00", "+04 22:30", "-05 06:30"]);
    let spring = changes(&hours, "2026-10-02 12:00", "2026-10-04 12:00");
    assert_eq!(spring, ["+02 22:30", "-03 06:30", "+03 22:00", "-04 06:00"]);
    // In spring 02:00 becomes 02:30, in autumn 01:30 to 02:00 comes twice, at 15:00 UTC the second time.
    let night = daily("Australia/Lord_Howe", "02:10", "03:00");
    assert_eq!(changes(&night, "2026-10-03 12:00", "2026-10-03 18:00"), ["+03 15:30", "-03 16:00"]);
    let twice = daily("Australia/Lord_Howe", "00:00", "01:45");
    assert_eq!(changes(&twice, "2026-04-04 12:00", "2026-04-04 18:00"), ["+04 13:00", "-04 15:15"]);
    // Adelaide is at +09:30, in summer at +10:30.
    let hours = daily("Australia/Adelaide", "09:00", "17:00");
    assert_eq!(
        changes(&hours, "2026-04-03 12:00", "2026-04-05 12:00"),
        ["+03 22:30", "-04 06:30", "+04 23:30", "-05 07:30"]
    );
    assert_eq!(
        changes(&hours, "2026-10-02 12:00", "2026-10-04 12:00"),
        ["+02 23:30", "-03 07:30", "+03 22:30", "-04 06:30"]
    );
}

#[test]
fn a_zone_that_left_out_a_day_goes_on_the_day_after() {
    // Samoa had no 30th of December 2011.
    let hours = daily("Pacific/Apia", "09:00", "17:00");
    assert_eq!(
        changes(&hours, "2011-12-29 12:00", "2011-12-31 12:00"),
        ["+29 19:00", "-30 03:00", "+30 19:00", "-31 03:00"]
    );
}

#[test]
fn what_never_opens_has_no_next_opening() {
    let mut hours = daily("UTC", "09:00", "17:00");
    hours.closures = vec![closure("2026-01-01 00:00", "2036-01-01 00:00", false)];
    assert_eq!(hours.opens_next(utc("2026-01-05 09:00")), None);
    let never = Hours { days: [None; 7], closures: Vec::new(), ..hours };
    assert_eq!(never.opens_next(utc("2026-01-05 09:00")), None);
}

#[test]
fn zones_have_iana_and_windows_names() {
    for (name, zone) in [
        ("Europe/London", "Europe/London"),
        ("GMT Standard Time", "Europe/London"),
        ("Eastern Standard Time", "America/New_York"),
        ("AUS Eastern Standard Time", "Australia/Sydney"),
        (" UTC ", "UTC"),
        ("", "UTC"),
    ] {
        assert_eq!(zone_of(name).unwrap().name(), zone, "{name}");
    }
    assert_eq!(zone_of("Middle-earth/Shire"), None);
}
