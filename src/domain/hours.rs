//! Working hours: when somebody is there, in a time zone of their own.

mod zone;

#[cfg(test)]
mod tests;

use std::ops::Range;

use chrono::{
    DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc,
};
use chrono_tz::Tz;

pub use zone::zone_of;

/// A week's hours, what interrupts them every week, and what does so on certain dates.
#[derive(Clone, Debug)]
pub struct Hours {
    pub zone: Tz,
    /// The hours that begin on each day, from Monday on; none: closed.
    pub days: [Option<Span>; 7],
    pub breaks: Vec<Break>,
    pub closures: Vec<Closure>,
}

/// From one time of day to another; an end at or before the start is one of the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: NaiveTime,
    pub end: NaiveTime,
}

/// Closed for a while, on the same days of every week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// From Monday on.
    pub days: [bool; 7],
    pub span: Span,
}

/// Closed from one moment of the zone's clock to another. Where a whole day is closed, the hours
/// that begin on it are too, however far they run into the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure {
    pub from: NaiveDateTime,
    pub until: NaiveDateTime,
    /// On the same dates of every year.
    pub is_yearly: bool,
}

/// Days that are searched for the next opening.
const DAYS_SEARCHED_MAX: u64 = 400;

impl Hours {
    /// What the zone's clock shows.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        let local = at.with_timezone(&self.zone);
        local.with_timezone(&local.offset().fix())
    }

    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let today = self.local(at).date_naive();
        let yesterday = before(today);
        let is_within = |day| self.opening(day).is_some_and(|opening| opening.contains(&at));
        (is_within(today) || is_within(yesterday))
            && !self.breaks_of(today).chain(self.breaks_of(yesterday)).any(|pause| pause.contains(&at))
            && !self.closures_about(today).any(|closed| self.instants(&closed).contains(&at))
    }

    /// The next moment of being open, which is this one while it is open; none within about a year.
    pub fn opens_next(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.is_open(at) {
            return Some(at);
        }
        let first = before(self.local(at).date_naive());
        (0..=DAYS_SEARCHED_MAX).find_map(|further| {
            let day = first.checked_add_days(Days::new(further))?;
            let opening = self.opening(day).map(|opening| opening.start);
            let after_breaks = self.breaks_of(day).map(|pause| pause.end);
            let after_closures = self.closures_about(day).map(|closed| self.instants(&closed).end);
            let candidates = opening.into_iter().chain(after_breaks).chain(after_closures);
            candidates.filter(|moment| *moment > at && self.is_open(*moment)).min()
        })
    }

    /// The hours that begin on this day.
    fn opening(&self, day: NaiveDate) -> Option<Range<DateTime<Utc>>> {
        let whole_day = day.and_time(NaiveTime::MIN)..after(day).and_time(NaiveTime::MIN);
        let is_closed =
            |closed: Range<NaiveDateTime>| closed.start <= whole_day.start && whole_day.end <= closed.end;
        let span = self.days[place(day)]?;
        (!self.closures_about(day).any(is_closed)).then(|| self.instants(&span.on(day)))
    }

    fn breaks_of(&self, day: NaiveDate) -> impl Iterator<Item = Range<DateTime<Utc>>> {
        let of_day = self.breaks.iter().filter(move |pause| pause.days[place(day)]);
        of_day.map(move |pause| self.instants(&pause.span.on(day)))
    }

    /// Closures that may touch this day, with their yearly ones put into its year and the one before.
    fn closures_about(&self, day: NaiveDate) -> impl Iterator<Item = Range<NaiveDateTime>> {
        let years = [day.year() - 1, day.year()];
        let once = self.closures.iter().filter(|closed| !closed.is_yearly);
        let yearly = self.closures.iter().filter(|closed| closed.is_yearly);
        let repeated =
            yearly.flat_map(move |closed| years.into_iter().filter_map(|year| closed.in_year(year)));
        once.map(|closed| closed.from..closed.until).chain(repeated)
    }

    /// The moments between two readings of the zone's clock. What it shows twice, when it is put
    /// back, lies within from the first time to the last; what it skips, when it is put forward, is
    /// the moment of the jump.
    fn instants(&self, readings: &Range<NaiveDateTime>) -> Range<DateTime<Utc>> {
        let first = self.zone.from_local_datetime(&readings.start).earliest();
        let last = self.zone.from_local_datetime(&readings.end).latest();
        let moment = |found: Option<DateTime<Tz>>, reading| match found {
            Some(found) => found.to_utc(),
            None => self.jump_over(reading),
        };
        moment(first, readings.start)..moment(last, readings.end)
    }

    /// The moment at which the zone's clock jumps over this reading.
    fn jump_over(&self, reading: NaiveDateTime) -> DateTime<Utc> {
        /// No zone is further from UTC, even one that leaves a day out.
        const SECONDS_AWAY_MAX: i64 = 48 * 60 * 60;
        let middle = reading.and_utc().timestamp();
        let (mut early, mut late) = (middle - SECONDS_AWAY_MAX, middle + SECONDS_AWAY_MAX);
        let moment = |second| DateTime::from_timestamp(second, 0).unwrap_or(reading.and_utc());
        // Halves 96 hours until they are one second: 19 times.
        while late - early > 1 {
            let half = early.midpoint(late);
            if moment(half).with_timezone(&self.zone).naive_local() < reading {
                early = half;
            } else {
                late = half;
            }
        }
        moment(late)
    }
}

impl Span {
    fn on(self, day: NaiveDate) -> Range<NaiveDateTime> {
        let last = if self.end <= self.start { after(day) } else { day };
        day.and_time(self.start)..last.and_time(self.end)
    }
}

impl Closure {
    /// Its repetition that begins in this year; a 29th of February has none in most years.
    fn in_year(&self, year: i32) -> Option<Range<NaiveDateTime>> {
        let from = self.from.with_year(year)?;
        Some(from..from.checked_add_signed(self.until - self.from)?)
    }
}

fn place(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

/// The next day; the calendar's last day has none and stands for itself.
fn after(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}

fn before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}
