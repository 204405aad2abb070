//! A request as a span of a trace: which one, and what it came to.

use axum::http::HeaderMap;
use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{Status, TraceContextExt},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes a span a part of the trace that the request names (W3C's `traceparent`), if it names one.
pub fn adopt(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // Where no traces are collected there is nothing to be a part of.
        let _ = span.set_parent(context);
    }
}

/// Names a span once it is known what was asked for; where no traces are collected this does nothing.
pub fn settle(span: &Span, name: String, is_fault: bool) {
    let context = span.context();
    let traced = context.span();
    if traced.is_recording() {
        traced.update_name(name);
        if is_fault {
            traced.set_status(Status::error(""));
        }
    }
}
