//! How much may come how fast: a bucket that fills up again, kept as one moment.
//!
//! The moment is when the bucket will be full. Each taking moves it on by the time that the bucket
//! needs to make up for it, and it may not lie further ahead than a whole period (the generic cell
//! rate algorithm).

use chrono::{DateTime, TimeDelta, Utc};

/// So many at once, and as many again over the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    count: u32,
    period: TimeDelta,
}

impl Allowance {
    /// None for 0: there is no limit.
    pub fn new(count: u32, period: TimeDelta) -> Option<Self> {
        (count > 0).then_some(Self { count, period })
    }

    /// How long the bucket takes from empty to full.
    pub const fn period(self) -> TimeDelta {
        self.period
    }

    /// How long the bucket takes to make up for so many; no more than for all that it can hold,
    /// because more could never be taken.
    pub fn cost(self, count: u32) -> TimeDelta {
        let one = self.period.num_microseconds().unwrap_or(i64::MAX) / i64::from(self.count);
        TimeDelta::microseconds(one.saturating_mul(i64::from(count))).min(self.period)
    }

    /// Takes one out of a bucket that will be full at this moment, now: when it will be full then, or
    /// how long nothing can be taken.
    pub fn take(self, full_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, TimeDelta> {
        // A clock that was put back must not close a bucket for longer than it was ever closed.
        let next = full_at.clamp(now, now + self.period) + self.cost(1);
        let wait = next - now - self.period;
        if wait > TimeDelta::zero() { Err(wait) } else { Ok(next) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("the tests are of our time")
    }

    fn five_a_minute() -> Allowance {
        Allowance::new(5, TimeDelta::minutes(1)).expect("five are some")
    }

    /// Takes as many as there are.
    fn drain(mut full_at: DateTime<Utc>, now: DateTime<Utc>) -> (u32, DateTime<Utc>, TimeDelta) {
        let mut taken = 0;
        loop {
            match five_a_minute().take(full_at, now) {
                Ok(next) => (taken, full_at) = (taken + 1, next),
                Err(wait) => return (taken, full_at, wait),
            }
        }
    }

    #[test]
    fn as_many_come_at_once_as_are_allowed_and_each_comes_back_by_itself() {
        let (taken, full_at, wait) = drain(at(0), at(1_000));
        assert_eq!((taken, wait), (5, TimeDelta::seconds(12)));
        assert_eq!(drain(full_at, at(1_011)), (0, full_at, TimeDelta::seconds(1)));
        assert_eq!(drain(full_at, at(1_012)).0, 1);
        assert_eq!(drain(full_at, at(1_059)).0, 4);
        assert_eq!(drain(full_at, at(2_000)).0, 5, "no more than the bucket holds");
    }

    #[test]
    fn a_clock_that_was_put_back_closes_nothing_for_long() {
        let (_, full_at, _) = drain(at(0), at(1_000_000));
        assert_eq!(drain(full_at, at(1_000)).2, TimeDelta::seconds(12));
    }

    #[test]
    fn no_limit_and_no_cost_beyond_the_whole() {
        assert_eq!(Allowance::new(0, TimeDelta::minutes(1)), None);
        assert_eq!(five_a_minute().cost(2), TimeDelta::seconds(24));
        assert_eq!(five_a_minute().cost(100), TimeDelta::minutes(1));
    }
}
