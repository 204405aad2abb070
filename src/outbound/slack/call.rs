//! One call of a Web API method.

use reqwest::{RequestBuilder, StatusCode, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::{ANSWER_BYTES_MAX, Slack, SlackError, answer, retry_after};
use crate::outbound::client;

/// A method's arguments in the form that it takes.
pub enum Arguments<'a> {
    Json(Value),
    /// For methods that take no JSON.
    Form(&'a [(&'a str, &'a str)]),
}

impl Slack {
    /// Calls a method; answers Slack's object when it says `ok`.
    pub async fn call(
        &self,
        method: &str,
        token: Option<&SecretString>,
        arguments: Arguments<'_>,
    ) -> Result<Value, SlackError> {
        let mut url = self.api_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(method);
        }
        let request = self.http.post(url);
        let request = match arguments {
            Arguments::Json(json) => {
                let json = without_nulls(json).to_string();
                request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(json)
            }
            Arguments::Form(pairs) => {
                let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
            }
        };
        let request = match token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        let answer = self.send(request, ANSWER_BYTES_MAX).await;
        answer::count(answer.and_then(|bytes| answer::read(&bytes)))
    }

    /// Sends a request and reads the body of its answer.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        bytes_max: usize,
    ) -> Result<Vec<u8>, SlackError> {
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(SlackError::RateLimited(retry_after(&response)));
        }
        if status.is_server_error() {
            return Err(SlackError::trouble(status));
        }
        let bytes = client::read(response, bytes_max).await.map_err(|_| SlackError::AnswerLost)?;
        if status.is_success() {
            return Ok(bytes);
        }
        // Hooks say why in a word; an API may say it in its usual object.
        match answer::read(&bytes) {
            Err(refused @ SlackError::Refused { .. }) => Err(refused),
            _ => Err(SlackError::refused(String::from_utf8_lossy(&bytes).trim())),
        }
    }
}

/// A connection that was never made carried nothing.
pub(super) fn lost(error: reqwest::Error) -> SlackError {
    if error.is_connect() || error.is_builder() {
        SlackError::Unreachable(error.without_url())
    } else {
        SlackError::AnswerLost
    }
}

/// Slack refuses null where a member may be left out.
fn without_nulls(json: Value) -> Value {
    match json {
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(present.collect::<Map<_, _>>())
        }
        other => other,
    }
}
