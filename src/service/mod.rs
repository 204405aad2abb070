//! Use cases: where a transaction begins and ends, and which rules hold in it.

pub mod access;
pub mod attachment;
pub mod audit;
pub mod auth;
pub mod availability;
pub mod backup;
pub mod canned_text;
pub mod chat;
pub mod conversation;
pub mod feed;
pub mod figures;
mod flow;
pub mod follow;
pub mod hours;
pub mod identity;
pub mod installation;
pub mod matching_data;
pub mod message;
pub mod news;
pub mod outbox;
pub mod presence;
pub mod privacy;
pub mod profile;
pub mod rates;
mod record;
pub mod repeat;
pub mod resource;
pub mod room;
pub mod rotation;
pub mod search;
pub mod secrets;
pub mod sweeper;
pub mod ticket;
mod waiting;
pub mod worker;

/// Reading and writing may fail in every use case, for the same reasons.
pub use crate::store::StoreError;
