//! Slack's formats.

#[path = "../../src/slack/protocol/mod.rs"]
pub mod protocol;
