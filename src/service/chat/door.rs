//! The door of a new chat: which profile it opens, and what is known of whoever comes in.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::start::{NewChat, StartError};
use crate::{
    app::App,
    domain::caller::Caller,
    service::{
        identity::{self, SignedIn},
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
    let profile = profile::newest(app, conn, id).await?;
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
    Ok(Some(Entrance { profile, visitor }))
}
