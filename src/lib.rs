//! Aureole: a self-hosted chat server that speaks HaloPSA's chat REST API.
//!
//! In reading order; arrows only point up this list (`tests/architecture.rs`):
//! `domain` nouns · `flow` the pure engine · `store` all SQL · `outbound` all outgoing HTTP · `service`
//! use cases · `slack` its conversations as chats · `api` Halo's HTTP dialect · `server` puts them together.

pub mod domain;
pub mod flow;
pub mod store;

pub mod app;
pub mod clock;
pub mod config;
pub mod outbound;
pub mod service;
pub mod slack;

pub mod api;
pub mod postgres;
pub mod server;

pub mod cli;
pub mod telemetry;

pub use store::MIGRATOR;
