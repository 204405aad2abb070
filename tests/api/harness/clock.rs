//! A clock that stands still until a test moves it.

use std::sync::Mutex;

use aureole::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};

pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub fn new() -> Self {
        let start = "2026-03-02T09:00:00Z".parse().expect("a Monday morning");
        Self(Mutex::new(start))
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().expect("no test panics while it holds the clock") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panics while it holds the clock")
    }
}
