//! `/Slack/Event`, `/Slack/Command`, `/Slack/Interactivity`: where Slack sends what happens there. Any
//! of them takes any of the three kinds of body, so that an address pasted into the wrong field works.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::{ApiError, ErrorBody},
    extract::{Json, Query, body_of},
    objects::lenient::{Text, optional},
};
use crate::{
    app::App,
    slack::inbound::{self, Incoming, IntakeError, Reply},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(post_slack_event))
        .routes(routes!(post_slack_command))
        .routes(routes!(post_slack_interactivity))
}

/// What stands behind the address that Slack was given.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct SlackQuery {
    /// The manifest that the app was made from: finds the app when a request names none.
    #[serde(deserialize_with = "optional")]
    pub app: Option<Text>,
}

/// Take an event of Slack's Events API.
///
/// The request is verified over its raw body (`X-Slack-Signature`, `X-Slack-Request-Timestamp`) with
/// the secret of the app that it is for, stored, and worked off afterwards.
#[utoipa::path(post, path = "/Slack/Event", tag = "Slack", params(SlackQuery),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn post_slack_event(
    State(app): State<App>,
    Query(query): Query<SlackQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    receive(&app, &query, request).await
}

/// Take a slash command of Slack.
///
/// Answers at once: nothing when a chat is started or ended, an ephemeral message when a ticket is made.
#[utoipa::path(post, path = "/Slack/Command", tag = "Slack", params(SlackQuery),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn post_slack_command(
    State(app): State<App>,
    Query(query): Query<SlackQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    receive(&app, &query, request).await
}

/// Take a click, a form or a shortcut of Slack.
#[utoipa::path(post, path = "/Slack/Interactivity", tag = "Slack", params(SlackQuery),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn post_slack_interactivity(
    State(app): State<App>,
    Query(query): Query<SlackQuery>,
    request: Request,
) -> Result<Response, ApiError> {
    receive(&app, &query, request).await
}

async fn receive(app: &App, query: &SlackQuery, request: Request) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
    let body = body_of(request, &()).await?;
    let incoming = Incoming {
        signature: text(&headers, "x-slack-signature"),
        timestamp: text(&headers, "x-slack-request-timestamp"),
        routing_key: query.app.as_ref().map(|key| key.0.as_str()),
        body: &body,
    };
    Ok(match inbound::receive(app, &incoming).await? {
        Reply::Empty => StatusCode::OK.into_response(),
        Reply::Challenge(challenge) => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()
        }
        Reply::Json(json) => Json(json).into_response(),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl From<IntakeError> for ApiError {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::NotGenuine => Self::unauthorized(error.to_string()),
            IntakeError::Unreadable => Self::bad_request(error.to_string()),
            IntakeError::Store(error) => error.into(),
        }
    }
}
