//! What every request leaves behind: an id, a log line, a count, and an answer even after a panic.

use std::{any::Any, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics::SharedString;
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use super::{
    attachment, chat_message,
    error::{self, ApiError},
};
use crate::{app::App, telemetry};

/// Where a request's id stands, on its way in and out.
const ID: &str = "x-request-id";

/// Names every request that does not bring a name of its own.
#[derive(Clone, Copy)]
pub struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = Uuid::new_v4().simple().to_string();
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

/// Characters of a request's own id.
const ID_CHARACTERS_MAX: usize = 64;

/// Forgets an id that a request brings, unless it is one that may stand in a log and in a header.
pub fn check_id(mut request: Request) -> Request {
    let is_harmless = |id: &HeaderValue| {
        (1..=ID_CHARACTERS_MAX).contains(&id.len())
            && id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
    };
    if request.headers().get(ID).is_some_and(|id| !is_harmless(id)) {
        request.headers_mut().remove(ID);
    }
    request
}

/// Logs and counts a request. Never its body, its token or its query.
pub async fn record(request: Request, next: Next) -> Response {
    let named = request.extensions().get::<RequestId>().map(|id| id.header_value().clone());
    let id = named.as_ref().and_then(|id| id.to_str().ok());
    // Of the highest level, so that the id is there however little is logged.
    let span = tracing::error_span!(
        "request",
        id = id.unwrap_or_default(),
        method = %request.method(),
        route = field::Empty,
        status = field::Empty,
        otel.kind = "server",
    );
    telemetry::adopt(&span, request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let start = Instant::now();
    let mut outcome = Outcome { method: known(&method), is_answered: false };
    let response = error::within(named, next.run(request).instrument(span.clone())).await;
    outcome.is_answered = true;
    let _entered = span.enter();
    let status = response.status();
    let elapsed = start.elapsed();
    // Ids in a path would make a series for each; the matched route has none.
    let route = response.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    tracing::debug!(path, status = status.as_u16(), micros = elapsed.as_micros(), "answered");
    describe(&span, &method, &route, status);
    let place = [("method", SharedString::const_str(known(&method))), ("route", route.into())];
    metrics::histogram!("aureole_http_request_seconds", &place).record(elapsed.as_secs_f64());
    let [method, route] = place;
    let labels = [method, route, ("status", status.as_u16().to_string().into())];
    metrics::counter!("aureole_http_requests_total", &labels).increment(1);
    response
}

/// Counts a request that nobody waits for any more.
struct Outcome {
    method: &'static str,
    is_answered: bool,
}

impl Drop for Outcome {
    fn drop(&mut self) {
        if !self.is_answered {
            metrics::counter!("aureole_http_requests_given_up_total", "method" => self.method).increment(1);
        }
    }
}

/// A method can be any word, and each would make a series of its own.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Says what a span was, once that is known.
fn describe(span: &Span, method: &Method, route: &str, status: StatusCode) {
    span.record("route", route);
    span.record("status", status.as_u16());
    telemetry::settle(span, format!("{} {route}", known(method)), status.is_server_error());
}

/// Refuses a request that says too much before its body, and answers one that takes too long.
pub async fn bound(State(app): State<App>, request: Request, next: Next) -> Response {
    let limits = &app.config.limits;
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if headers.sum::<usize>() + address > limits.header_bytes {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return ApiError::new(status, "the address and the headers are too long").into_response();
    }
    let is_upload = request.method() == Method::POST && request.uri().path() == attachment::PATH;
    let patience = if is_upload { limits.upload_timeout } else { limits.request_timeout };
    // A read that waits is not slow.
    let waits = request.method() == Method::GET && waits(request.uri().query().unwrap_or_default());
    let patience = if waits { patience + chat_message::WAIT_MAX } else { patience };
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(StatusCode::REQUEST_TIMEOUT, "the request took too long").into_response(),
    }
}

fn waits(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name.eq_ignore_ascii_case("wait"))
}

/// A panic in a handler is a fault of ours like any other; the server goes on.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error").into_response()
}
