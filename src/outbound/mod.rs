//! All outgoing HTTP, and NATS. Nothing else opens a connection to the outside, and this decides which
//! ones may be opened; what a call is for is decided elsewhere.

mod address;
mod answer;
mod client;
mod collector;
mod fetch;
mod guard;
pub mod model;
mod nats;
mod redirect;
mod resolver;
pub mod slack;

use std::{sync::Arc, time::Duration};

pub use self::{
    answer::{Answer, values},
    collector::Collector,
    fetch::FetchError,
    nats::{Ear, Nats, Unreachable},
    resolver::{Lookup, Resolver, SystemResolver},
};
use self::{guard::Guard, model::Model, slack::Slack};
use crate::config::{Config, NewsWay};

/// The way out.
pub struct Outbound {
    guard: Guard,
    /// For a whole call of a flow.
    timeout: Duration,
    /// Of an answer, unpacked.
    bytes_max: usize,
    model: Model,
    slack: Slack,
    nats: Option<Nats>,
}

impl Outbound {
    pub fn new(config: &Config) -> Self {
        Self::with_resolver(config, Arc::new(SystemResolver))
    }

    /// With another answer to which addresses a name has.
    pub fn with_resolver(config: &Config, resolver: Arc<dyn Resolver>) -> Self {
        Self {
            guard: Guard::new(config.outbound_allow.clone(), resolver),
            timeout: config.limits.http_step_timeout,
            bytes_max: config.limits.http_step_bytes,
            model: Model::new(config),
            slack: Slack::new(config),
            nats: match &config.news {
                NewsWay::Nats { urls } => Some(Nats::new(urls.clone(), config.secret_key.as_ref())),
                NewsWay::Database | NewsWay::None => None,
            },
        }
    }

    /// The model that the operator named; it answers `NotConfigured` when there is none.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    pub const fn slack(&self) -> &Slack {
        &self.slack
    }

    /// None: news does not travel that way.
    pub const fn nats(&self) -> Option<&Nats> {
        self.nats.as_ref()
    }
}
