//! Where a feed was left: opaque to its reader, good for a week, for the same sight of chats, and in
//! the same history of the database.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::domain::{chat_filter::Sight, news::Place};

const GOOD_FOR: TimeDelta = TimeDelta::days(7);
/// Clocks of several machines may differ by this.
const SLACK: TimeDelta = TimeDelta::hours(1);
const BYTES: usize = 32;

/// As its reader keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

/// Departures before this moment are told to nobody any more.
pub fn told_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - GOOD_FOR - SLACK
}

impl Cursor {
    pub fn new(sight: Option<Sight>, place: Place, now: DateTime<Utc>) -> Self {
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.extend(place.history.to_be_bytes());
        bytes.extend(place.feed.to_be_bytes());
        bytes.extend(now.timestamp().to_be_bytes());
        bytes.extend(mark_of(sight));
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number to go on after; none: the cursor is not good, or no longer.
    pub fn read(text: &str, sight: Option<Sight>, present: Place, now: DateTime<Utc>) -> Option<i64> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let number = |at: usize| Some(i64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        let (history, feed, since) = (number(0)?, number(8)?, DateTime::from_timestamp(number(16)?, 0)?);
        let is_good = bytes.len() == BYTES
            && history == present.history
            && (0..=present.feed).contains(&feed)
            && now - since <= GOOD_FOR
            && bytes.get(24..)? == mark_of(sight);
        is_good.then_some(feed)
    }
}

/// Tells one set of chats that may be seen from another, the same in every process.
fn mark_of(mut sight: Option<Sight>) -> [u8; 8] {
    if let Some(Sight::Agent { teams, barred, .. }) = &mut sight {
        teams.sort_unstable();
        barred.sort_unstable();
    }
    let hash: [u8; 32] = Sha256::digest(format!("{sight:?}")).into();
    let mut short = [0; 8];
    short.copy_from_slice(&hash[..8]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ChatId;

    fn visitor(chat: i32) -> Sight {
        Sight::Visitor { chat: ChatId::new(chat), user: None }
    }

    #[test]
    fn a_cursor_is_good_for_a_week_in_one_history_and_for_one_sight() {
        let now = DateTime::from_timestamp(1_772_442_000, 0).expect("a moment");
        let place = Place { history: -5, feed: 40 };
        let text = Cursor::new(Some(visitor(1)), place, now);
        let read = |sight, history, feed, after| {
            Cursor::read(text.as_str(), Some(sight), Place { history, feed }, now + after)
        };
        assert_eq!(read(visitor(1), -5, 41, TimeDelta::days(7)), Some(40));
        assert_eq!(read(visitor(1), -5, 41, TimeDelta::days(8)), None, "it is too old");
        assert_eq!(read(visitor(2), -5, 41, TimeDelta::zero()), None, "it is another's");
        assert_eq!(read(visitor(1), -6, 41, TimeDelta::zero()), None, "it is another database's");
        assert_eq!(read(visitor(1), -5, 39, TimeDelta::zero()), None, "the database was put back");
        assert_eq!(Cursor::read("nonsense", Some(visitor(1)), place, now), None);
    }
}
