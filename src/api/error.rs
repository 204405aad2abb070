//! The only place that knows status codes and the error body.
//!
//! Halo answers errors as a serialised .NET exception; clients read `ClassName` and `Message`, one
//! reads `message`. Every error here has that one shape.

mod mapping;

use std::{borrow::Cow, error::Error};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    message: Cow<'static, str>,
    /// OAuth's name of the error; on 401 and on everything the token endpoint refuses.
    oauth: Option<&'static str>,
    /// Seconds.
    retry_after: Option<u32>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The body of every error.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "PascalCase")]
#[schema(as = Error, example = json!({
    "ClassName": "System.ArgumentException",
    "Message": "chat_id is missing",
    "message": "chat_id is missing",
    "Data": null, "InnerException": null, "StackTraceString": null, "HResult": 0, "Source": null
}))]
pub struct ErrorBody<'a> {
    /// A .NET exception's name, for clients that choose by it.
    class_name: &'static str,
    /// One sentence about what is wrong.
    message: &'a str,
    /// The same sentence.
    #[serde(rename = "message")]
    message_lower: &'a str,
    #[schema(value_type = Option<String>)]
    data: Option<()>,
    #[schema(value_type = Option<String>)]
    inner_exception: Option<()>,
    #[schema(value_type = Option<String>)]
    stack_trace_string: Option<()>,
    #[serde(rename = "HResult")]
    h_result: i32,
    #[schema(value_type = Option<String>)]
    source: Option<()>,
    /// OAuth's name of the error, on 401 and from the token endpoint.
    #[serde(rename = "error", skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(rename = "error_description", skip_serializing_if = "Option::is_none")]
    error_description: Option<&'a str>,
    /// The request's `X-Request-Id`, which the log names, where the fault is the server's.
    #[serde(rename = "request_id", skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

tokio::task_local! {
    static REQUEST_ID: Option<HeaderValue>;
}

/// Answers a request whose faults are told by this id.
pub async fn within<T>(request_id: Option<HeaderValue>, answer: impl Future<Output = T>) -> T {
    REQUEST_ID.scope(request_id, answer).await
}

/// None: what fails answers no request any more.
fn present_request() -> Option<String> {
    REQUEST_ID.try_with(|id| Some(id.as_ref()?.to_str().ok()?.to_owned())).ok().flatten()
}

impl ApiError {
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Once, where the answer is built: a fault of ours is told to nobody else.
    pub fn log(&self) {
        if let Some(source) = &self.source {
            tracing::error!(error = &**source as &dyn Error, "a request failed");
        }
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body of the answer.
    pub fn body(&self) -> ErrorBody<'_> {
        ErrorBody {
            class_name: self.class_name(),
            message: &self.message,
            message_lower: &self.message,
            data: None,
            inner_exception: None,
            stack_trace_string: None,
            h_result: 0,
            source: None,
            error: self.oauth,
            error_description: self.oauth.map(|_| &*self.message),
            request_id: self.status.is_server_error().then(present_request).flatten(),
        }
    }

    /// The same as it is sent.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.body()).expect("an error body holds text and numbers")
    }

    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), oauth: None, retry_after: None, source: None }
    }

    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self { oauth: Some("invalid_token"), ..Self::new(StatusCode::UNAUTHORIZED, message) }
    }

    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// A refusal of the token endpoint (RFC 6749, section 5.2).
    pub fn oauth(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { oauth: Some(code), ..Self::new(status, message) }
    }

    /// A fault of ours: logged where the response is built, told to nobody.
    fn internal(error: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(error)),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
        }
    }

    /// More than the limit of the resource, in bytes.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this resource takes")
    }

    /// Too much at once, or the database or Slack is away for a moment.
    pub fn unavailable(message: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, message) }
    }

    const fn class_name(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "System.UnauthorizedAccessException",
            StatusCode::NOT_FOUND => "System.Collections.Generic.KeyNotFoundException",
            StatusCode::METHOD_NOT_ALLOWED => "System.NotSupportedException",
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => "System.TimeoutException",
            StatusCode::INTERNAL_SERVER_ERROR => "System.Exception",
            _ => "System.ArgumentException",
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let json = self.to_json();
        let mut response =
            (self.status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], json).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
