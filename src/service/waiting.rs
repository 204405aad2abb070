//! How long those who wait will wait: read from the queue, never stored.

use chrono::{DateTime, Utc};

use crate::{
    domain::{ids::TeamId, profile::WaitSettings},
    service::conversation::{Conversation, minutes},
    store::{self, Conn, StoreError},
};

/// A waiting chat's place, and how long it may take.
pub struct Outlook {
    /// From 1.
    pub position: i32,
    pub minutes: Option<f64>,
}

impl Outlook {
    /// Whole minutes, at least one: nobody is promised none.
    pub fn whole_minutes(&self) -> Option<i32> {
        #[expect(clippy::cast_possible_truncation, reason = "the bounds leave nothing to cut but fractions")]
        self.minutes.map(|minutes| minutes.ceil().clamp(1.0, 100_000.0) as i32)
    }
}

/// Where a queued chat stands: two round trips.
pub async fn outlook(
    conn: &mut Conn,
    conversation: &Conversation,
    settings: &WaitSettings,
    now: DateTime<Utc>,
) -> Result<Outlook, StoreError> {
    let position = store::queue::position(conn, conversation.id()).await?;
    let wanted = [(conversation.chat.team, settings)];
    let minutes = estimates(conn, &wanted, now).await?.pop().flatten();
    Ok(Outlook { position, minutes })
}

/// Minutes to expect for each of these, in their order: the mean of those whom the team's agents took
/// lately (`wait_time_calc_mins`), or else what the profile promises (`default_wait_time`). One round
/// trip, none when there is nothing to calculate.
pub async fn estimates(
    conn: &mut Conn,
    wanted: &[(Option<TeamId>, &WaitSettings)],
    now: DateTime<Utc>,
) -> Result<Vec<Option<f64>>, StoreError> {
    let window = |(team, settings): &(Option<TeamId>, &WaitSettings)| {
        Some(((*team).filter(|_| settings.calculates)?, now - minutes(settings.window_minutes)))
    };
    let windows: Vec<_> = wanted.iter().filter_map(window).collect();
    let means =
        if windows.is_empty() { Vec::new() } else { store::queue::mean_waits(conn, &windows).await? };
    let mut means = means.into_iter();
    let estimate = |one: &(Option<TeamId>, &WaitSettings)| {
        let mean = window(one).and_then(|_| means.next().flatten());
        mean.or(one.1.default_minutes)
    };
    Ok(wanted.iter().map(estimate).collect())
}
