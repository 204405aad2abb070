//! Which addresses a name has.

use std::{future::Future, io, net::IpAddr, pin::Pin};

/// A question under way.
pub type Lookup<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Answers with every address of a name.
pub trait Resolver: Send + Sync {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a>;
}

/// Asks the system, as every other program does.
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}
