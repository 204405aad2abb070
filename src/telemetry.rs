//! Log set-up.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Logs to standard error from now on.
pub fn start(config: &Config) {
    let logs = fmt()
        .with_env_filter(EnvFilter::new(&config.log_filter))
        .with_writer(io::stderr)
        // Colours would be noise in a file or a journal.
        .with_ansi(io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}
