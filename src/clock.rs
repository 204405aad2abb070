//! The only place that asks the system for the time.

use chrono::{DateTime, SubsecRound, Utc};

/// Where the time comes from: the system, or a test that makes it stand still.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock, in microseconds: as fine as Postgres keeps time, so that what is answered
/// at once equals what is read back.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}
