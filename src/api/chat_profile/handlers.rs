//! The operations on `/ChatProfile`.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    public::Public,
    wire::{Part, ProfileIn, profile_out},
};
use crate::{
    api::{
        cors,
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        objects::lenient::{Flag, Int, Text, optional},
        one_or_many::{OneOrMany, created},
        openapi::ChatProfile,
    },
    app::App,
    domain::{audit::Actor, caller::Caller, ids::ProfileId},
    service::{availability, profile},
};

/// The filter of `GET /ChatProfile`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ProfilesQuery {
    /// Profiles of this `access_type` only.
    #[serde(rename = "type", deserialize_with = "optional")]
    #[param(rename = "type")]
    pub kind: Option<Int>,
    /// Adds steps, chart, translations and access control.
    #[serde(deserialize_with = "optional")]
    pub includedetails: Option<Flag>,
}

/// How one profile is read.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ProfileQuery {
    /// The profile's public key; with it, no token is needed and only public members are answered.
    #[serde(deserialize_with = "optional")]
    pub key: Option<Text>,
    /// Adds `_chat_available`: whether it is inside the profile's working hours and, with
    /// `techmustonline`, somebody can be reached.
    #[serde(deserialize_with = "optional")]
    pub check_available: Option<Flag>,
    /// With the public key: the texts in this language, where the profile has them.
    #[serde(deserialize_with = "optional")]
    pub language_id: Option<Int>,
    /// Adds steps, chart, translations and access control.
    #[serde(deserialize_with = "optional")]
    pub includedetails: Option<Flag>,
}

/// List chat profiles.
#[utoipa::path(get, path = "/ChatProfile", tag = "ChatProfile", params(ProfilesQuery),
    responses((status = 200, body = Vec<ChatProfile>), (status = 400, body = ErrorBody)))]
pub async fn list_profiles(
    State(app): State<App>,
    Query(query): Query<ProfilesQuery>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let part = part(query.includedetails);
    let profiles = profile::list(&app, query.kind.map(|kind| kind.0)).await?;
    Ok(Json(profiles.iter().map(|one| profile_out(one, part, &app.config, None)).collect()))
}

/// Read one chat profile.
///
/// With the profile's public key instead of a token, only what the widget may know is answered, in
/// the language asked for, with the banners of now; a wrong key looks the same as a missing profile.
#[utoipa::path(get, path = "/ChatProfile/{id}", tag = "ChatProfile",
    params(("id" = String, Path, description = "The profile"), ProfileQuery),
    responses((status = 200, body = ChatProfile), (status = 404, body = ErrorBody)))]
pub async fn get_profile(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<ProfileQuery>,
) -> Result<Json<Value>, ApiError> {
    let key = query.key.as_ref().map(|key| key.0.as_str());
    if caller == Caller::Stranger && key.is_none() {
        return Err(ApiError::unauthorized("this profile opens with its key or with a token"));
    }
    let id = ProfileId::new(id);
    cors::check_profile(&app, &headers, &id).await?;
    let found = profile::find(&app, &caller, &id, key).await?;
    let is_staff = caller.staff().is_some_and(|staff| staff.may_chat);
    let language = query.language_id.map(|id| id.0).filter(|id| *id > 0);
    let part = if is_staff {
        part(query.includedetails)
    } else {
        Part::Public(Public { language, now: app.clock.now() })
    };
    let in_use = if is_staff { Some(profile::is_in_use(&app, &id).await?) } else { None };
    let mut answer = profile_out(&found, part, &app.config, in_use);
    if query.check_available.is_some_and(|flag| flag.0) {
        answer["_chat_available"] = json!(availability::of_profile(&app, &found).await?);
    }
    Ok(Json(answer))
}

fn part(includedetails: Option<Flag>) -> Part {
    if includedetails.is_some_and(|flag| flag.0) { Part::Whole } else { Part::WithoutDetails }
}

/// Create or change chat profiles.
///
/// Members that are left out keep their value, null clears one. An unknown `id` creates a profile
/// with that id. A broken flow is refused with every problem named, unless `intent` is `draft`.
#[utoipa::path(post, path = "/ChatProfile", tag = "ChatProfile", request_body = OneOrMany<ChatProfile>,
    responses((status = 201, body = ChatProfile), (status = 400, body = ErrorBody)))]
pub async fn post_profiles(
    State(app): State<App>,
    actor: Actor,
    Json(body): Json<OneOrMany<Map<String, Value>>>,
) -> Result<Response, ApiError> {
    let wanted: Vec<ProfileIn> =
        body.into_members()?.into_iter().map(ProfileIn::new).collect::<Result<_, _>>()?;
    let changes = wanted.iter().map(|one| (&one.id, |present: Option<&_>| one.change(present))).collect();
    let saved = profile::save(&app, &actor, changes).await?;
    Ok(created(saved.iter().map(|one| profile_out(one, Part::Whole, &app.config, None)).collect()))
}

/// Delete a chat profile.
///
/// Refused while chats of it are open: close them first.
#[utoipa::path(delete, path = "/ChatProfile/{id}", tag = "ChatProfile",
    params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = ChatProfile), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn delete_profile(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let deleted = profile::delete(&app, &actor, &ProfileId::new(id)).await?;
    Ok(Json(profile_out(&deleted, Part::Whole, &app.config, None)))
}
