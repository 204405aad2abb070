//! Where traces go, in OpenTelemetry's own variables.

use secrecy::SecretString;
use url::Url;

use super::{
    ConfigError, check_url,
    source::{Source, malformed},
};

/// A collector of traces that speaks OTLP over HTTP.
#[derive(Debug)]
pub struct Traces {
    /// The whole address that spans are posted to.
    pub address: Url,
    /// Names and values of headers that go along, such as a key.
    pub headers: Vec<(String, SecretString)>,
    pub service_name: String,
    /// The part of all traces that is sent, from 0 to 1.
    pub sampled: f64,
}

/// None: no traces are made.
pub(super) fn read(source: &Source) -> Result<Option<Traces>, ConfigError> {
    let headers = source.list("OTEL_EXPORTER_OTLP_HEADERS")?;
    let headers = headers.iter().map(|pair: &String| header(pair)).collect::<Option<Vec<_>>>();
    let headers = headers
        .ok_or_else(|| malformed("OTEL_EXPORTER_OTLP_HEADERS", "it is name=value, and more after a comma"))?;
    let service_name = source.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "aureole".to_owned());
    let sampled: f64 = source.parsed("OTEL_TRACES_SAMPLER_ARG", 1.0)?;
    if !(0.0..=1.0).contains(&sampled) {
        return Err(malformed("OTEL_TRACES_SAMPLER_ARG", "it is a part, from 0 to 1"));
    }
    let Some(base) = source.checked("OTEL_EXPORTER_OTLP_ENDPOINT", check_url)? else { return Ok(None) };
    let address = format!("{}/v1/traces", base.trim_end_matches('/'));
    let address = Url::parse(&address).map_err(|_| {
        malformed("OTEL_EXPORTER_OTLP_ENDPOINT", "it is an address such as http://127.0.0.1:4318")
    })?;
    Ok(Some(Traces { address, headers, service_name, sampled }))
}

fn header(pair: &str) -> Option<(String, SecretString)> {
    let (name, value) = pair.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| (name.to_owned(), value.into()))
}
