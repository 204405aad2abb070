//! Which addresses a call may go to. It is asked again for every redirect.

use std::{net::IpAddr, sync::Arc};

use url::{Host, Url};

use super::{address::may_reach, fetch::FetchError, resolver::Resolver};
use crate::config::OutboundAllow;

pub(super) struct Guard {
    allow: OutboundAllow,
    resolver: Arc<dyn Resolver>,
}

impl Guard {
    pub(super) fn new(allow: OutboundAllow, resolver: Arc<dyn Resolver>) -> Self {
        Self { allow, resolver }
    }

    /// The addresses that a call to `url` may connect to; none when the URL says the address itself.
    ///
    /// The call must connect to these and ask for no others: a name that is asked for twice may
    /// answer differently.
    pub(super) async fn pass(&self, url: &Url) -> Result<Vec<IpAddr>, FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::BadRequest("its scheme is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::BadRequest("its address holds a user name or password"));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(FetchError::BadRequest("its address has no host"));
        };
        match host {
            Host::Ipv4(address) => self.judge(&[address.into()]).map(|()| Vec::new()),
            Host::Ipv6(address) => self.judge(&[address.into()]).map(|()| Vec::new()),
            Host::Domain(name) => {
                let addresses = self.resolver.addresses(name).await.map_err(|_| FetchError::UnknownName)?;
                if addresses.is_empty() {
                    return Err(FetchError::UnknownName);
                }
                // The operator vouched for the name, wherever it leads to.
                if !self.allow.names(name, port) {
                    self.judge(&addresses)?;
                }
                Ok(addresses)
            }
        }
    }

    /// One refused address refuses them all: a name with a public and a private one is no accident.
    fn judge(&self, addresses: &[IpAddr]) -> Result<(), FetchError> {
        let is_fine = |address: &IpAddr| may_reach(*address, &|address| self.allow.contains(address));
        if addresses.iter().all(is_fine) { Ok(()) } else { Err(FetchError::Refused) }
    }
}
