//! What every request shares.

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};

use crate::{
    clock::Clock,
    config::Config,
    outbound::Outbound,
    service::{
        audit::ReadsNoted,
        auth::{ProofCache, Rechecks},
        figures::Figures,
        follow::Seats,
        hours::HoursCache,
        message::{PostQueue, Sights, Typing},
        news::Hub,
        presence::VisitorsSeen,
        profile::ProfileCache,
        rates::Buckets,
        search::Likeness,
        secrets::Vault,
    },
    store::Pool,
};

/// A handle to the running server; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub pool: Pool,
    pub clock: Arc<dyn Clock>,
    pub config: Config,
    pub profiles: ProfileCache,
    pub hours: HoursCache,
    pub proofs: ProofCache,
    pub rechecks: Rechecks,
    pub buckets: Buckets,
    pub vault: Vault,
    pub likeness: Likeness,
    pub posts: PostQueue,
    pub typing: Typing,
    pub news: Hub,
    pub sights: Sights,
    pub reads_noted: ReadsNoted,
    pub seats: Seats,
    pub visitors_seen: VisitorsSeen,
    pub outbound: Outbound,
    pub figures: Figures,
    /// It was told to stop: nothing new should be sent here.
    pub is_ending: AtomicBool,
}

impl App {
    /// Puts the pieces together and starts the writer that posts wait for.
    pub fn new(pool: Pool, clock: Arc<dyn Clock>, config: Config) -> Self {
        let (posts, waiting) = PostQueue::new(config.limits.waiting_posts);
        let outbound = Outbound::new(&config);
        let rechecks = Rechecks::new(&pool);
        let vault = Vault::new(config.secret_key.as_ref(), &config.other_secret_keys);
        let app = Self(Arc::new(Shared {
            pool,
            clock,
            config,
            profiles: ProfileCache::default(),
            hours: HoursCache::default(),
            proofs: ProofCache::default(),
            rechecks,
            buckets: Buckets::default(),
            vault,
            likeness: Likeness::default(),
            posts,
            typing: Typing::default(),
            news: Hub::default(),
            sights: Sights::default(),
            reads_noted: ReadsNoted::default(),
            seats: Seats::default(),
            visitors_seen: VisitorsSeen::default(),
            outbound,
            figures: Figures::default(),
            is_ending: AtomicBool::new(false),
        }));
        waiting.serve(&app);
        app
    }

    pub fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    pub fn from_shared(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
