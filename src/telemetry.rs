//! What a run tells of itself: logs always, traces where somebody collects them.

mod request;
mod traces;

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};

pub use request::{adopt, settle};
pub use traces::{Traces, TracesError};

/// Logs to standard error from now on, and sends traces until what this returns is dropped.
pub fn start(config: &Config) -> Result<Option<Traces>, TracesError> {
    let logs = fmt::layer()
        .with_writer(io::stderr)
        // Colours would be noise in a file or a journal.
        .with_ansi(io::stderr().is_terminal());
    let logs = match config.log_format {
        LogFormat::Text => logs.boxed(),
        LogFormat::Json => logs.json().flatten_event(true).boxed(),
    };
    let logs = logs.with_filter(EnvFilter::new(&config.log_filter));
    let traces = config.traces.as_ref().map(Traces::start).transpose()?;
    tracing_subscriber::registry().with(logs).with(traces.as_ref().map(Traces::layer)).init();
    Ok(traces)
}
