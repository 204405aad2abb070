//! The only place that knows status codes and the error body.
//!
//! Halo answers errors as a serialised .NET exception; clients read `ClassName` and `Message`, one
//! reads `message`. Every error here has that one shape.

use std::{borrow::Cow, error::Error};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::service::{
    StoreError,
    auth::{agent::PasswordError, token::TokenError},
    chat::StartError,
    configuration::ConfigurationError,
    conversation::Refusal,
    matching_data::MatchingDataError,
    message::PostError,
    presence::PresenceError,
    profile::ProfileError,
};

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
}

impl ApiError {
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

    /// Too much at once, or the database is away for a moment.
    fn unavailable(message: &'static str) -> Self {
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
        if let Some(source) = &self.source {
            tracing::error!(error = &**source as &dyn Error, "a request failed");
        }
        let body = ErrorBody {
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
        };
        let json = serde_json::to_vec(&body).expect("an error body holds text and numbers");
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

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_outage() {
            let told = Self::unavailable("the database does not answer; try again");
            return Self { source: Some(Box::new(error)), ..told };
        }
        Self::internal(error)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::ChatNotFound(_) => Self::not_found(refusal.to_string()),
            Refusal::Closed(_)
            | Refusal::NotClosed { .. }
            | Refusal::TakenByAnother(_)
            | Refusal::WithBot(_)
            | Refusal::Invalid(_) => Self::bad_request(refusal.to_string()),
        }
    }
}

impl From<PostError> for ApiError {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => refusal.into(),
            PostError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            PostError::Busy => Self::unavailable("too many messages are waiting to be stored; try again"),
        }
    }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Refused(refusal) => refusal.into(),
            StartError::ProfileMissing => Self::bad_request(error.to_string()),
            StartError::ProfileNotFound(_) => Self::not_found(error.to_string()),
            StartError::KeyMissing(_) | StartError::SignedInOnly(_) => Self::unauthorized(error.to_string()),
            StartError::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        }
    }
}

impl From<ProfileError> for ApiError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Store(error) => error.into(),
            ProfileError::NotFound(_) => Self::not_found(error.to_string()),
            ProfileError::BrokenFlow(_) | ProfileError::InUse { .. } => Self::bad_request(error.to_string()),
        }
    }
}

impl From<ConfigurationError> for ApiError {
    fn from(error: ConfigurationError) -> Self {
        match error {
            ConfigurationError::Store(error) => error.into(),
            ConfigurationError::NotFound { .. } => Self::not_found(error.to_string()),
            ConfigurationError::EmailTaken | ConfigurationError::UnknownMember(..) => {
                Self::bad_request(error.to_string())
            }
        }
    }
}

impl From<MatchingDataError> for ApiError {
    fn from(error: MatchingDataError) -> Self {
        match error {
            MatchingDataError::Store(error) => error.into(),
            MatchingDataError::NotAllowed => Self::unauthorized(error.to_string()),
            MatchingDataError::TooLong | MatchingDataError::GuidTaken(_) => {
                Self::bad_request(error.to_string())
            }
        }
    }
}

impl From<PresenceError> for ApiError {
    fn from(error: PresenceError) -> Self {
        match error {
            PresenceError::Store(error) => error.into(),
            PresenceError::AgentNotFound(_) => Self::not_found(error.to_string()),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Store(error) => error.into(),
            PasswordError::NotFound(_) => Self::not_found(error.to_string()),
            PasswordError::TooShort => Self::bad_request(error.to_string()),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        let bad = |code| Self::oauth(StatusCode::BAD_REQUEST, code, error.to_string());
        match &error {
            TokenError::InvalidClient => {
                Self::oauth(StatusCode::UNAUTHORIZED, "invalid_client", error.to_string())
            }
            TokenError::WrongPassword | TokenError::WrongRefreshToken => bad("invalid_grant"),
            TokenError::UnauthorizedClient => bad("unauthorized_client"),
            TokenError::InvalidScope(_) => bad("invalid_scope"),
            TokenError::Store(_) => match error {
                TokenError::Store(error) => error.into(),
                other => Self::internal(other),
            },
        }
    }
}
