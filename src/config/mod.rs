//! Environment to configuration. Secrets in it do not print.

mod ai;
mod attachments;
mod limits;
mod outbound_allow;
mod rates;
mod slack;
mod source;
mod traces;

use std::{env, net::SocketAddr, path::PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use ipnet::IpNet;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

pub use self::{
    ai::Ai,
    attachments::{AttachmentStore, Attachments},
    limits::Limits,
    outbound_allow::{AllowEntry, OutboundAllow},
    rates::Rates,
    slack::Slack,
    traces::Traces,
};
use source::{Source, malformed};

/// Everything an operator decides.
#[derive(Debug)]
pub struct Config {
    pub database: Database,
    pub data_dir: DataDir,
    pub listen_addr: SocketAddr,
    /// Without a trailing slash.
    pub public_url: String,
    pub admin_client: Option<AdminClient>,
    /// 32 bytes, base64.
    pub secret_key: Option<SecretString>,
    /// Keys of the same form that open what they have sealed, and seal nothing.
    pub other_secret_keys: Vec<SecretString>,
    pub slack: Slack,
    /// Networks and hosts that outgoing calls may reach although they are private.
    pub outbound_allow: OutboundAllow,
    /// The model that AI steps ask; none without an address.
    pub ai: Option<Ai>,
    pub attachments: Attachments,
    pub news: NewsWay,
    /// Whether chat windows are told to open a socket.
    pub offers_sockets: bool,
    pub trusted_proxies: Vec<IpNet>,
    /// Whose phone numbers need no country code, in two capital letters.
    pub phone_country: Option<String>,
    pub log_format: LogFormat,
    /// Who collects traces; none: nobody.
    pub traces: Option<Traces>,
    /// What `/metrics` asks for; none: nothing.
    pub metrics_token: Option<SecretString>,
    /// What is logged, in tracing's words.
    pub log_filter: String,
    pub limits: Limits,
    pub rates: Rates,
}

/// Where the data is.
#[derive(Debug)]
pub enum Database {
    Url {
        url: SecretString,
    },
    /// A Postgres of our own under the data folder.
    Embedded {
        binaries: Option<PathBuf>,
    },
}

#[derive(Clone, Debug)]
pub struct DataDir {
    pub path: PathBuf,
    pub is_default: bool,
}

#[derive(Debug)]
pub struct AdminClient {
    pub id: String,
    pub secret: SecretString,
}

/// How processes on one database tell each other what changed.
#[derive(Clone, Debug)]
pub enum NewsWay {
    /// LISTEN and NOTIFY.
    Database,
    /// NATS, at any of these addresses; a comma stands between them.
    Nats { urls: SecretString },
    /// Not at all: each looks, once a second.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// A value that stops the start; one clear line.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{name} is not understood: {problem}")]
    Malformed { name: &'static str, problem: String },
    #[error("{name} is needed when {because}")]
    Missing { name: &'static str, because: &'static str },
    #[error("the .env file is not understood: {0}")]
    EnvFile(String),
}

impl Config {
    /// Reads a `.env` file if there is one, then the environment, which wins.
    pub fn load() -> Result<Self, ConfigError> {
        match dotenvy::dotenv() {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(error) => return Err(ConfigError::EnvFile(error.to_string())),
        }
        Self::from_lookup(&|name| env::var(name).ok())
    }

    /// Reads the variables that `.env.example` lists; an empty one counts as unset.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let source = Source(lookup);
        let database = match source.text("DATABASE_URL") {
            Some(url) => Database::Url { url: url.into() },
            None => Database::Embedded { binaries: source.text("AUREOLE_POSTGRES_BIN").map(PathBuf::from) },
        };
        let secret_key = source.checked("SECRET_KEY", check_key)?.map(SecretString::from);
        if secret_key.is_none() && matches!(database, Database::Url { .. }) {
            return Err(ConfigError::Missing { name: "SECRET_KEY", because: "DATABASE_URL is set" });
        }
        let listen_addr = source.parsed("LISTEN_ADDR", SocketAddr::from(([127, 0, 0, 1], 8080)))?;
        let data_dir = source.text("DATA_DIR");
        Ok(Self {
            database,
            data_dir: DataDir {
                is_default: data_dir.is_none(),
                path: data_dir.map_or_else(|| PathBuf::from("./data"), PathBuf::from),
            },
            listen_addr,
            public_url: source
                .checked("PUBLIC_URL", check_url)?
                .unwrap_or_else(|| format!("http://{listen_addr}"))
                .trim_end_matches('/')
                .to_owned(),
            admin_client: admin_client(&source)?,
            secret_key,
            other_secret_keys: other_secret_keys(&source)?,
            slack: slack::read(&source)?,
            outbound_allow: OutboundAllow(source.list("OUTBOUND_ALLOW")?),
            ai: ai::read(&source)?,
            attachments: attachments::read(&source)?,
            news: match source.checked("NEWS_URL", check_news)? {
                None => NewsWay::Database,
                Some(word) if word == "none" => NewsWay::None,
                Some(urls) => NewsWay::Nats { urls: urls.into() },
            },
            offers_sockets: match source.text("CHAT_MODE").as_deref() {
                None | Some("heartbeat") => false,
                Some("websocket") => true,
                Some(_) => return Err(malformed("CHAT_MODE", "it is heartbeat or websocket")),
            },
            trusted_proxies: source.list("TRUSTED_PROXIES")?,
            phone_country: source.checked("PHONE_COUNTRY", check_country)?.map(|one| one.to_uppercase()),
            traces: traces::read(&source)?,
            metrics_token: source.text("METRICS_TOKEN").map(SecretString::from),
            log_filter: source.checked("RUST_LOG", check_filter)?.unwrap_or_else(|| "info".to_owned()),
            log_format: match source.text("LOG_FORMAT").as_deref() {
                None | Some("text") => LogFormat::Text,
                Some("json") => LogFormat::Json,
                Some(_) => return Err(malformed("LOG_FORMAT", "it is text or json")),
            },
            limits: limits::read(&source)?,
            rates: rates::read(&source)?,
        })
    }
}

fn admin_client(source: &Source) -> Result<Option<AdminClient>, ConfigError> {
    match (source.text("ADMIN_CLIENT_ID"), source.text("ADMIN_CLIENT_SECRET")) {
        (Some(id), Some(secret)) => Ok(Some(AdminClient { id, secret: secret.into() })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(ConfigError::Missing { name: "ADMIN_CLIENT_SECRET", because: "ADMIN_CLIENT_ID is set" })
        }
        (None, Some(_)) => {
            Err(ConfigError::Missing { name: "ADMIN_CLIENT_ID", because: "ADMIN_CLIENT_SECRET is set" })
        }
    }
}

fn other_secret_keys(source: &Source) -> Result<Vec<SecretString>, ConfigError> {
    let keys: Vec<String> = source.list("SECRET_KEY_PREVIOUS")?;
    for key in &keys {
        check_key(key).map_err(|problem| malformed("SECRET_KEY_PREVIOUS", problem))?;
    }
    Ok(keys.into_iter().map(SecretString::from).collect())
}

fn check_key(value: &str) -> Result<(), &'static str> {
    match BASE64_STANDARD.decode(value) {
        Ok(bytes) if bytes.len() == 32 => Ok(()),
        _ => Err("it is 32 bytes in base64, as `openssl rand -base64 32` prints them"),
    }
}

fn check_url(value: &str) -> Result<(), &'static str> {
    match url::Url::parse(value) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err("it is an address such as https://chat.example.com"),
    }
}

fn check_news(value: &str) -> Result<(), &'static str> {
    let is_address = |one: &str| match url::Url::parse(one.trim()) {
        Ok(url) => matches!(url.scheme(), "nats" | "tls") && url.has_host(),
        Err(_) => false,
    };
    if value == "none" || value.split(',').all(is_address) {
        return Ok(());
    }
    Err("it is none, or addresses such as nats://user:password@host:4222 with commas between them")
}

fn check_country(value: &str) -> Result<(), &'static str> {
    match value.to_uppercase().parse::<phonenumber::country::Id>() {
        Ok(_) => Ok(()),
        Err(_) => Err("it is the two letters of a country, such as GB"),
    }
}

fn check_filter(value: &str) -> Result<(), &'static str> {
    match EnvFilter::try_new(value) {
        Ok(_) => Ok(()),
        Err(_) => Err("it is a level such as info, or a list such as info,aureole=debug"),
    }
}
