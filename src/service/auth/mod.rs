//! Who is asking: sign-in, tokens, and the one function that turns a proof into a caller.

pub mod agent;
pub mod client;
mod scope;
pub mod secret;
pub mod token;

use std::time::Duration;

use moka::sync::Cache;

use crate::{
    app::App,
    domain::{
        caller::{AgentIdentity, Caller, ClientIdentity, Staff},
        ids::ProfileId,
    },
    store::{
        self, StoreError,
        session::{Proof, TokenHash},
    },
};

pub use scope::{ALL as SCOPES, Scopes};

/// How long a checked token is believed without asking the database again.
const PROOF_STALE_MAX: Duration = Duration::from_secs(1);
const PROOFS_IN_MEMORY_MAX: u64 = 50_000;

/// Tokens that were checked a moment ago, by hash.
pub struct ProofCache(Cache<TokenHash, Known>);

/// A caller, and for a visitor the profile whose sites may use the token.
#[derive(Clone)]
pub struct Known {
    pub caller: Caller,
    pub profile: Option<ProfileId>,
}

impl Default for ProofCache {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(PROOFS_IN_MEMORY_MAX).time_to_live(PROOF_STALE_MAX).build())
    }
}

impl ProofCache {
    /// Forgets every checked token of this process: something was revoked.
    pub fn forget(&self) {
        self.0.invalidate_all();
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
/// No round trip when the same token was checked within the last second, else one.
pub async fn authenticate(app: &App, presented: Presented<'_>) -> Result<Option<Known>, StoreError> {
    let (Presented::Bearer(token) | Presented::ApiKey(token)) = presented;
    let hash = secret::hash(token);
    if let Some(known) = app.proofs.0.get(&hash) {
        note_visitor(app, &known.caller);
        return Ok(Some(known));
    }
    let mut conn = store::acquire(&app.pool).await?;
    let proof = match presented {
        Presented::Bearer(_) => store::session::find_proof(&mut conn, &hash, app.clock.now()).await?,
        Presented::ApiKey(_) => store::session::find_proof_by_api_key(&mut conn, &hash).await?,
    };
    let known = proof.map(|proof| Known { profile: proof.profile.clone(), caller: caller_of(proof) });
    if let Some(known) = &known {
        note_visitor(app, &known.caller);
        app.proofs.0.insert(hash, known.clone());
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
