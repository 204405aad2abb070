//! Which other sites' pages may call us. Hosts are listed on chat profiles, without a scheme.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use url::Url;

use super::error::ApiError;
use crate::{app::App, domain::ids::ProfileId, service::profile};

/// How long a browser may remember a preflight.
const PREFLIGHT_SECONDS: u32 = 600;
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
const HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, idempotency-key, last-event-id, x-halo-api-key");
const EXPOSED: HeaderValue = HeaderValue::from_static("content-disposition, retry-after, x-request-id");

/// Answers preflights from the union of all profiles' lists, refuses pages of unlisted sites, and
/// lets listed ones read the answer.
pub async fn answer(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        let mut response = next.run(request).await;
        vary(response.headers_mut());
        return response;
    };
    match is_welcome(&app, request.headers(), &origin).await {
        Ok(true) => {}
        Ok(false) => return ApiError::forbidden("no chat profile lists this origin").into_response(),
        Err(error) => return error.into_response(),
    }
    let mut response = if is_preflight(&request) {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS.into());
        response
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    vary(headers);
    response
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

async fn is_welcome(app: &App, headers: &HeaderMap, origin: &HeaderValue) -> Result<bool, ApiError> {
    let Some(host) = host_of(origin.to_str().unwrap_or_default()) else { return Ok(false) };
    Ok(is_own(app, headers, &host) || profile::origins(app).await?.allow_some(&host))
}

/// A page of ours: from the address that we are known by, or the one that the browser used.
fn is_own(app: &App, headers: &HeaderMap, host: &str) -> bool {
    let asked = headers.get(header::HOST).and_then(|asked| asked.to_str().ok());
    asked.is_some_and(|asked| asked.eq_ignore_ascii_case(host))
        || Url::parse(&app.config.public_url)
            .is_ok_and(|own| host_and_port(&own).is_some_and(|own| own == host))
}

/// Refuses a page whose site this profile does not list, though another profile may. What comes
/// without an origin comes from no page.
pub async fn check_profile(app: &App, headers: &HeaderMap, id: &ProfileId) -> Result<(), ApiError> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let host = host_of(origin.to_str().unwrap_or_default()).unwrap_or_default();
    if is_own(app, headers, &host) || profile::origins(app).await?.allow(id, &host) {
        return Ok(());
    }
    Err(ApiError::forbidden("the chat profile does not list this origin"))
}

/// `example.com` or `example.com:8443`: what a profile lists, and what an origin comes down to. None of
/// what is not written as browsers write the origin of a web page.
fn host_of(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok()?;
    let is_page = matches!(url.scheme(), "http" | "https");
    if !is_page || !url.origin().ascii_serialization().eq_ignore_ascii_case(origin) {
        return None;
    }
    host_and_port(&url)
}

fn host_and_port(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// An answer for one site's pages is not one for another's, nor for whoever asks without a page.
fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from(header::ORIGIN));
}
