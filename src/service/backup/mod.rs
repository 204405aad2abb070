//! The whole database and the files beside it in one file, as of one moment, and back. Servers go on
//! meanwhile: the rows are read in one transaction that sees one moment, and no file that it names is
//! removed before the end.

mod file;
mod read;
mod write;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

pub use read::{Restored, restore};
pub use write::{Written, write};

/// What a backup says of itself, before anything else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The moment that it shows, by this machine's clock.
    pub made_at: DateTime<Utc>,
    pub aureole: String,
    pub postgres: String,
    /// Versions and checksums of the schema's changes.
    pub migrations: Vec<(i64, String)>,
    /// Tells which `SECRET_KEY` opens the secrets in it; the key itself is not there.
    pub key_id: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("another backup of this database is being made")]
    UnderWay,
    #[error("{0} is there already; a backup overwrites nothing")]
    Exists(PathBuf),
    #[error("could not read or write {path}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0} is no backup that this program understands")]
    Unknown(PathBuf),
    #[error("{path} is damaged: {problem}; nothing was changed")]
    Damaged { path: PathBuf, problem: String },
    #[error("the backup was made by a later version of Aureole, or another ({0}): restore it with that one")]
    Foreign(String),
    #[error("the database is not empty: {0} hold rows; --replace removes them")]
    NotEmpty(String),
    #[error("{0} connections of servers are open to this database; stop them first")]
    ServersRun(i64),
    #[error("could not bring the schema to where the backup's was")]
    Migrate(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("could not read or write the database")]
    Store(#[from] StoreError),
}

impl BackupError {
    fn file(path: &std::path::Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
