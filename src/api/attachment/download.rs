//! A file on its way to whoever asked: always a download, never a page of ours.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::Stream;

use super::disposition::disposition;
use crate::{domain::attachment::Attachment, service::StoreError};

/// No browser guesses another type, and none runs it if it is opened all the same.
const HARMLESS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

pub fn answer(
    file: &Attachment,
    bytes: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
) -> Response {
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    let content_type = match file.content_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        other => other,
    };
    let octets = HeaderValue::from_static("application/octet-stream");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(octets));
    headers.insert(header::CONTENT_LENGTH, file.size.into());
    let attachment = HeaderValue::from_static("attachment");
    let disposition = HeaderValue::from_str(&disposition(&file.name)).unwrap_or(attachment);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    for (name, value) in HARMLESS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
