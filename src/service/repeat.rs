//! Requests that may be repeated until their answer arrives: each takes effect once.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    service::StoreError,
    store::{
        self, Conn,
        idempotency::{Answered, FirstAnswer},
    },
};

pub use crate::store::idempotency::RequestKey;

/// How long a key is remembered.
pub const REMEMBERED_HOURS: i64 = 24;

/// A repeatable request: its name, and the hash of what it asked.
#[derive(Clone, Debug)]
pub struct Repeatable {
    pub name: RequestKey,
    pub request_hash: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum RepeatError {
    #[error("this Idempotency-Key was used for another request")]
    KeyReused,
    #[error("could not look up the Idempotency-Key")]
    Store(#[from] StoreError),
}

/// Keys from before this moment are forgotten.
pub fn remembered_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::hours(REMEMBERED_HOURS)
}

impl Repeatable {
    /// What the first request of this name came to; none: this is the first, and others of the
    /// same name wait until the transaction ends.
    pub async fn answered(
        &self,
        conn: &mut Conn,
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<FirstAnswer>>, RepeatError> {
        store::idempotency::serialise(conn, &self.name).await?;
        let names = std::slice::from_ref(&self.name);
        match store::idempotency::list(conn, names, remembered_since(now)).await?.pop() {
            None => Ok(None),
            Some(first) if first.request_hash == self.request_hash => Ok(Some(first.answers)),
            Some(_) => Err(RepeatError::KeyReused),
        }
    }

    /// Keeps which chats the request came to, in the transaction that makes it true.
    pub async fn keep(
        self,
        conn: &mut Conn,
        chats: impl Iterator<Item = i32>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let answers = chats.map(|chat| FirstAnswer { chat, message: 0, last_message: 0 }).collect();
        let answered = Answered { name: self.name, request_hash: self.request_hash, answers };
        store::idempotency::save(conn, &answered, remembered_since(now), now).await?;
        Ok(())
    }
}
