//! Profiles in their running form, in each language that they have, kept in memory.

use std::{collections::BTreeSet, sync::Arc};

use super::StoredProfile;
use crate::{
    app::App,
    domain::{
        chat::{Chat, ProfileVersion},
        document::Document,
        ids::ProfileId,
        profile::ProfileSettings,
    },
    flow::{self, Flow},
    service::conversation::Refusal,
    store::{self, Conn, StoreError, profile_document, settings_document, translation},
};

/// A version never changes, so what is kept is never stale.
const PROFILES_IN_MEMORY_MAX: u64 = 1_000;

/// By version and language; no language: the texts as they stand.
pub(super) type Cache = moka::sync::Cache<(ProfileVersion, Option<i32>), Arc<RunningProfile>>;

pub(super) fn cache() -> Cache {
    Cache::new(PROFILES_IN_MEMORY_MAX)
}

/// A version of a profile, ready to run.
pub struct RunningProfile {
    pub version: ProfileVersion,
    pub settings: ProfileSettings,
    pub flow: Flow,
    /// Those that it has translations into.
    languages: BTreeSet<i32>,
}

/// The newest version of a profile, for a chat in this language; nothing when there is no such
/// profile.
pub async fn newest(
    app: &App,
    conn: &mut Conn,
    id: &ProfileId,
    language: Option<i32>,
) -> Result<Option<Arc<RunningProfile>>, Refusal> {
    let Some(profile) = store::profile::find(conn, id).await? else { return Ok(None) };
    if profile.is_draft && flow::compile(&profile_document::flow(&profile.document)).is_err() {
        return Err(Refusal::Invalid(format!(
            "chat profile {id} is a draft with a broken flow; mend it first"
        )));
    }
    let version = ProfileVersion { id: profile.id, version: profile.version };
    Ok(Some(run(app, &version, &profile.document, language)))
}

/// A profile as it stands now, in its running form.
pub fn running(app: &App, profile: &StoredProfile) -> Arc<RunningProfile> {
    let version = ProfileVersion { id: profile.id.clone(), version: profile.version };
    run(app, &version, &profile.document, None)
}

/// The version of a profile that a chat met, in the chat's language; nothing for a chat without a
/// profile.
pub async fn of_chat(
    app: &App,
    conn: &mut Conn,
    chat: &Chat,
) -> Result<Option<Arc<RunningProfile>>, StoreError> {
    match &chat.profile {
        Some(version) => of_version(app, conn, version, chat.language_id).await,
        None => Ok(None),
    }
}

/// A version of a profile, in a language.
pub async fn of_version(
    app: &App,
    conn: &mut Conn,
    version: &ProfileVersion,
    language: Option<i32>,
) -> Result<Option<Arc<RunningProfile>>, StoreError> {
    if let Some(known) = known(app, version, language) {
        return Ok(Some(known));
    }
    let Some(document) = store::profile::find_version(conn, version).await? else { return Ok(None) };
    Ok(Some(run(app, version, &document, language)))
}

/// A language that the profile does not have is none, so that nobody can fill the memory with them.
fn known(app: &App, version: &ProfileVersion, language: Option<i32>) -> Option<Arc<RunningProfile>> {
    let plain = app.profiles.running.get(&(version.clone(), None))?;
    match language.filter(|language| plain.languages.contains(language)) {
        None => Some(plain),
        language => app.profiles.running.get(&(version.clone(), language)),
    }
}

fn run(
    app: &App,
    version: &ProfileVersion,
    document: &Document,
    language: Option<i32>,
) -> Arc<RunningProfile> {
    let build = |language: Option<i32>, document: &Document| {
        let build = || {
            Arc::new(RunningProfile {
                version: version.clone(),
                settings: settings_document::settings(document),
                flow: flow::load(&profile_document::flow(document)),
                languages: translation::languages(document),
            })
        };
        app.profiles.running.get_with((version.clone(), language), build)
    };
    let plain = build(None, document);
    match language.filter(|language| plain.languages.contains(language)) {
        None => plain,
        Some(language) => known(app, version, Some(language))
            .unwrap_or_else(|| build(Some(language), &translation::in_language(document, language))),
    }
}
