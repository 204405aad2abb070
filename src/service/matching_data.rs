//! What a site knows about a visitor before the chat begins.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{caller::Caller, document::Document, ids::ProfileId},
    service::{auth::secret, profile},
    store::{self, StoreError, settings_document},
};

/// Characters of content, as Halo stores it.
const CONTENT_CHARACTERS_MAX: usize = 1_000;

/// A record to keep; what is missing is made up.
#[derive(Clone, Debug)]
pub struct NewMatchingData {
    pub guid: Option<Uuid>,
    pub key: Option<Uuid>,
    pub content: Document,
}

#[derive(Debug, thiserror::Error)]
pub enum MatchingDataError {
    #[error("matching data takes a token, or chatprofile_id and key in the query")]
    NotAllowed,
    #[error("json_content is longer than {CONTENT_CHARACTERS_MAX} characters")]
    TooLong,
    #[error("guid {0} is taken")]
    GuidTaken(Uuid),
    #[error("could not keep the matching data")]
    Store(#[from] StoreError),
}

/// Keeps records, all or none; answers the pair of each. Only a hash of the key is stored.
pub async fn save(
    app: &App,
    caller: &Caller,
    door: Option<(ProfileId, String)>,
    records: Vec<NewMatchingData>,
) -> Result<Vec<(Uuid, Uuid)>, MatchingDataError> {
    let mut tx = store::begin(&app.pool).await?;
    if caller.staff().is_none() {
        let (id, key) = door.ok_or(MatchingDataError::NotAllowed)?;
        let profile = store::profile::find(&mut tx, &id).await?;
        let settings = profile.map(|profile| settings_document::settings(&profile.document));
        if !settings.is_some_and(|settings| profile::opens(&settings, Some(&key))) {
            return Err(MatchingDataError::NotAllowed);
        }
    }
    let mut pairs = Vec::with_capacity(records.len());
    for record in records {
        if record.content.as_str().chars().count() > CONTENT_CHARACTERS_MAX {
            return Err(MatchingDataError::TooLong);
        }
        let guid = record.guid.unwrap_or_else(Uuid::new_v4);
        let key = record.key.unwrap_or_else(Uuid::new_v4);
        let hash = secret::hash(&key.to_string());
        let is_saved =
            store::matching_data::save(&mut tx, guid, &hash, record.content.as_str(), app.clock.now())
                .await?;
        if !is_saved {
            return Err(MatchingDataError::GuidTaken(guid));
        }
        pairs.push((guid, key));
    }
    store::commit(tx).await?;
    Ok(pairs)
}
