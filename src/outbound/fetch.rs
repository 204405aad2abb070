//! A call of a flow: sent to where the guard lets it, redirects included, within its limits.

use reqwest::{
    Method, Response,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use url::Url;

use super::{
    Answer, Outbound,
    client::{self, ReadError},
    redirect::Hop,
};
use crate::flow::HttpRequest;

const REDIRECTS_MAX: usize = 5;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Why there is no answer. It may be logged: it quotes nothing of the request or the answer, except
/// the host when a certificate does not fit it.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("the request cannot be sent: {0}")]
    BadRequest(&'static str),
    #[error("the address is not a public one, and OUTBOUND_ALLOW does not list it")]
    Refused,
    #[error("the host has no address")]
    UnknownName,
    #[error("the redirect is not followed: {0}")]
    BadRedirect(&'static str),
    #[error("the answer has the status {0}")]
    Status(u16),
    #[error("the answer is too large")]
    TooLarge,
    #[error("the answer did not come in time")]
    Timeout,
    #[error("the server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
}

/// The error without the address, whose query may hold secrets.
fn unreachable(error: reqwest::Error) -> FetchError {
    if error.is_timeout() { FetchError::Timeout } else { FetchError::Unreachable(error.without_url()) }
}

impl Outbound {
    /// Sends the request and reads a successful answer. `idempotency_key` goes along unless the
    /// request has one, so that a repeated call can be known as one.
    pub async fn fetch(&self, request: &HttpRequest, idempotency_key: &str) -> Result<Answer, FetchError> {
        let first = first_hop(request, idempotency_key)?;
        let answer = async {
            let response = self.follow(first).await?;
            let status = response.status();
            if !status.is_success() {
                return Err(FetchError::Status(status.as_u16()));
            }
            match client::read(response, self.bytes_max).await {
                Ok(body) => {
                    let body = String::from_utf8_lossy(&body).into_owned();
                    Ok(Answer { status: status.as_u16(), body })
                }
                Err(ReadError::TooLarge) => Err(FetchError::TooLarge),
                Err(ReadError::Broken(error)) => Err(unreachable(error)),
            }
        };
        tokio::time::timeout(self.timeout, answer).await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn follow(&self, mut hop: Hop) -> Result<Response, FetchError> {
        for _ in 0..=REDIRECTS_MAX {
            let response = self.send(&hop).await?;
            match hop.next(response.status(), response.headers())? {
                Some(next) => hop = next,
                None => return Ok(response),
            }
        }
        Err(FetchError::BadRedirect("there are too many in a row"))
    }

    async fn send(&self, hop: &Hop) -> Result<Response, FetchError> {
        let addresses = self.guard.pass(&hop.url).await?;
        let client = client::to_addresses(addresses, self.timeout).map_err(unreachable)?;
        let mut request = client.request(hop.method.clone(), hop.url.clone()).headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(unreachable)
    }
}

fn first_hop(request: &HttpRequest, idempotency_key: &str) -> Result<Hop, FetchError> {
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|_| FetchError::BadRequest("its method is none"))?;
    let url = Url::parse(&request.url).map_err(|_| FetchError::BadRequest("its address cannot be read"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| FetchError::BadRequest("the name of a header is none"))?;
        headers.append(name, header_value(value)?);
    }
    if !headers.contains_key(IDEMPOTENCY_KEY) {
        headers.insert(IDEMPOTENCY_KEY, header_value(idempotency_key)?);
    }
    if let (Some(content_type), false) = (request.content_type, headers.contains_key(CONTENT_TYPE)) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    Ok(Hop { method, url, headers, body: request.body.clone() })
}

fn header_value(value: &str) -> Result<HeaderValue, FetchError> {
    HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| FetchError::BadRequest("a header holds control characters"))
}
