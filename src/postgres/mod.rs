//! The embedded database: a native Postgres server as a supervised child process.

mod account;
mod binaries;
mod cluster;
mod embedded;
mod environment;
mod error;
mod folders;
mod place;
mod postmaster;
mod program;
mod serve;
mod sockets;
mod supervisor;

pub use embedded::{Embedded, EmbeddedSettings};
pub use environment::refuse_connection_variables;
pub use error::StartError;
pub use serve::{serve_embedded, serve_shared};
