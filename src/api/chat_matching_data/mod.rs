//! `/ChatMatchingData`: what a site knows about a visitor before the chat.

use axum::{extract::State, http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    cors,
    error::{ApiError, ErrorBody},
    extract::{Json, Query},
    objects::lenient::{Guid, Text, optional},
    one_or_many::{OneOrMany, created},
};
use crate::{
    app::App,
    domain::{caller::Caller, document::Document, ids::ProfileId},
    service::matching_data::{self, MatchingDataError, NewMatchingData},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_matching_data))
}

/// A profile's public key, for callers without a token.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct DoorQuery {
    #[serde(deserialize_with = "optional")]
    pub chatprofile_id: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub key: Option<Text>,
}

/// Content under a pair of uuids; what is missing of the pair is made up.
// Not Debug: it holds a key.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = ChatMatchingDataIn, example = json!({"json_content": {"name": "Ada", "order": 1815}}))]
pub struct ChatMatchingDataIn {
    #[serde(deserialize_with = "optional")]
    pub guid: Option<Guid>,
    #[serde(deserialize_with = "optional")]
    pub key: Option<Guid>,
    /// Any JSON, at most 1,000 characters.
    #[schema(value_type = Value)]
    pub json_content: Option<Value>,
}

/// The pair that names a record and opens it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ChatMatchingData {
    pub guid: Uuid,
    pub key: Uuid,
}

/// Keep what a site knows about a visitor, for the chat that will present the pair.
#[utoipa::path(post, path = "/ChatMatchingData", tag = "ChatMatchingData", params(DoorQuery),
    request_body = OneOrMany<ChatMatchingDataIn>,
    responses((status = 201, body = ChatMatchingData), (status = 400, body = ErrorBody)))]
pub async fn post_matching_data(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(door): Query<DoorQuery>,
    Json(body): Json<OneOrMany<ChatMatchingDataIn>>,
) -> Result<Response, ApiError> {
    let door = door.chatprofile_id.zip(door.key).map(|(id, key)| (ProfileId::new(id.0), key.0));
    if caller.staff().is_none() && door.is_none() {
        return Err(MatchingDataError::NotAllowed.into());
    }
    if let Some((profile, _)) = &door {
        cors::check_profile(&app, &headers, profile).await?;
    }
    let records = body.into_members()?.into_iter().map(|record| {
        let content = record.json_content.ok_or_else(|| ApiError::bad_request("json_content is missing"))?;
        Ok(NewMatchingData {
            guid: record.guid.map(|guid| guid.0),
            key: record.key.map(|key| key.0),
            content: Document::from_json(content.to_string()),
        })
    });
    let records = records.collect::<Result<Vec<_>, ApiError>>()?;
    let pairs = matching_data::save(&app, &caller, door, records).await?;
    Ok(created(pairs.into_iter().map(|(guid, key)| ChatMatchingData { guid, key }).collect()))
}
