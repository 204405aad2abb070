//! Who is asking: sign-in, tokens, and the one function that turns a proof into a caller.

pub mod agent;
mod attempt;
pub mod client;
mod rechecks;
mod scope;
pub mod secret;
pub mod token;

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use moka::sync::Cache;

use crate::{
    app::App,
    domain::{
        caller::{AgentIdentity, Caller, ClientIdentity, Staff},
        ids::ProfileId,
    },
    service::{
        news::Trust,
        rates::{self, RateError},
    },
    store::{
        self,
        session::{Proof, TokenHash},
    },
};

pub use rechecks::Rechecks;
pub use scope::{ALL as SCOPES, Scopes};

/// How long a checked token is believed without asking the database again, while this process hears
/// of every revocation.
const PROOF_AGE_MAX: Duration = Duration::from_secs(30);
/// The same without news.
const PROOF_AGE_UNTOLD_MAX: Duration = Duration::from_secs(1);
const PROOFS_IN_MEMORY_MAX: u64 = 50_000;

/// Tokens that were checked a moment ago, by hash.
pub struct ProofCache(Cache<TokenHash, Checked>);

/// A caller as of a moment.
#[derive(Clone)]
struct Checked {
    known: Known,
    at: Instant,
    /// The revocation before which it was checked.
    rights: u64,
    /// The upgrade of a visitor's token before which it was checked.
    upgrades: u64,
    /// When news is heard: the time of trust, which lasts until some may have been lost.
    trust: Option<Trust>,
}

/// A caller, and for a visitor the profile whose sites may use the token.
#[derive(Clone)]
pub struct Known {
    pub caller: Caller,
    pub profile: Option<ProfileId>,
    /// When the token ends; none: an API key has no end.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Default for ProofCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(PROOFS_IN_MEMORY_MAX).time_to_live(PROOF_AGE_MAX).build())
    }
}

impl Checked {
    fn counts(&self, app: &App) -> bool {
        let is_told = self.trust.is_some() && app.news.trust() == self.trust;
        let is_upgraded = match self.known.caller {
            Caller::Visitor { chat, .. } => app.news.is_upgraded_since(chat, self.upgrades),
            _ => false,
        };
        self.rights == app.news.rights_now()
            && !is_upgraded
            && (is_told || self.at.elapsed() < PROOF_AGE_UNTOLD_MAX)
            && self.known.expires_at.is_none_or(|end| app.clock.now() < end)
    }
}

/// What a request presents.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    Bearer(&'a str),
    ApiKey(&'a str),
}

/// Turns a proof into a caller; none: it proves nothing. Every transport comes through here.
///
/// No round trip when the same token was checked a moment ago, else one. Guesses cost a look into the
/// database each, and those of an address that has brought too many cost none.
pub async fn authenticate(
    app: &App,
    presented: Presented<'_>,
    address: Option<IpAddr>,
) -> Result<Option<Known>, RateError> {
    let (Presented::Bearer(token) | Presented::ApiKey(token)) = presented;
    let hash = secret::hash(token);
    if let Some(checked) = app.proofs.0.get(&hash).filter(|checked| checked.counts(app)) {
        note_visitor(app, &checked.known.caller);
        return Ok(Some(checked.known));
    }
    rates::check_guesses(app, address)?;
    // Noted before the check: a revocation or an upgrade after this makes it count for nothing.
    let (rights, upgrades, trust) = (app.news.rights_now(), app.news.upgrades_now(), app.news.trust());
    let mut conn = store::acquire(&app.pool).await?;
    let proof = match presented {
        Presented::Bearer(_) => store::session::find_proof(&mut conn, &hash, app.clock.now()).await?,
        Presented::ApiKey(_) => store::session::find_proof_by_api_key(&mut conn, &hash).await?,
    };
    let known = proof.map(|proof| Known {
        profile: proof.profile.clone(),
        expires_at: proof.expires_at,
        caller: caller_of(proof),
    });
    if let Some(known) = &known {
        note_visitor(app, &known.caller);
        let (known, at) = (known.clone(), Instant::now());
        app.proofs.0.insert(hash, Checked { known, at, rights, upgrades, trust });
    }
    Ok(known)
}

/// Whatever a visitor's client asks shows that it is there.
fn note_visitor(app: &App, caller: &Caller) {
    if let Caller::Visitor { chat, .. } = caller {
        app.visitors_seen.note(*chat, app.clock.now());
    }
}

fn caller_of(proof: Proof) -> Caller {
    if let Some((chat, participant)) = proof.visitor {
        return Caller::Visitor { chat, participant, user: proof.user };
    }
    let scopes = Scopes::known(&proof.scopes);
    let has_all = scopes.allow_everything();
    // An agent that signed in itself is bounded by its own rights; a client by its scopes.
    let is_admin =
        has_all && (!proof.is_agent_session || proof.agent.as_ref().is_some_and(|one| one.is_admin));
    Caller::Staff(Staff {
        is_admin,
        speaks_for_others: scopes.speak_for_others() && proof.agent.is_none(),
        may_chat: scopes.allow_chat(),
        client: proof
            .client_id
            .map(|id| ClientIdentity { name: proof.client_name.unwrap_or_else(|| id.clone()), id }),
        agent: proof.agent.map(|agent| AgentIdentity {
            id: agent.id,
            name: agent.name,
            teams: agent.teams,
            barred: agent.barred,
        }),
    })
}
