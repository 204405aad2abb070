//! What a site knows about a visitor before the chat begins.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{caller::Caller, document::Document, ids::ProfileId},
    flow::Variables,
    service::{auth::secret, conversation::Refusal, profile},
    store::{self, Conn, StoreError, settings_document},
};

/// Characters of content, as Halo stores it.
const CONTENT_CHARACTERS_MAX: usize = 1_000;

/// Characters of a name or an address; the rest is cut.
const NAME_CHARACTERS_MAX: usize = 255;

/// A record to keep; what is missing is made up.
#[derive(Clone)]
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

/// Members that name the visitor, the likeliest first.
const NAMES: [&str; 4] = ["display_name", "name", "username", "full_name"];
const EMAILS: [&str; 3] = ["email", "emailaddress", "email_address"];

/// What a site has told of a visitor: claims, which make nobody signed in.
#[derive(Clone, Debug, Default)]
pub struct Matched {
    pub name: Option<String>,
    pub email: Option<String>,
    /// The rest, for the flow.
    pub variables: Variables,
}

/// Records from before this moment are of no use.
pub fn kept_since(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    let kept = chrono::TimeDelta::from_std(app.config.limits.matching_data).ok();
    let since = kept.and_then(|kept| now.checked_sub_signed(kept)).unwrap_or(DateTime::UNIX_EPOCH);
    // Postgres does not go back as far as an operator may ask.
    since.max(DateTime::UNIX_EPOCH)
}

/// What the pair opens, in the transaction of the chat that presents it. A pair that opens nothing
/// is refused in one sentence, which does not tell what is wrong with it.
pub async fn take(
    app: &App,
    conn: &mut Conn,
    guid: Option<&str>,
    key: Option<&str>,
    is_last_time: bool,
    now: DateTime<Utc>,
) -> Result<Matched, Refusal> {
    let read = |half: Option<&str>| half.and_then(|half| Uuid::parse_str(half.trim()).ok());
    let content = match read(guid).zip(read(key)) {
        None => None,
        Some((guid, key)) => {
            let hash = secret::hash(&key.to_string());
            store::matching_data::take(conn, guid, &hash, kept_since(app, now), is_last_time).await?
        }
    };
    content.map(|content| Matched::read(&content)).ok_or_else(|| {
        Refusal::Invalid(
            "matching_guid and matching_key open no matching data: they are not a pair, or it is used or too old"
                .to_owned(),
        )
    })
}

impl Matched {
    fn read(content: &str) -> Self {
        let members = match serde_json::from_str(content) {
            Ok(Value::Object(members)) => members,
            // A client may send the object as JSON text, as the member's name invites.
            Ok(Value::String(text)) => serde_json::from_str(&text).unwrap_or_default(),
            _ => Map::new(),
        };
        let mut told: Variables =
            members.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))).collect();
        let mut take = |names: &[&str]| {
            let found = told.keys().filter_map(|told| {
                let place = names.iter().position(|name| told.eq_ignore_ascii_case(name))?;
                Some((place, told.clone()))
            });
            let (_, name) = found.min()?;
            told.remove(&name).filter(|value| !value.trim().is_empty()).map(|value| cut(&value))
        };
        let (name, email) = (take(&NAMES), take(&EMAILS));
        Self { name, email, variables: told }
    }
}

fn cut(name: &str) -> String {
    name.chars().take(NAME_CHARACTERS_MAX).collect()
}

fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is_so) => is_so.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    // Postgres holds no NUL in text.
    Some(text).filter(|text| !text.contains('\0'))
}
