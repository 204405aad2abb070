//! Log set-up.

use std::io;

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::LogFormat;

/// Logs to standard error from now on; `RUST_LOG` says how much.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}
