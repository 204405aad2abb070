//! What Slack sends: verified, stored, answered; then worked off in the order of its conversations.

mod answer;
pub(in crate::slack) mod control;
mod correction;
mod event;
mod file;
pub(in crate::slack) mod intake;
mod opening;
mod person;
mod phrase;
mod shortcut;
mod signer;
mod suggestion;
mod ticket;
mod words;
mod work;

pub use intake::{Incoming, IntakeError, Reply, receive};
pub use work::{drain, forget_done, run};
