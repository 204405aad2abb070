//! Nothing acknowledged is lost, doubled or out of order: `aureole` processes, driven over HTTP.
//!
//! The sizes are a twentieth of those that the project promises. All of them, in a release build:
//! `AUREOLE_DURABILITY_SCALE=100 cargo test --release --test durability -- --test-threads 1 --nocapture`

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod check;
mod client;
mod flows;
mod follower;
mod harness;
mod idempotency;
mod kills;
mod nats;
mod order;
mod server;
mod slack;
mod soak;
#[expect(dead_code, reason = "these tests see the database through servers only")]
#[path = "../support/mod.rs"]
mod support;
mod two_servers;
mod watcher;
mod writer;
