//! Whether a chat can be started now: what widgets ask before they show one.

use crate::{
    app::App,
    domain::{caller::Caller, chat_filter::ChatFilter, ids::ProfileId},
    service::{
        access, hours, presence,
        profile::{self, ProfileError, StoredProfile},
    },
    store::{self, Conn, StoreError},
};

/// Whether it is inside the profile's hours and, where the profile asks so, whether somebody can be
/// reached in the teams that its flow may hand over to.
pub async fn of_profile(app: &App, profile: &StoredProfile) -> Result<bool, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    is_available(app, &mut conn, profile).await
}

/// The same for a profile by id; without one, whether anybody can be reached at all. A visitor may
/// ask about the profile of its own chat only: that others exist is nothing that it knows.
pub async fn of(app: &App, caller: &Caller, profile: Option<&ProfileId>) -> Result<bool, ProfileError> {
    let mut conn = store::acquire(&app.pool).await?;
    let Some(id) = profile else {
        return Ok(!presence::reachable_teams(&mut conn, app.clock.now()).await?.is_empty());
    };
    let found = store::profile::find(&mut conn, id).await?;
    let found = found.ok_or_else(|| ProfileError::NotFound(id.clone()))?;
    if caller.staff().is_none() && !has_chat_of(&mut conn, caller, id).await? {
        return Err(ProfileError::NotFound(id.clone()));
    }
    Ok(is_available(app, &mut conn, &found).await?)
}

async fn has_chat_of(conn: &mut Conn, caller: &Caller, id: &ProfileId) -> Result<bool, StoreError> {
    let Some(sight) = access::sight(caller) else { return Ok(false) };
    let filter = ChatFilter { profile: Some(id.to_string()), ..ChatFilter::default() };
    Ok(store::chat_list::find(conn, &sight, &filter).await?.is_some())
}

async fn is_available(app: &App, conn: &mut Conn, profile: &StoredProfile) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let profile = profile::running(app, profile);
    let hours = hours::of_profile(app, conn, &profile.settings).await?;
    if hours.is_some_and(|hours| !hours.is_open(now)) {
        return Ok(false);
    }
    if !profile.settings.agent_must_be_online {
        return Ok(true);
    }
    let reachable = presence::reachable_teams(conn, now).await?;
    Ok(match profile.flow.teams() {
        Some(teams) => !teams.is_disjoint(&reachable),
        None => !reachable.is_empty(),
    })
}
