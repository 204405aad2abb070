//! Whose address a request comes from, past the proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use crate::app::App;

/// The other end of a connection, as a request's extension.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The caller's address, as an extractor.
pub struct Source(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Source
where
    App: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(of(&App::from_ref(state), parts)))
    }
}

/// The caller's address; none inside the process, where there is no connection.
pub fn of(app: &App, parts: &Parts) -> Option<IpAddr> {
    let Peer(peer) = parts.extensions.get()?;
    let mut address = peer.ip().to_canonical();
    let is_trusted = |address: &IpAddr| app.config.trusted_proxies.iter().any(|net| net.contains(address));
    // Each proxy appends whom it was called by; what stands left of the last stranger is hearsay.
    let forwarded = parts.headers.get_all("X-Forwarded-For").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        match hop.parse::<IpAddr>() {
            Ok(hop) if is_trusted(&address) => address = hop.to_canonical(),
            _ => break,
        }
    }
    Some(address)
}
