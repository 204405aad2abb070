//! Bodies, queries and path ids, read as leniently as Halo's clients need, with our error body.
//! axum's own extractors are banned: their errors are plain text.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, RawPathParams, Request, rejection::BytesRejection,
    },
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{error::ApiError, query};

/// A JSON body, in or out.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// The query, its parameter names in any case.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The id in the path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(json) => ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], json).into_response(),
            Err(_) => ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response(),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        <Self as OptionalFromRequest<S>>::from_request(request, state)
            .await?
            .ok_or_else(|| ApiError::bad_request("the body is empty; send a JSON object or an array of them"))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, ApiError> {
        let is_json = must_be_json(request.headers());
        let bytes = body_of(request, state).await?;
        if bytes.trim_ascii().is_empty() {
            return Ok(None);
        }
        is_json?;
        parse(&bytes).map(Self).map(Some)
    }
}

/// The raw body, for hashing a repeatable request beside reading it.
pub async fn body_of<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::too_large()
        }
        _ => ApiError::bad_request("the body could not be read to its end"),
    })
}

/// Reads JSON; what is wrong is named by its place in the body.
pub fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ApiError> {
    refuse_nul(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner();
        match (problem.classify(), path.as_str()) {
            (serde_json::error::Category::Data, "." | "") => {
                ApiError::bad_request(format!("the body is not understood: {problem}"))
            }
            (serde_json::error::Category::Data, path) => ApiError::bad_request(format!("{path}: {problem}")),
            _ => ApiError::bad_request(format!("the body is not JSON: {problem}")),
        }
    })?;
    reader.end().map_err(|error| ApiError::bad_request(format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// Postgres stores no NUL, and no honest client sends one. Looking for its escape is cheap; only a
/// body that has it is read twice.
fn refuse_nul(bytes: &[u8]) -> Result<(), ApiError> {
    if !bytes.windows(6).any(|window| window == b"\\u0000") {
        return Ok(());
    }
    match serde_json::from_slice(bytes) {
        Ok(value) if has_nul(&value) => Err(ApiError::bad_request("text must not contain NUL characters")),
        _ => Ok(()),
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(members) => members.iter().any(has_nul),
        Value::Object(object) => object.iter().any(|(name, member)| name.contains('\0') || has_nul(member)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Refuses a body that says it is something else.
pub fn must_be_json(headers: &HeaderMap) -> Result<(), ApiError> {
    if is_json(headers) {
        return Ok(());
    }
    let problem = "the body must be JSON, with the content type application/json";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem))
}

/// The media types that Halo's description lists; none at all is taken for JSON.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(header::CONTENT_TYPE) else { return true };
    let Ok(media_type) = media_type.to_str() else { return false };
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "text/json"
        || essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        query::read(parts.uri.query().unwrap_or_default()).map(Self).map_err(ApiError::bad_request)
    }
}

impl<S: Send + Sync, T: std::str::FromStr> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let malformed = || ApiError::bad_request("the id in the address is malformed");
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| malformed())?;
        let (_, value) = params.iter().next().ok_or_else(malformed)?;
        if value.contains('\0') {
            return Err(malformed());
        }
        value.parse().map(Self).map_err(|_| malformed())
    }
}
