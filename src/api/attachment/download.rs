//! A file on its way to whoever asked: always a download, never a page of ours.

use std::fmt::Write as _;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::Stream;

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

/// The name twice (RFC 6266): in ASCII for clients that know no better, and in full.
fn disposition(name: &str) -> String {
    let plain =
        |one: char| if matches!(one, ' '..='~') && !matches!(one, '"' | '\\' | '%') { one } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut line = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            line.push(char::from(byte));
        } else {
            write!(line, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            disposition("a\"; filename=\"b\\%41 é.txt"),
            "attachment; filename=\"a_; filename=_b__41 _.txt\"; \
             filename*=UTF-8''a%22%3B%20filename%3D%22b%5C%2541%20%C3%A9.txt"
        );
    }
}
