//! What is kept of a person: given out whole, or removed for good. Chats are erased one by one, each in
//! a transaction of its own, so that whatever ends half-way goes on where it stopped.

mod erase;
mod export;

use crate::{
    app::App,
    domain::{
        audit::{Action, Deed},
        person::{Person, Subject},
    },
    store::{self, StoreError},
};

pub use erase::{Erased, erase, erase_retired};
pub use export::export;

/// Chats that are read at once.
const CHATS_AT_ONCE: i64 = 100;

#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    #[error("nothing is kept of this person")]
    Nobody,
    #[error("could not read or remove what is kept of a person")]
    Store(#[from] StoreError),
}

async fn find(app: &App, subject: &Subject) -> Result<Person, PrivacyError> {
    let mut conn = store::acquire(&app.pool).await?;
    let person = store::person::find(&mut conn, subject).await?;
    if person.is_nobody() { Err(PrivacyError::Nobody) } else { Ok(person) }
}

/// What the audit says of it: a number where one names the person, never an address.
fn deed<'a>(action: Action, subject: &Subject, id: Option<&'a str>, kind: &'a [&'a str]) -> Deed<'a> {
    let resource = match subject {
        Subject::User(_) => "Users",
        Subject::Chat(_) => "Chat",
        Subject::Email(_) | Subject::Unknown(_) => "Privacy",
    };
    Deed { action, resource, id, fields: kind }
}
