//! How many may follow at once: of one token, from one address, in all.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{config::Limits, service::auth::secret, store::session::TokenHash};

/// No seat is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("this token has as many streams as it may; end one first")]
    Token,
    #[error("this address has as many streams as it may; end one first")]
    Address,
    #[error("the server has as many streams as it may; try again later")]
    Server,
}

/// What carries news to a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Feed,
    Events,
    Socket,
    Poll,
}

impl Transport {
    fn count(self, change: f64) {
        let name = match self {
            Self::Feed => "feed",
            Self::Events => "events",
            Self::Socket => "socket",
            Self::Poll => "poll",
        };
        metrics::gauge!("aureole_streams", "transport" => name).increment(change);
    }
}

#[derive(Default)]
struct Taken {
    count: usize,
    by_token: HashMap<TokenHash, usize>,
    by_address: HashMap<IpAddr, usize>,
}

/// The seats that are taken.
#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<Taken>>);

/// One follower's seat; free again when this is dropped.
pub struct Seat {
    seats: Seats,
    token: Option<TokenHash>,
    address: Option<IpAddr>,
    transport: Transport,
}

impl Seats {
    /// Takes a seat for whoever has this token, if any yet, at this address if it is known.
    pub fn take(
        &self,
        limits: &Limits,
        token: Option<&str>,
        address: Option<IpAddr>,
        transport: Transport,
    ) -> Result<Seat, Full> {
        let token = token.map(secret::hash);
        let mut seated = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seated.count >= limits.streams {
            return Err(Full::Server);
        }
        if token.is_some_and(|token| count(&seated.by_token, &token) >= limits.token_streams) {
            return Err(Full::Token);
        }
        if address.is_some_and(|address| count(&seated.by_address, &address) >= limits.address_streams) {
            return Err(Full::Address);
        }
        seated.count += 1;
        if let Some(token) = token {
            *seated.by_token.entry(token).or_default() += 1;
        }
        if let Some(address) = address {
            *seated.by_address.entry(address).or_default() += 1;
        }
        drop(seated);
        transport.count(1.0);
        Ok(Seat { seats: self.clone(), token, address, transport })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.transport.count(-1.0);
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.count -= 1;
        if let Some(token) = &self.token {
            free(&mut taken.by_token, token);
        }
        if let Some(address) = &self.address {
            free(&mut taken.by_address, address);
        }
    }
}

fn count<K: Eq + Hash>(counts: &HashMap<K, usize>, key: &K) -> usize {
    counts.get(key).copied().unwrap_or(0)
}

/// A count of nothing is forgotten: memory is for those who are here.
fn free<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
