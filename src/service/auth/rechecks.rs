//! Turns at the door for those who are in: one revocation makes all of them ask again.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::store::Pool;

/// How many ask at once. The other connections to the database are for those who come in meanwhile.
pub struct Rechecks(Semaphore);

impl Rechecks {
    pub fn new(pool: &Pool) -> Self {
        let half = pool.options().get_max_connections() / 2;
        Self(Semaphore::new(usize::try_from(half).unwrap_or(1).max(1)))
    }

    /// Waits for those who came before.
    pub async fn turn(&self) -> SemaphorePermit<'_> {
        self.0.acquire().await.expect("nobody closes the semaphore")
    }
}
