//! The profiles of `examples/`, posted to a new server as their README says, and walked through
//! to the end as visitors would.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../api/harness/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests of the API use more of it")]
mod harness;
#[path = "../support/mod.rs"]
mod support;

mod drawing;
mod help_desk;
mod out_of_hours;
mod posting;
mod sales_contact;
mod server;
mod visitor;
