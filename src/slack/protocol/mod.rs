//! Slack's formats: text in, values out. No I/O, no clock; nothing of ours is named here.

pub mod command;
pub mod event;
pub mod interaction;
mod json;
pub mod length;
pub mod manifest;
pub mod mrkdwn;
pub mod request;
pub mod signature;
