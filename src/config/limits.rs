//! Every limit and timeout.

use std::time::Duration;

use super::{ConfigError, source::Source};

/// Every limit and timeout, with its unit.
#[derive(Clone, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    pub configuration_body_bytes: usize,
    /// Plain characters of one message.
    pub message_characters: usize,
    /// Bytes of one message's HTML.
    pub message_html_bytes: usize,
    pub request_timeout: Duration,
    pub shutdown_timeout: Duration,
    pub database_connections: u32,
    pub access_token: Duration,
    pub visitor_token: Duration,
    pub refresh_token: Duration,
    /// How long matching data waits for its chat.
    pub matching_data: Duration,
    /// Posts that may wait for the writer; more are answered 503.
    pub waiting_posts: usize,
    /// Calls to other systems that one process makes at once; more wait in the outbox.
    pub outbound_calls: usize,
    /// A whole HTTP step, redirects and reading the answer included.
    pub http_step_timeout: Duration,
    /// Bytes of an answer from outside, unpacked.
    pub http_step_bytes: usize,
    /// One question to the model, its second attempt included.
    pub ai_timeout: Duration,
}

pub(super) fn read(source: &Source) -> Result<Limits, ConfigError> {
    let seconds = |name, default| source.positive(name, default).map(Duration::from_secs);
    let hours = |name, default| {
        source.positive(name, default).map(|hours| Duration::from_secs(hours.saturating_mul(60 * 60)))
    };
    let bytes = |name, default| {
        source.positive(name, default).map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
    };
    Ok(Limits {
        body_bytes: bytes("BODY_BYTES_MAX", 100 * 1024)?,
        configuration_body_bytes: bytes("CONFIGURATION_BODY_BYTES_MAX", 1024 * 1024)?,
        message_characters: bytes("MESSAGE_CHARACTERS_MAX", 4_000)?,
        message_html_bytes: bytes("MESSAGE_HTML_BYTES_MAX", 32 * 1024)?,
        request_timeout: seconds("REQUEST_TIMEOUT_SECONDS", 30)?,
        shutdown_timeout: seconds("SHUTDOWN_TIMEOUT_SECONDS", 20)?,
        database_connections: u32::try_from(source.positive("DATABASE_CONNECTIONS_MAX", 16)?)
            .unwrap_or(u32::MAX),
        access_token: seconds("ACCESS_TOKEN_SECONDS", 60 * 60)?,
        visitor_token: seconds("VISITOR_TOKEN_SECONDS", 24 * 60 * 60)?,
        refresh_token: seconds("REFRESH_TOKEN_SECONDS", 30 * 24 * 60 * 60)?,
        matching_data: hours("MATCHING_DATA_HOURS", 24)?,
        waiting_posts: bytes("WAITING_POSTS_MAX", 1_024)?,
        outbound_calls: bytes("OUTBOUND_CALLS_MAX", 32)?,
        http_step_timeout: seconds("HTTP_STEP_TIMEOUT_SECONDS", 10)?,
        http_step_bytes: bytes("HTTP_STEP_BYTES_MAX", 1024 * 1024)?,
        ai_timeout: seconds("AI_TIMEOUT_SECONDS", 60)?,
    })
}
