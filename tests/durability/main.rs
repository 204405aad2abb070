//! Nothing acknowledged is lost, doubled or out of order: `aureole` processes, driven over HTTP.
//!
//! The sizes are a twentieth of those that the project promises. All of them, in a release build:
//! `AUREOLE_DURABILITY_SCALE=100 cargo test --release --test durability -- --test-threads 1 --nocapture`

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backup;
mod canary;
mod check;
mod client;
mod cycles;
mod flows;
mod follower;
mod harness;
mod idempotency;
mod kills;
mod leaks;
mod nats;
mod order;
#[path = "../support/program.rs"]
mod program;
mod rotation;
mod server;
mod slack;
mod soak;
#[path = "../support/mod.rs"]
mod support;
mod two_servers;
mod watcher;
mod writer;
