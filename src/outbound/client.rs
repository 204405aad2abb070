//! What every outgoing connection has in common: TLS, no proxy, no redirects, a bounded answer.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use reqwest::{
    ClientBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;

/// Trusts whom the system trusts. A bare container may hold no certificates; there it is Mozilla's
/// list as of this build. Read at the first call, because most processes never make one.
static TLS: LazyLock<ClientConfig> = LazyLock::new(|| {
    let builder = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks every version that rustls holds safe")
    };
    match builder().with_platform_verifier() {
        Ok(trusting) => trusting.with_no_client_auth(),
        Err(error) => {
            tracing::info!(%error, "the system has no certificates: calls trust Mozilla's list");
            let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            builder().with_root_certificates(roots).with_no_client_auth()
        }
    }
});

pub(super) fn builder() -> ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(TLS.clone())
        .no_proxy()
        .redirect(Policy::none())
        .referer(false)
        .user_agent(concat!("Aureole/", env!("CARGO_PKG_VERSION")))
}

/// A client for one request, which reaches these addresses and nothing else. It is made for each:
/// a kept one would have to ask for the name again.
pub(super) fn to_addresses(addresses: Vec<IpAddr>, timeout: Duration) -> reqwest::Result<reqwest::Client> {
    builder()
        .dns_resolver(Checked(addresses.into()))
        .pool_max_idle_per_host(0)
        // Shared out among the addresses, so that a dead one leaves time for the next.
        .connect_timeout(timeout)
        .build()
}

/// Answers with what was checked, whatever the name.
struct Checked(Arc<[IpAddr]>);

impl Resolve for Checked {
    fn resolve(&self, _: Name) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move {
            // The port is the URL's.
            let addresses: Vec<SocketAddr> = addresses.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

pub(super) enum ReadError {
    TooLarge,
    Broken(reqwest::Error),
}

/// The body, unpacked; reading stops as soon as there is too much of it.
pub(super) async fn read(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ReadError::Broken)? {
        if chunk.len() > bytes_max - body.len() {
            return Err(ReadError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
