//! The database that a command works on: one named by its address, or our own.

use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;

use super::Problem;
use crate::{
    config::{Config, Database},
    postgres::{self, Embedded, EmbeddedSettings},
};

/// A database that can be connected to; our own Postgres ends when this is dropped.
pub enum Opened {
    Url(PgConnectOptions),
    Ours(Box<Embedded>),
    /// Another process of ours runs it; this one only visits.
    Running(PgConnectOptions),
}

impl Opened {
    pub fn options(&self) -> PgConnectOptions {
        match self {
            Self::Url(options) | Self::Running(options) => options.clone(),
            Self::Ours(embedded) => embedded.connect_options(),
        }
    }

    /// Where the data is, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Url(options) => {
                format!(
                    "PostgreSQL at {}, database {}",
                    options.get_host(),
                    options.get_database().unwrap_or("(default)")
                )
            }
            Self::Running(_) => "the PostgreSQL of the server that runs here".to_owned(),
            Self::Ours(embedded) => format!("an embedded PostgreSQL in {}", embedded.location().display()),
        }
    }

    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Ours(embedded) => embedded.note(),
            Self::Url(_) | Self::Running(_) => None,
        }
    }
}

/// Opens the database for a command that may run beside the server.
pub fn open(config: &Config) -> Result<Opened, Problem> {
    if let Database::Embedded { .. } = config.database
        && let Some(options) = Embedded::running(&settings(config))?
    {
        return Ok(Opened::Running(options));
    }
    open_alone(config)
}

/// Opens the database for the server itself, which must be the only one on an embedded one.
pub fn open_alone(config: &Config) -> Result<Opened, Problem> {
    match &config.database {
        Database::Url { url } => {
            let options = url.expose_secret().parse();
            // The address may hold a password; sqlx's own complaint would quote it.
            options.map(Opened::Url).map_err(|_: sqlx::Error| {
                Problem::new(
                    "DATABASE_URL is not understood: it is postgres://user:password@host:5432/database",
                )
            })
        }
        Database::Embedded { .. } => {
            postgres::refuse_connection_variables()?;
            Ok(Opened::Ours(Box::new(Embedded::start(&settings(config))?)))
        }
    }
}

fn settings(config: &Config) -> EmbeddedSettings {
    EmbeddedSettings {
        data_dir: config.data_dir.path.clone(),
        data_dir_is_default: config.data_dir.is_default,
        binaries: match &config.database {
            Database::Embedded { binaries } => binaries.clone(),
            Database::Url { .. } => None,
        },
        durable: true,
    }
}
