//! What can go wrong between us and Postgres.

use std::fmt::Display;

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database refused or did not answer")]
    Database(#[from] sqlx::Error),
    #[error("the folder of attachments could not be read or written")]
    Files(#[from] std::io::Error),
    #[error("row {id} of {table} cannot be read: {problem}")]
    BadRow { table: &'static str, id: String, problem: String },
}

impl StoreError {
    pub fn bad_row(table: &'static str, id: impl Display, problem: impl Display) -> Self {
        Self::BadRow { table, id: id.to_string(), problem: problem.to_string() }
    }

    /// The named constraint that the statement violated, if that is what happened.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.constraint(),
            Self::Database(_) | Self::Files(_) | Self::BadRow { .. } => None,
        }
    }

    /// Whether a value is longer than an index can hold; 54000 is a limit of Postgres itself.
    pub fn is_too_long(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("54000"))
    }

    /// Whether the database cannot be reached now, as opposed to refusing this statement.
    pub fn is_outage(&self) -> bool {
        if let Self::Database(sqlx::Error::Database(error)) = self {
            // Class 08 is a broken connection; 57P01 to 57P03 are a server that stops or starts;
            // 53300 is one with too many connections.
            return error
                .code()
                .is_some_and(|code| code.starts_with("08") || code.starts_with("57P0") || code == "53300");
        }
        matches!(
            self,
            Self::Database(
                sqlx::Error::Io(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::Tls(_)
            )
        )
    }
}
