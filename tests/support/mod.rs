//! What every test binary may use; include it with `#[path = "../support/mod.rs"] mod support;`.

pub mod database;
mod shared_server;
