//! Outgoing calls: what they must not reach in whatever form it is written, and their limits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allow;
mod forms;
mod harness;
mod limits;
mod model;
mod model_failures;
mod names;
mod redirects;
mod requests;
