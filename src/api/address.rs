//! Whose address a request comes from, past the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::app::App;

/// The other end of a connection, as a request's extension.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Where a request comes from, as the door found out; an extension of every request that passed it.
#[derive(Clone, Copy, Debug)]
pub struct ComesFrom(pub Option<IpAddr>);

/// The caller's address; none inside the process, where there is no connection. Of IPv6 the network
/// of 64 bits, because that is what one customer is given.
pub fn of(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    let Peer(peer) = extensions.get()?;
    let mut address = peer.ip().to_canonical();
    let is_trusted = |address: &IpAddr| app.config.trusted_proxies.iter().any(|net| net.contains(address));
    // Each proxy appends whom it was called by; what stands left of the last stranger is hearsay.
    let forwarded = headers.get_all("X-Forwarded-For").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        match parse(hop) {
            Some(hop) if is_trusted(&address) => address = hop.to_canonical(),
            _ => break,
        }
    }
    Some(network(address))
}

/// What one customer is given: an address, and of IPv6 its network of 64 bits.
pub fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & NETWORK).into()),
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let alone = || hop.trim_start_matches('[').trim_end_matches(']').parse().ok();
    alone().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

const NETWORK: u128 = u128::MAX << 64;
