//! What the start of a chat costs whoever has no credentials.

use std::{collections::BTreeMap, net::IpAddr};

use super::start::{NewChat, StartError};
use crate::{
    app::App,
    domain::{caller::Caller, ids::ProfileId},
    service::{
        profile,
        rates::{self, bucket},
    },
    store,
};

/// Counts chats that a stranger or a visitor starts, by profile and by address. Before they are
/// begun, so that too many cost little; and only where the key is right, so that nobody without one
/// uses up what a profile has.
pub(super) async fn charge(
    app: &App,
    caller: &Caller,
    address: Option<IpAddr>,
    wanted: &[NewChat],
) -> Result<(), StartError> {
    let allowed = &app.config.rates;
    if caller.staff().is_some() || (allowed.profile_chats.is_none() && allowed.address_chats.is_none()) {
        return Ok(());
    }
    let mut conn = store::acquire(&app.pool).await?;
    let mut starts: BTreeMap<&ProfileId, u32> = BTreeMap::new();
    for new in wanted {
        let Some(id) = &new.profile else { continue };
        let profile = profile::newest(app, &mut conn, id, new.language_id).await?;
        if profile.is_some_and(|profile| profile::opens(&profile.settings, new.key.as_deref())) {
            *starts.entry(id).or_default() += 1;
        }
    }
    let all: u32 = starts.values().sum();
    if all == 0 {
        return Ok(());
    }
    let by_profile = starts
        .into_iter()
        .map(|(profile, count)| (bucket(&["chats of", profile.as_str()]), allowed.profile_chats, count));
    let by_address =
        address.map(|from| (bucket(&["chats from", &from.to_string()]), allowed.address_chats, all));
    // Not given back if the chat is then refused: it was asked for all the same.
    let _ = rates::take(app, &mut conn, by_profile.chain(by_address)).await?;
    Ok(())
}
