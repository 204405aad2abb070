//! Slack's side of a chat: what Slack sends, in its own form and signed, and what it is told, by a
//! stand-in that is as strict as Slack and fails on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_types, reason = "the stand-in answers as Slack does, not as we do")]

#[expect(dead_code, unused_imports, reason = "the tests of the API use the rest")]
#[path = "../api/harness/mod.rs"]
mod harness;
#[path = "../support/mod.rs"]
mod support;

mod corrections;
mod erasure;
mod faults;
mod files;
mod questions;
mod signing;
mod slack;
mod talk;
mod tickets;
mod workspace;
