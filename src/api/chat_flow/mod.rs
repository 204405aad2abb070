//! `/ChatFlow`: moving a chat to a step of its flow.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    chat::LiveChatHeader,
    error::{ApiError, ErrorBody},
    extract::Json,
    objects::lenient::{Int, Text, optional},
    one_or_many::{OneOrMany, created},
};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::{ChatId, ProfileId, StepId},
    },
    service::chat::{self, Jump},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_flow))
}

/// A chat, and the step that it is to go on from.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(example = json!({"chat_id": 7, "flow_step": 3}))]
pub struct ChatFlowProcess {
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = i32)]
    pub chat_id: Option<Int>,
    /// Another profile's flow; the chat's own unless told.
    #[serde(deserialize_with = "optional")]
    pub chat_profile_id: Option<Text>,
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = i32)]
    pub flow_step: Option<Int>,
}

impl TryFrom<ChatFlowProcess> for Jump {
    type Error = ApiError;

    fn try_from(body: ChatFlowProcess) -> Result<Self, ApiError> {
        Ok(Self {
            chat: ChatId::new(body.chat_id.ok_or_else(|| ApiError::bad_request("chat_id is missing"))?.0),
            profile: body.chat_profile_id.map(|id| id.0).filter(|id| !id.is_empty()).map(ProfileId::new),
            step: StepId::new(body.flow_step.ok_or_else(|| ApiError::bad_request("flow_step is missing"))?.0),
        })
    }
}

/// Run chats from a step on.
///
/// A visitor may do so only while the bot has the chat, and only to a step with `allowstartoverride`.
#[utoipa::path(post, path = "/ChatFlow", tag = "ChatFlow", request_body = OneOrMany<ChatFlowProcess>,
    responses((status = 201, body = LiveChatHeader), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_flow(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<OneOrMany<ChatFlowProcess>>,
) -> Result<Response, ApiError> {
    let jumps = body.into_members()?.into_iter().map(Jump::try_from).collect::<Result<_, _>>()?;
    let chats = chat::jump(&app, &caller, jumps).await?;
    let views = chat::views(&app, &caller, &chats).await?;
    Ok(created(views.into_iter().map(|view| LiveChatHeader::new(view, &caller)).collect()))
}
