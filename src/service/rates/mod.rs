//! How much may be asked of the server, and how fast: the one place that counts.
//!
//! What a request costs is counted in memory, by each process for itself: buckets that fill up again,
//! full ones forgotten. Starts of chats and sign-ins that failed are counted for all processes
//! together, in the database.

mod shared;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use moka::{policy::EvictionPolicy, sync::Cache};

use crate::{
    app::App,
    domain::{
        allowance::Allowance,
        caller::{Caller, Staff},
        ids::{AgentId, ChatId, ParticipantNumber},
    },
};

pub use shared::{RateError, Taken, bucket, take};

/// Buckets in memory. With more callers at once than this, those who asked least lately start anew.
const BUCKETS_MAX: u64 = 200_000;
/// After this long without a request any bucket of ours is full, and need not be kept.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// Who used more than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; try again in {seconds} seconds")]
pub struct Spent {
    /// Until it is worth trying again; 1 or more.
    pub seconds: u32,
}

impl Spent {
    pub fn for_so_long(wait: TimeDelta) -> Self {
        let seconds = u64::try_from(wait.num_milliseconds()).unwrap_or(0).div_ceil(1_000);
        Self { seconds: u32::try_from(seconds).unwrap_or(u32::MAX).max(1) }
    }
}

/// Whose bucket it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Payer {
    Address(IpAddr),
    /// What an address brings of tokens that are not good.
    Guesses(IpAddr),
    Visitor(ChatId, ParticipantNumber),
    Agent(AgentId),
    Client(String),
}

/// The buckets of this process.
pub struct Buckets(Cache<Payer, Arc<AtomicI64>>);

impl Default for Buckets {
    fn default() -> Self {
        let buckets = Cache::builder()
            .max_capacity(BUCKETS_MAX)
            // Whoever asks is kept, however many come once each.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE_MAX);
        Self(buckets.build())
    }
}

/// Counts a request whose caller is known. Somebody with credentials of the installation pays for
/// itself, a visitor for what it writes, and everybody else by address.
pub fn charge(app: &App, caller: &Caller, address: Option<IpAddr>, writes: bool) -> Result<(), Spent> {
    match caller {
        Caller::Staff(Staff { agent: Some(agent), .. }) => {
            spend(app, Payer::Agent(agent.id), app.config.rates.staff_requests)
        }
        Caller::Staff(Staff { client: Some(client), .. }) => {
            spend(app, Payer::Client(client.id.clone()), app.config.rates.staff_requests)
        }
        Caller::Visitor { chat, participant, .. } => {
            charge_address(app, address)?;
            if !writes {
                return Ok(());
            }
            spend(app, Payer::Visitor(*chat, *participant), app.config.rates.visitor_posts)
        }
        Caller::Staff(_) | Caller::Stranger => charge_address(app, address),
    }
}

/// Counts a request of nobody, or of somebody whose token is not good.
pub fn charge_address(app: &App, address: Option<IpAddr>) -> Result<(), Spent> {
    let payer = address.map(Payer::Address);
    payer.map_or(Ok(()), |payer| spend(app, payer, app.config.rates.address_requests))
}

/// Counts a request whose token is not good.
pub fn charge_guess(app: &App, address: Option<IpAddr>) -> Result<(), Spent> {
    if let Some(address) = address {
        spend(app, Payer::Guesses(address), app.config.rates.address_requests)?;
    }
    charge_address(app, address)
}

/// Whether an address may still bring tokens that nobody knows. Those that are good do not count, so that
/// visitors who ask too much are not in the way of staff at the same address.
pub fn check_guesses(app: &App, address: Option<IpAddr>) -> Result<(), Spent> {
    address.map_or(Ok(()), |address| check(app, &Payer::Guesses(address)))
}

/// Whether an address may still ask, without counting that it does.
pub fn check_address(app: &App, address: Option<IpAddr>) -> Result<(), Spent> {
    address.map_or(Ok(()), |address| check(app, &Payer::Address(address)))
}

fn check(app: &App, payer: &Payer) -> Result<(), Spent> {
    let Some(allowance) = app.config.rates.address_requests else { return Ok(()) };
    let Some(bucket) = app.buckets.0.get(payer) else { return Ok(()) };
    let full_at = moment(bucket.load(Ordering::Relaxed));
    allowance.take(full_at, app.clock.now()).map(drop).map_err(Spent::for_so_long)
}

fn spend(app: &App, payer: Payer, allowance: Option<Allowance>) -> Result<(), Spent> {
    let Some(allowance) = allowance else { return Ok(()) };
    let now = app.clock.now();
    let bucket = app.buckets.0.get_with(payer, || Arc::new(AtomicI64::new(now.timestamp_micros())));
    let mut wait = None;
    // Those who come at once take turns at the one number.
    let taken = bucket.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
        match allowance.take(moment(full_at), now) {
            Ok(next) => Some(next.timestamp_micros()),
            Err(length) => {
                wait = Some(length);
                None
            }
        }
    });
    taken.map(drop).map_err(|_| Spent::for_so_long(wait.unwrap_or_default()))
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
}
