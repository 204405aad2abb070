//! How many connections come from one address, so that nobody alone takes the places of all.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;

use crate::{api::network, config::Config};

/// Who is connected.
pub struct Guests {
    max: usize,
    /// Proxies, behind which everybody may be.
    trusted: Vec<IpNet>,
    present: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection's place among its address's; free again when it is dropped.
pub struct Guest {
    counted: Option<(Arc<Guests>, IpAddr)>,
}

impl Guests {
    pub fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self {
            max: config.limits.address_connections,
            trusted: config.trusted_proxies.clone(),
            present: Mutex::default(),
        })
    }

    /// A place for one more from this address; none: it has as many as it may.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let address = address.to_canonical();
        if self.trusted.iter().any(|net| net.contains(&address)) {
            return Some(Guest { counted: None });
        }
        let address = network(address);
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        let count = present.entry(address).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(Guest { counted: Some((self.clone(), address)) })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let Some((guests, address)) = &self.counted else { return };
        let mut present = guests.present.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = present.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                present.remove(address);
            }
        }
    }
}
