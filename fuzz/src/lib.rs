//! The pure parts of the server as a library of their own, for the fuzz targets.
//!
//! They are the same files, taken in by their paths. The import rule keeps them free of the database
//! and of the network, so they build in a fraction of the server's time, and nothing of the server has
//! to be made public for the sake of a fuzzer. A file that begins to name more fails the build here.

pub mod api;
#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/flow/mod.rs"]
pub mod flow;
pub mod service;
pub mod slack;
pub mod store;
