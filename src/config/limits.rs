//! Every limit and timeout.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;

use super::{
    ConfigError,
    source::{Source, malformed},
};

/// Every limit and timeout, with its unit.
#[derive(Clone, Debug)]
pub struct Limits {
    pub body_bytes: usize,
    pub configuration_body_bytes: usize,
    /// Bytes of a request's address and headers.
    pub header_bytes: usize,
    /// Bytes of one file.
    pub attachment_bytes: usize,
    /// Bytes of all files of one chat.
    pub chat_attachment_bytes: usize,
    /// A whole upload, reading its body included.
    pub upload_timeout: Duration,
    /// Plain characters of one message.
    pub message_characters: usize,
    /// Bytes of one message's HTML.
    pub message_html_bytes: usize,
    pub request_timeout: Duration,
    pub shutdown_timeout: Duration,
    /// How long it goes on serving after it was told to stop, unready, so that nothing new is sent here.
    pub drain: Duration,
    pub database_connections: u32,
    pub access_token: Duration,
    pub visitor_token: Duration,
    pub refresh_token: Duration,
    /// How long matching data waits for its chat.
    pub matching_data: Duration,
    /// How long entries of the audit are kept; none: for ever.
    pub audit_kept: Option<TimeDelta>,
    /// Posts that may wait for the writer; more are answered 503.
    pub waiting_posts: usize,
    /// Connections that are open at once, in all.
    pub connections: usize,
    /// The same from one address that is no trusted proxy.
    pub address_connections: usize,
    /// How long a connection may wait for its next request, that request's head included.
    pub connection_idle: Duration,
    /// Streams, sockets and reads that wait, in all.
    pub streams: usize,
    /// The same of one token.
    pub token_streams: usize,
    /// The same from one address.
    pub address_streams: usize,
    /// How often a stream without news says that it is there.
    pub stream_keep_alive: Duration,
    /// How long the other end of a connection may take nothing before it is cut.
    pub stream_stall: Duration,
    /// How long a stream or socket may go on before it has to be opened anew; none: for ever.
    pub stream_life: Option<Duration>,
    /// How long a chat is offered to one agent before it goes on to the next.
    pub offer: TimeDelta,
    /// How long a visitor may be silent and gone before the chat is abandoned; none: for ever.
    pub abandoned_chat: Option<TimeDelta>,
    /// Whether a chat that is abandoned takes its ticket with it.
    pub abandoned_chat_closes_ticket: bool,
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
        header_bytes: bytes("HEADER_BYTES_MAX", 16 * 1024)?,
        attachment_bytes: at_most_2_gib(source, "ATTACHMENT_BYTES_MAX", 25 * 1024 * 1024)?,
        chat_attachment_bytes: bytes("CHAT_ATTACHMENT_BYTES_MAX", 250 * 1024 * 1024)?,
        upload_timeout: seconds("UPLOAD_TIMEOUT_SECONDS", 5 * 60)?,
        message_characters: bytes("MESSAGE_CHARACTERS_MAX", 4_000)?,
        message_html_bytes: bytes("MESSAGE_HTML_BYTES_MAX", 32 * 1024)?,
        request_timeout: seconds("REQUEST_TIMEOUT_SECONDS", 30)?,
        shutdown_timeout: seconds("SHUTDOWN_TIMEOUT_SECONDS", 20)?,
        drain: Duration::from_secs(source.parsed("DRAIN_SECONDS", 0_u16)?.into()),
        database_connections: u32::try_from(source.positive("DATABASE_CONNECTIONS_MAX", 16)?)
            .unwrap_or(u32::MAX),
        access_token: seconds("ACCESS_TOKEN_SECONDS", 60 * 60)?,
        visitor_token: seconds("VISITOR_TOKEN_SECONDS", 24 * 60 * 60)?,
        refresh_token: seconds("REFRESH_TOKEN_SECONDS", 30 * 24 * 60 * 60)?,
        matching_data: hours("MATCHING_DATA_HOURS", 24)?,
        audit_kept: match source.parsed("AUDIT_DAYS", 730_u16)? {
            0 => None,
            days => Some(TimeDelta::days(i64::from(days))),
        },
        waiting_posts: bytes("WAITING_POSTS_MAX", 1_024)?,
        connections: bytes("CONNECTIONS_MAX", 20_000)?.min(Semaphore::MAX_PERMITS),
        address_connections: bytes("CONNECTIONS_PER_ADDRESS_MAX", 10_000)?,
        connection_idle: seconds("CONNECTION_IDLE_SECONDS", 120)?,
        streams: bytes("STREAMS_MAX", 10_000)?,
        token_streams: bytes("STREAMS_PER_TOKEN_MAX", 20)?,
        address_streams: bytes("STREAMS_PER_ADDRESS_MAX", 6_000)?,
        stream_keep_alive: seconds("STREAM_KEEP_ALIVE_SECONDS", 15)?,
        stream_stall: seconds("STREAM_STALL_SECONDS", 30)?,
        stream_life: match source.parsed("STREAM_SECONDS_MAX", 0_u32)? {
            0 => None,
            seconds => Some(Duration::from_secs(seconds.into())),
        },
        offer: TimeDelta::seconds(i64::from(source.parsed("OFFER_SECONDS", 30_u16)?.max(1))),
        abandoned_chat: match source.parsed("ABANDONED_CHAT_MINUTES", 60_u16)? {
            0 => None,
            minutes => Some(TimeDelta::minutes(i64::from(minutes))),
        },
        abandoned_chat_closes_ticket: source.parsed("ABANDONED_CHAT_CLOSES_TICKET", false)?,
        outbound_calls: bytes("OUTBOUND_CALLS_MAX", 32)?,
        http_step_timeout: seconds("HTTP_STEP_TIMEOUT_SECONDS", 10)?,
        http_step_bytes: bytes("HTTP_STEP_BYTES_MAX", 1024 * 1024)?,
        ai_timeout: seconds("AI_TIMEOUT_SECONDS", 60)?,
    })
}

/// Halo's `filesize` is a number of 32 bits.
fn at_most_2_gib(source: &Source, name: &'static str, default: u64) -> Result<usize, ConfigError> {
    let bytes = source.positive(name, default)?;
    i32::try_from(bytes)
        .ok()
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| malformed(name, "it is at most 2147483647"))
}
