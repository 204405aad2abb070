//! What is counted for all processes together, in the database.

use sha2::{Digest, Sha256};

use super::Spent;
use crate::{
    app::App,
    domain::allowance::Allowance,
    store::{
        Conn, StoreError,
        rate_bucket::{self, BucketKey, Taking},
    },
};

#[derive(Debug, thiserror::Error)]
pub enum RateError {
    #[error(transparent)]
    Spent(#[from] Spent),
    #[error("could not count the request")]
    Store(#[from] StoreError),
}

/// What was taken, for whoever may give it back.
#[must_use = "what was not at fault is given back"]
pub struct Taken(Vec<Taking>);

impl Taken {
    pub async fn give_back(self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.0.is_empty() { Ok(()) } else { rate_bucket::give_back(conn, &self.0).await }
    }
}

/// The bucket of what these words name, in this order.
pub fn bucket(words: &[&str]) -> BucketKey {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word);
    }
    hash.finalize().into()
}

/// Takes so many from each bucket or from none, at once and by itself: nobody waits for longer than
/// one statement takes.
pub async fn take(
    app: &App,
    conn: &mut Conn,
    wanted: impl IntoIterator<Item = (BucketKey, Option<Allowance>, u32)>,
) -> Result<Taken, RateError> {
    let taking = |(bucket, allowance, count): (BucketKey, Option<Allowance>, u32)| {
        allowance.map(|one| Taking { bucket, cost: one.cost(count), period: one.period() })
    };
    let takings: Vec<Taking> = wanted.into_iter().filter_map(taking).collect();
    if takings.is_empty() {
        return Ok(Taken(takings));
    }
    match rate_bucket::take(conn, &takings, app.clock.now()).await? {
        None => Ok(Taken(takings)),
        Some(wait) => Err(Spent::for_so_long(wait).into()),
    }
}
