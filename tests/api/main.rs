//! The API as its clients see it: requests in, answers out, one file per resource group.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod access_matrix;
mod attachment_access;
mod attachment_messages;
mod attachments;
mod canned_text;
mod chat;
mod chat_flow;
mod chat_message;
mod chat_profile;
mod chat_start;
mod configuration;
mod cors;
mod day;
mod desk;
mod dialect;
mod ending;
mod feed;
mod flow_calls;
mod flow_models;
mod flow_saving;
mod flow_steps;
mod flow_verify;
mod flow_waits;
mod harness;
mod hours;
mod idempotency;
mod identity;
mod limits;
mod listing;
mod matching_data;
mod message_edit;
mod openapi;
mod people;
mod public_profile;
mod queue;
mod read_marks;
mod rebuild;
mod round_trip;
mod search;
mod secrets;
mod sign_in;
mod signed_in;
mod slack_at_once;
mod slack_chat_app;
mod slack_details;
mod slack_guide;
mod slack_manifest;
mod slack_uninstall;
mod socket;
mod stream;
mod stream_doors;
mod watching;
