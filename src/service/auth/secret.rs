//! Making, hashing and checking secrets. None of them prints.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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
    let hash = move || {
        let salt = SaltString::encode_b64(&random_bytes::<16>()).expect("16 bytes make a salt");
        Argon2::default()
            .hash_password(secret.expose_secret().as_bytes(), &salt)
            .expect("argon2 takes a password of any length")
            .to_string()
    };
    tokio::task::spawn_blocking(hash).await.expect("hashing does not panic")
}

/// Checks words against a hash. Without one it takes as long, so that nobody learns who exists.
pub async fn matches_slowly(secret: SecretString, hash: Option<String>) -> bool {
    let check = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(hash) = PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(secret.expose_secret().as_bytes(), &hash).is_ok() && known
    };
    tokio::task::spawn_blocking(check).await.expect("checking does not panic")
}

/// The hash of a word that nobody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$8lJC2zZ1r7bV1KcH7gYw0o3Qe5H1k3w0m4o8o3bq8bE";
