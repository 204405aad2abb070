//! Why the embedded database could not start, in words for an operator.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "PostgreSQL 15 or later is not installed: {hint}, \
         or set DATABASE_URL to a PostgreSQL server of your own"
    )]
    NotInstalled { hint: String },
    #[error("AUREOLE_POSTGRES_BIN={} holds no usable PostgreSQL server: {problem}", folder.display())]
    BadBinaries { folder: PathBuf, problem: String },
    #[error(
        "the database in {} was made by PostgreSQL {cluster}, and installed is {installed}: install \
         PostgreSQL {cluster}, or dump it there with pg_dumpall and restore it into a new DATA_DIR",
        folder.display()
    )]
    WrongMajor { folder: PathBuf, cluster: u32, installed: String },
    #[error(
        "another Aureole process uses the database in {}: stop it, or give this one its own DATA_DIR",
        folder.display()
    )]
    InUse { folder: PathBuf },
    #[error(
        "{variables} set but DATABASE_URL is not: set DATABASE_URL to use that PostgreSQL server, \
         or unset them to use the embedded one"
    )]
    ConnectionVariables { variables: String },
    #[error(
        "PostgreSQL does not run as root, and there is neither an account postgres nor nobody \
         to run it as: add one, or start Aureole from an ordinary account"
    )]
    NoAccount,
    #[error(
        "the database folder {} cannot be reached by the account {account}, as which PostgreSQL runs: \
         {} does not let it through; run `chmod o+x` on that, set DATA_DIR to a folder elsewhere \
         (such as /var/lib/aureole), or start Aureole from an ordinary account",
        folder.display(), barrier.display()
    )]
    Unreachable { folder: PathBuf, barrier: PathBuf, account: String },
    #[error(
        "{} says that the database is in {}, which does not exist: put it back, \
         or remove the file to start with an empty database",
        pointer.display(), folder.display()
    )]
    LostCluster { pointer: PathBuf, folder: PathBuf },
    #[error(
        "{} belongs to another account (number {owner}): start Aureole from that account, \
         or give it the folder with chown",
        folder.display()
    )]
    NotOurs { folder: PathBuf, owner: u32 },
    #[error("could not {action} {}", path.display())]
    Folder { action: &'static str, path: PathBuf, source: io::Error },
    #[error("could not run {}", program.display())]
    Run { program: PathBuf, source: io::Error },
    #[error("could not make a new database with {}: {complaint}", program.display())]
    Init { program: PathBuf, complaint: String },
    #[error("the embedded PostgreSQL ended while starting: {complaint} (see {})", log.display())]
    Died { complaint: String, log: PathBuf },
    #[error(
        "a PostgreSQL server is still running on {}: {complaint} (see {})",
        data.display(), log.display()
    )]
    StillRunning { data: PathBuf, complaint: String, log: PathBuf },
    #[error("could not start the thread that watches the embedded PostgreSQL")]
    Thread(#[source] io::Error),
    #[error("the embedded PostgreSQL was stopped before it was ready")]
    Stopped,
}

impl StartError {
    /// For `map_err`: what was being done to which path.
    pub(super) fn folder(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { action, path, source }
    }
}
