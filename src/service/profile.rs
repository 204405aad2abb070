//! Chat profiles: saving with every problem named, versions, and the running form in memory.

mod origins;
mod running;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use moka::sync::Cache;

use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        caller::Caller,
        document::Document,
        ids::{ChatId, FieldId, ProfileId},
        news::News,
        profile::ProfileSettings,
    },
    flow::{self, Field, Problem},
    service::{
        audit,
        identity::secret::{self, SecretError},
        news, resource,
        secrets::SecretChange,
    },
    store::{self, Conn, StoreError, profile_document, settings_document},
};

pub use self::origins::Origins;
pub use self::running::{RunningProfile, newest, of_chat, of_version, running};
pub use crate::store::{profile::StoredProfile, translation::in_language};

/// How long what an administrator changed may go unnoticed by a process that does not hear of it.
const CONFIGURATION_STALE_MAX: Duration = Duration::from_secs(1);
/// What the audit calls a profile.
const RESOURCE: &str = "ChatProfile";
/// Open chats named in the refusal to delete a profile.
const OPEN_CHATS_NAMED_MAX: i64 = 10;

/// Profiles in their running form, and what they look up.
pub struct ProfileCache {
    running: running::Cache,
    fields: Cache<(), Arc<BTreeMap<FieldId, Field>>>,
    /// Every profile's hosts, in lower case.
    origins: Cache<(), Arc<Origins>>,
}

impl Default for ProfileCache {
    fn default() -> Self {
        Self { running: running::cache(), fields: brief(), origins: brief() }
    }
}

/// One value that is read again once it may be stale.
fn brief<T: Clone + Send + Sync + 'static>() -> Cache<(), T> {
    Cache::builder().max_capacity(1).time_to_live(CONFIGURATION_STALE_MAX).build()
}

impl ProfileCache {
    /// Forgets what this process has read of fields and origins: some were changed.
    pub fn forget(&self) {
        self.fields.invalidate_all();
        self.origins.invalidate_all();
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("chat profile {0} does not exist")]
    NotFound(ProfileId),
    #[error("{}", broken(.0))]
    BrokenFlow(Vec<Problem>),
    #[error(
        "chat profile {profile} has open chats ({}); close them first",
        .chats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    )]
    InUse { profile: ProfileId, chats: Vec<ChatId> },
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("could not read or write the chat profile")]
    Store(#[from] StoreError),
}

fn broken(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("the flow is broken: {}", lines.join("; "))
}

/// What is to be stored, worked out from what is stored now.
pub struct Change {
    pub document: Document,
    /// Save a broken flow too, unusable until it is mended (`intent` "draft").
    pub is_draft: bool,
    /// What becomes of the secret that signs identity tokens.
    pub identity_secret: SecretChange,
}

/// Creates or changes profiles, all or none. Each change sees the present document, under the
/// profile's row lock; none: the profile is new, or was deleted.
pub async fn save<F>(
    app: &App,
    actor: &Actor,
    changes: Vec<(&ProfileId, F)>,
) -> Result<Vec<StoredProfile>, ProfileError>
where
    F: Fn(Option<&Document>) -> Change,
{
    loop {
        match try_save(app, actor, &changes).await {
            // Two creations of the same profile at once: the second finds the first one's row.
            Err(ProfileError::Store(error)) if error.constraint() == Some("chat_profile_versions_pkey") => {}
            other => return other,
        }
    }
}

async fn try_save<F>(
    app: &App,
    actor: &Actor,
    changes: &[(&ProfileId, F)],
) -> Result<Vec<StoredProfile>, ProfileError>
where
    F: Fn(Option<&Document>) -> Change,
{
    let mut tx = store::begin(&app.pool).await?;
    // Always in the same order, so that two arrays at once cannot wait for each other.
    let mut order: Vec<usize> = (0..changes.len()).collect();
    order.sort_by_key(|at| changes[*at].0);
    let mut saved: Vec<Option<StoredProfile>> = vec![None; changes.len()];
    for at in order {
        let (id, change) = &changes[at];
        saved[at] = Some(save_one(app, &mut tx, actor, id, change).await?);
    }
    // They may have chosen other agents.
    let untold = news::note_revocation(app, &mut tx).await?;
    news::commit(app, tx, untold).await?;
    app.profiles.forget();
    Ok(saved.into_iter().flatten().collect())
}

async fn save_one<F>(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    id: &ProfileId,
    change: &F,
) -> Result<StoredProfile, ProfileError>
where
    F: Fn(Option<&Document>) -> Change,
{
    let present = store::profile::lock(conn, id).await?;
    let version = present.as_ref().map_or(0, |(profile, _)| profile.version) + 1;
    let present = present.filter(|(_, is_deleted)| !is_deleted).map(|(profile, _)| profile);
    let Change { document, is_draft, identity_secret } =
        change(present.as_ref().map(|profile| &profile.document));
    if let (Err(problems), false) = (flow::compile(&profile_document::flow(&document)), is_draft) {
        return Err(ProfileError::BrokenFlow(problems));
    }
    let profile = StoredProfile { id: id.clone(), version, document, is_draft };
    store::profile::save(conn, &profile, app.clock.now()).await?;
    secret::change(app, conn, id, &identity_secret).await?;
    let action = if present.is_some() { Action::Changed } else { Action::Created };
    let fields: &[&str] =
        if matches!(identity_secret, SecretChange::Keep) { &[] } else { &["new_hmac_secret"] };
    let deed = Deed { action, resource: RESOURCE, id: Some(id.as_str()), fields };
    let documents = (present.as_ref().map(|profile| &profile.document), Some(&profile.document));
    store::audit::insert(conn, actor, deed, documents, app.clock.now()).await?;
    Ok(profile)
}

/// Deletes a profile that no open chat uses.
pub async fn delete(app: &App, actor: &Actor, id: &ProfileId) -> Result<StoredProfile, ProfileError> {
    let mut tx = store::begin(&app.pool).await?;
    let (profile, _) = store::profile::lock(&mut tx, id)
        .await?
        .filter(|(_, is_deleted)| !is_deleted)
        .ok_or_else(|| ProfileError::NotFound(id.clone()))?;
    let chats = store::profile::list_open_chats(&mut tx, id, OPEN_CHATS_NAMED_MAX).await?;
    if !chats.is_empty() {
        return Err(ProfileError::InUse { profile: id.clone(), chats });
    }
    store::profile::delete(&mut tx, id, app.clock.now()).await?;
    secret::change(app, &mut tx, id, &SecretChange::Clear).await?;
    let deed = Deed { action: Action::Deleted, resource: RESOURCE, id: Some(id.as_str()), fields: &[] };
    audit::note(app, &mut tx, actor, deed).await?;
    let untold = news::note(app, &mut tx, News::Configured).await?;
    news::commit(app, tx, untold).await?;
    app.profiles.forget();
    Ok(profile)
}

pub async fn list(app: &App, access_type: Option<i32>) -> Result<Vec<StoredProfile>, ProfileError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::profile::list(&mut conn, access_type).await?)
}

/// A profile by id; a stranger needs its key, and learns nothing from a wrong one.
pub async fn find(
    app: &App,
    caller: &Caller,
    id: &ProfileId,
    key: Option<&str>,
) -> Result<StoredProfile, ProfileError> {
    let mut conn = store::acquire(&app.pool).await?;
    let profile = store::profile::find(&mut conn, id).await?;
    profile
        .filter(|profile| {
            caller.staff().is_some() || opens(&settings_document::settings(&profile.document), key)
        })
        .ok_or_else(|| ProfileError::NotFound(id.clone()))
}

/// Whether any open chat runs on the profile.
pub async fn is_in_use(app: &App, id: &ProfileId) -> Result<bool, ProfileError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(!store::profile::list_open_chats(&mut conn, id, 1).await?.is_empty())
}

/// The flow of a profile document, as stored.
pub fn read_flow(document: &Document) -> flow::FlowSource {
    profile_document::flow(document)
}

/// Whether this key is the public half of the profile's pair.
pub fn opens(settings: &ProfileSettings, key: Option<&str>) -> bool {
    use subtle::ConstantTimeEq;
    match (&settings.key, key) {
        (Some(right), Some(sent)) => right.as_bytes().ct_eq(sent.as_bytes()).into(),
        _ => false,
    }
}

/// Every field that a question may ask for.
pub async fn fields(app: &App, conn: &mut Conn) -> Result<Arc<BTreeMap<FieldId, Field>>, StoreError> {
    if let Some(fields) = app.profiles.fields.get(&()) {
        return Ok(fields);
    }
    let fields = Arc::new(resource::read_fields(conn).await?);
    app.profiles.fields.insert((), fields.clone());
    Ok(fields)
}

/// The hosts of other sites that each profile lets in.
pub async fn origins(app: &App) -> Result<Arc<Origins>, StoreError> {
    if let Some(origins) = app.profiles.origins.get(&()) {
        return Ok(origins);
    }
    let mut conn = store::acquire(&app.pool).await?;
    let origins = Arc::new(Origins::new(store::profile::list_origins(&mut conn).await?));
    app.profiles.origins.insert((), origins.clone());
    Ok(origins)
}
