//! How much may be asked, and how fast.

use chrono::TimeDelta;

use super::{ConfigError, source::Source};
use crate::domain::allowance::Allowance;

/// Every allowance; none: there is no limit.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// What a visitor writes: messages, typing, files, changes of its chat.
    pub visitor_posts: Option<Allowance>,
    /// Requests from one address of whoever has no credentials of the installation.
    pub address_requests: Option<Allowance>,
    /// Requests of one agent or API client.
    pub staff_requests: Option<Allowance>,
    /// Chats started with one profile's public key.
    pub profile_chats: Option<Allowance>,
    /// Chats started from one address.
    pub address_chats: Option<Allowance>,
    /// Wrong secrets for one account from one address.
    pub sign_in_failures: Option<Allowance>,
    /// The same for one account from all addresses where its secret was not known lately.
    pub account_failures: Option<Allowance>,
    /// The same from one address for all accounts.
    pub address_failures: Option<Allowance>,
}

pub(super) fn read(source: &Source) -> Result<Rates, ConfigError> {
    let per =
        |name, default, period| source.parsed(name, default).map(|count: u32| Allowance::new(count, period));
    let minute = |name, default| per(name, default, TimeDelta::minutes(1));
    let hour = |name, default| per(name, default, TimeDelta::hours(1));
    Ok(Rates {
        visitor_posts: minute("VISITOR_POSTS_PER_MINUTE_MAX", 3_000)?,
        address_requests: minute("ADDRESS_REQUESTS_PER_MINUTE_MAX", 300_000)?,
        staff_requests: minute("STAFF_REQUESTS_PER_MINUTE_MAX", 1_200_000)?,
        profile_chats: minute("PROFILE_CHATS_PER_MINUTE_MAX", 6_000)?,
        address_chats: minute("ADDRESS_CHATS_PER_MINUTE_MAX", 6_000)?,
        sign_in_failures: hour("SIGN_IN_FAILURES_PER_HOUR_MAX", 20)?,
        account_failures: hour("ACCOUNT_SIGN_IN_FAILURES_PER_HOUR_MAX", 200)?,
        address_failures: hour("ADDRESS_SIGN_IN_FAILURES_PER_HOUR_MAX", 200)?,
    })
}
