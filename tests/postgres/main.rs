//! The embedded Postgres server, and the databases that other tests get from it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clusters;
mod crashes;
mod harness;
mod places;
#[path = "../support/mod.rs"]
mod support;
mod test_databases;
