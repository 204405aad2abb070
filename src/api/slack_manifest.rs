//! `/Slack/Manifest`: the manifest that Slack makes an app from.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::{ApiError, ErrorBody},
    extract::Json,
    objects::lenient::{Text, optional},
};
use crate::{
    app::App,
    slack::{self, protocol::manifest::Texts},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_slack_manifest))
}

/// What a Slack app manifest is made from.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, rename_all = "camelCase")]
#[schema(example = json!({"name": "Help desk", "shortDescription": "Talk to the help desk"}))]
pub struct CreateSlackManifest {
    /// The app's name, of which Slack shows 35 characters.
    #[serde(deserialize_with = "optional")]
    #[schema(required, value_type = String)]
    pub name: Option<Text>,
    /// At most 140 characters; more are cut.
    #[serde(deserialize_with = "optional")]
    pub short_description: Option<Text>,
    /// 175 to 4,000 characters, or none.
    #[serde(deserialize_with = "optional")]
    pub long_description: Option<Text>,
    /// What the command and the shortcut that start a chat say of themselves.
    #[serde(deserialize_with = "optional")]
    pub start_chat_description: Option<Text>,
    /// The same of those that end it.
    #[serde(deserialize_with = "optional")]
    pub end_chat_description: Option<Text>,
}

/// A Slack app manifest, in version 2 of Slack's schema.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes an answer; it is built in Slack's own format")]
#[schema(example = json!({
    "_metadata": { "major_version": 2, "minor_version": 1 }, "display_information": { "name": "Help desk" },
    "features": { "bot_user": { "display_name": "Help desk", "always_online": true } },
    "oauth_config": { "scopes": { "bot": ["chat:write", "commands"] } },
    "settings": { "token_rotation_enabled": false }
}))]
pub struct SlackManifest {
    /// The version of Slack's schema.
    #[schema(value_type = Object, rename = "_metadata")]
    metadata: Value,
    #[schema(value_type = Object)]
    display_information: Value,
    #[schema(value_type = Object)]
    features: Value,
    #[schema(value_type = Object)]
    oauth_config: Value,
    #[schema(value_type = Object)]
    settings: Value,
}

/// Make the manifest of a Slack app whose conversations are chats.
///
/// It goes to Slack as it is ("create an app from a manifest"); its addresses are this server's
/// (`PUBLIC_URL`), with a key that is this manifest's own.
#[utoipa::path(post, path = "/Slack/Manifest", tag = "Slack", request_body = CreateSlackManifest,
    responses((status = 201, body = SlackManifest), (status = 400, body = ErrorBody)))]
pub async fn post_slack_manifest(
    State(app): State<App>,
    Json(body): Json<CreateSlackManifest>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let text = |text: Option<Text>| text.map(|text| text.0);
    let texts = Texts {
        name: text(body.name),
        short_description: text(body.short_description),
        long_description: text(body.long_description),
        start_description: text(body.start_chat_description),
        end_description: text(body.end_chat_description),
    };
    let manifest = slack::manifest(&app, &texts).map_err(ApiError::bad_request)?;
    Ok((StatusCode::CREATED, Json(manifest)))
}
