//! Chats: starting them, changing what state they are in, listing them.

mod change;
mod door;
mod from_slack;
mod jump;
mod limits;
mod list;
mod people;
mod start;
mod toll;
mod upgrade;

pub use change::{ChangeError, ChatChange, change};
pub use from_slack::{SlackVisitor, begin_in_slack};
pub use jump::{Jump, jump};
pub use list::{ChatView, list, some, view, views};
pub use start::{NewChat, StartError, Started, start};
