//! Use cases: where a transaction begins and ends, and which rules hold in it.

pub mod access;
pub mod auth;
pub mod availability;
pub mod chat;
pub mod conversation;
mod flow;
pub mod hours;
pub mod housekeeping;
pub mod identity;
pub mod installation;
pub mod matching_data;
pub mod message;
pub mod outbox;
pub mod presence;
pub mod profile;
pub mod repeat;
pub mod resource;
pub mod search;
pub mod secrets;
mod ticket;
pub mod time_limit;

/// Reading and writing may fail in every use case, for the same reasons.
pub use crate::store::StoreError;
