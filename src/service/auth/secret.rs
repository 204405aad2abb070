//! Making, hashing and checking secrets. None of them prints.

use std::{num::NonZero, sync::LazyLock};

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::store::session::TokenHash;

/// 256 random bits as text.
pub fn random() -> SecretString {
    BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<32>()).into()
}

/// Random bytes from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}

/// How tokens and keys are stored: they have 256 random bits, so one pass of SHA-256 is enough.
pub fn hash(secret: &str) -> TokenHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two secrets are the same; it takes as long whichever they are.
pub fn is_same(one: &str, other: &str) -> bool {
    hash(one).ct_eq(&hash(other)).into()
}

/// How words that people choose are stored: argon2id, off the async threads.
pub async fn hash_slowly(secret: SecretString) -> String {
    let turn = Turn::wait().await;
    let hash = move || {
        let salt = SaltString::encode_b64(&random_bytes::<16>()).expect("16 bytes make a salt");
        let hash = Argon2::default()
            .hash_password(secret.expose_secret().as_bytes(), &salt)
            .expect("argon2 takes a password of any length")
            .to_string();
        drop(turn);
        hash
    };
    tokio::task::spawn_blocking(hash).await.expect("hashing does not panic")
}

/// Checks words against a hash. Without one it takes as long, so that nobody learns who exists.
pub async fn matches_slowly(turn: Turn, secret: SecretString, hash: Option<String>) -> bool {
    let check = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(hash) = PasswordHash::new(&hash) else { return false };
        let matches = Argon2::default().verify_password(secret.expose_secret().as_bytes(), &hash).is_ok();
        // Held by the work itself: whoever hangs up does not end it.
        drop(turn);
        matches && known
    };
    tokio::task::spawn_blocking(check).await.expect("checking does not panic")
}

/// The right to work on one hash. Each takes a core and 19 MB for a while, so there are few.
pub struct Turn {
    _place: SemaphorePermit<'static>,
}

/// More wait for a turn than may.
#[derive(Debug, thiserror::Error)]
#[error("too many sign-ins are under way; try again")]
pub struct Crowded;

impl Turn {
    /// Waits, however many do.
    pub async fn wait() -> Self {
        Self { _place: TURNS.acquire().await.expect("nobody closes it") }
    }

    /// The same for whoever comes from outside, as long as few wait.
    pub async fn wait_in_line() -> Result<Self, Crowded> {
        let _line = LINE.try_acquire().map_err(|_| Crowded)?;
        Ok(Self::wait().await)
    }
}

/// Half of the cores, so that a flood of sign-ins leaves the others to everybody else.
static TURNS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new((cores / 2).clamp(1, TURNS_MAX))
});
const TURNS_MAX: usize = 4;
/// Who waits: some seconds' work.
static LINE: Semaphore = Semaphore::const_new(256);

/// The hash of a word that nobody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$8lJC2zZ1r7bV1KcH7gYw0o3Qe5H1k3w0m4o8o3bq8bE";

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn those_who_wait_for_a_turn_are_few() {
        let all = u32::try_from(TURNS.available_permits()).expect("there are few");
        let working = TURNS.acquire_many(all).await.expect("nobody closes it");
        let mut context = Context::from_waker(Waker::noop());
        let mut waiting: Vec<_> = (0..256).map(|_| Box::pin(Turn::wait_in_line())).collect();
        assert!(waiting.iter_mut().all(|one| one.as_mut().poll(&mut context).is_pending()));
        assert!(Turn::wait_in_line().await.is_err(), "one more is sent away");
        drop(waiting.pop());
        let mut last = Box::pin(Turn::wait_in_line());
        assert!(last.as_mut().poll(&mut context).is_pending(), "whoever hangs up leaves the line");
        drop((working, waiting));
        assert!(last.await.is_ok());
        assert_eq!(TURNS.available_permits(), usize::try_from(all).expect("there are few"));
    }

    #[test]
    fn a_secret_for_nobody_is_worked_on_like_any_other() {
        let nobody = PasswordHash::new(NOBODY).expect("it is a hash");
        let salt = SaltString::encode_b64(&[1; 12]).expect("12 bytes make a salt");
        let somebody = Argon2::default().hash_password(b"a word", &salt).expect("any password will do");
        assert_eq!((nobody.algorithm, nobody.version), (somebody.algorithm, somebody.version));
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.map(|hash| hash.len()), somebody.hash.map(|hash| hash.len()));
    }
}
