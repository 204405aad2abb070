//! The door of a new chat: which profile it opens, and what is known of whoever comes in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::start::{NewChat, StartError};
use crate::{
    app::App,
    domain::caller::Caller,
    service::{
        identity::{self, SignedIn},
        matching_data::{self, Matched},
        profile::{self, RunningProfile},
    },
    store::Conn,
};

/// A chat that may be started.
pub(super) struct Entrance {
    /// The newest usable version.
    pub profile: Arc<RunningProfile>,
    /// Whom the identity token names.
    pub visitor: Option<SignedIn>,
    /// What the site has told of the visitor.
    pub matched: Matched,
}

/// Checks that the caller may start this chat; none: an agent's own chat, without a profile.
pub(super) async fn enter(
    app: &App,
    conn: &mut Conn,
    caller: &Caller,
    new: &NewChat,
    now: DateTime<Utc>,
) -> Result<Option<Entrance>, StartError> {
    let key = new.key.as_deref();
    let Some(id) = &new.profile else {
        return if caller.agent().is_some() { Ok(None) } else { Err(StartError::ProfileMissing) };
    };
    if caller.staff().is_none() && key.is_none() {
        return Err(StartError::KeyMissing(id.clone()));
    }
    let profile = profile::newest(app, conn, id, new.language_id).await?;
    let profile = match (profile, caller.staff()) {
        (Some(profile), Some(_)) => profile,
        (Some(profile), None) if profile::opens(&profile.settings, key) => profile,
        _ => return Err(StartError::ProfileNotFound(id.clone())),
    };
    let settings = &profile.settings;
    let visitor = match &new.identity_token {
        Some(token) => Some(identity::sign_in(app, conn, id, &settings.identity, token, now).await?),
        None if settings.signed_in_only && caller.staff().is_none() => {
            return Err(StartError::SignedInOnly(id.clone()));
        }
        None => None,
    };
    let matched = match (&new.matching_guid, &new.matching_key) {
        (None, None) => Matched::default(),
        (guid, key) => {
            let key = key.as_ref().map(ExposeSecret::expose_secret);
            let is_last_time = settings.matching_data_serves_once;
            matching_data::take(app, conn, guid.as_deref(), key, is_last_time, now).await?
        }
    };
    Ok(Some(Entrance { profile, visitor, matched }))
}
