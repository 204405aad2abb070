//! Spans on their way to a collector, by OTLP over HTTP.

use std::{collections::HashMap, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use secrecy::ExposeSecret;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::{config, outbound::Collector};

/// One batch on its way to the collector.
const EXPORT_TIME_MAX: Duration = Duration::from_secs(10);
/// What is left to be sent when the process ends.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(5);

/// Why no traces can be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    #[error("could not set up the way to the collector of traces")]
    Exporter(#[from] ExporterBuildError),
    #[error("could not start the client for the collector of traces")]
    Client(#[from] std::io::Error),
}

/// The way to the collector; dropped, it sends what is left.
pub struct Traces(SdkTracerProvider);

impl Traces {
    pub fn start(config: &config::Traces) -> Result<Self, TracesError> {
        let headers = config.headers.iter();
        let headers: HashMap<String, String> =
            headers.map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new(EXPORT_TIME_MAX)?)
            .with_endpoint(config.address.as_str())
            .with_headers(headers)
            .with_timeout(EXPORT_TIME_MAX)
            .build()?;
        let resource = Resource::builder()
            .with_service_name(config.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        // By the number of the trace alone: a stranger's word does not decide how much is collected.
        let sampler = Sampler::TraceIdRatioBased(config.sampled);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler)
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// Turns our own spans into those of a trace. What is logged stays in the log.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("aureole"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(|about| about.is_span() && about.target().starts_with("aureole")))
            .with_filter(LevelFilter::INFO)
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_TIME_MAX) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
