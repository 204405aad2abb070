//! Secrets at rest: sealed with the operator's key before they are stored. Nothing here prints one.
//!
//! The stored form is one byte of version, the key's id, a nonce, and the ciphertext. What a secret
//! belongs to is sealed with it, so that a row moved to another owner does not open.

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::auth::secret::random_bytes;
use crate::domain::hex::hex;
pub use crate::store::sealed::SealedColumn;

const VERSION: u8 = 1;
const KEY_ID_BYTES: usize = 8;
const NONCE_BYTES: usize = 24;

/// Seals and opens stored secrets.
pub struct Vault {
    /// Seals. None: nothing can be sealed.
    key: Option<VaultKey>,
    /// Former keys, or the next one: they only open.
    others: Vec<VaultKey>,
}

struct VaultKey {
    /// Tells which key sealed a secret; says nothing of the key.
    id: [u8; KEY_ID_BYTES],
    cipher: XChaCha20Poly1305,
}

/// What a secret belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// The kind of thing: `chat_profile`.
    pub what: &'a str,
    pub id: &'a str,
    /// Which of its secrets.
    pub kind: &'a str,
}

/// What a request does to a secret that can be written and never read.
#[derive(Clone, Debug, Default)]
pub enum SecretChange {
    #[default]
    Keep,
    Clear,
    Set(SecretString),
}

/// There is no key to seal with.
#[derive(Debug, thiserror::Error)]
#[error("a secret cannot be stored without SECRET_KEY")]
pub struct NoKey;

impl Vault {
    /// Takes the key that seals, and others that open, as they are configured: 32 bytes in base64.
    pub fn new(key: Option<&SecretString>, others: &[SecretString]) -> Self {
        Self { key: key.and_then(VaultKey::read), others: others.iter().filter_map(VaultKey::read).collect() }
    }

    /// What everything begins with that the present key has sealed.
    pub fn beginning(&self) -> Result<Vec<u8>, NoKey> {
        let key = self.key.as_ref().ok_or(NoKey)?;
        Ok([&[VERSION][..], &key.id].concat())
    }

    /// Tells the key from others, in hexadecimal digits; none: there is no key.
    pub fn key_id(&self) -> Option<String> {
        self.key.as_ref().map(|key| hex(&key.id))
    }

    /// Whether what was sealed with the key of this id can be read.
    pub fn opens(&self, key_id: &str) -> bool {
        self.key.iter().chain(&self.others).any(|key| hex(&key.id) == key_id)
    }

    pub fn seal(&self, owner: Owner<'_>, secret: &SecretString) -> Result<Vec<u8>, NoKey> {
        let key = self.key.as_ref().ok_or(NoKey)?;
        let nonce = random_bytes::<NONCE_BYTES>();
        let aad = owner.bytes(key.id);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &aad };
        let sealed = key
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a secret is far shorter than the cipher's limit");
        Ok([&[VERSION][..], &key.id, &nonce, &sealed].concat())
    }

    /// A secret as it was sealed. One that no key opens counts as absent, with one line in
    /// the log: the database came without its key.
    pub fn open(&self, owner: Owner<'_>, sealed: &[u8]) -> Option<SecretString> {
        match self.try_open(owner, sealed) {
            Ok(secret) => Some(secret),
            Err(problem) => {
                let Owner { what, id, kind } = owner;
                tracing::error!(
                    owner = what,
                    owner.id = id,
                    secret = kind,
                    "a stored secret cannot be read and counts as absent: {problem}"
                );
                None
            }
        }
    }

    fn try_open(&self, owner: Owner<'_>, sealed: &[u8]) -> Result<SecretString, &'static str> {
        let (&version, rest) = sealed.split_first().ok_or("it is empty")?;
        if version != VERSION || rest.len() < KEY_ID_BYTES + NONCE_BYTES {
            return Err("its form is unknown");
        }
        let (id, rest) = rest.split_at(KEY_ID_BYTES);
        let key = self.key.iter().chain(&self.others).find(|key| key.id == id);
        let key = key.ok_or("another SECRET_KEY sealed it")?;
        let (nonce, ciphertext) = rest.split_at(NONCE_BYTES);
        let payload = Payload { msg: ciphertext, aad: &owner.bytes(key.id) };
        let opened = key.cipher.decrypt(XNonce::from_slice(nonce), payload);
        let opened = opened.map_err(|_| "it was changed, or belongs to something else")?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| "it is no text")
    }
}

impl VaultKey {
    fn read(key: &SecretString) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(key.expose_secret()).ok()?;
        <[u8; 32]>::try_from(bytes).ok().map(|bytes| Self::new(&bytes))
    }

    fn new(key: &[u8; 32]) -> Self {
        let hash = Sha256::new().chain_update(b"aureole key id").chain_update(key).finalize();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&hash[..KEY_ID_BYTES]);
        Self { id, cipher: XChaCha20Poly1305::new(Key::from_slice(key)) }
    }
}

impl<'a> Owner<'a> {
    /// What the secrets of a column belong to.
    pub const fn of(column: SealedColumn, id: &'a str) -> Self {
        Self { what: column.what(), id, kind: column.kind() }
    }

    /// The owner without any way to read it as another one, bound to the form and the key.
    fn bytes(&self, key: [u8; KEY_ID_BYTES]) -> Vec<u8> {
        let mut bytes = [&[VERSION][..], &key].concat();
        for part in [self.what, self.id, self.kind] {
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: Owner = Owner::of(SealedColumn::ProfileIdentity, "help");

    fn key(byte: u8) -> SecretString {
        BASE64_STANDARD.encode([byte; 32]).into()
    }

    fn vault(byte: u8) -> Vault {
        Vault::new(Some(&key(byte)), &[])
    }

    fn open(vault: &Vault, owner: Owner, sealed: &[u8]) -> Option<String> {
        vault.open(owner, sealed).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_comes_back_with_its_key_and_owner_and_not_otherwise() {
        let sealed = vault(1).seal(PROFILE, &"hush".into()).expect("there is a key");
        assert!(!sealed.windows(4).any(|four| four == b"hush"));
        assert_eq!(open(&vault(1), PROFILE, &sealed).as_deref(), Some("hush"));
        assert_eq!(open(&vault(2), PROFILE, &sealed), None, "another key");
        assert_eq!(open(&vault(1), Owner { id: "shop", ..PROFILE }, &sealed), None, "another owner");
        assert_eq!(open(&Vault::new(None, &[]), PROFILE, &sealed), None, "no key");
    }

    #[test]
    fn a_former_key_opens_and_does_not_seal() {
        let old = vault(1).seal(PROFILE, &"hush".into()).expect("there is a key");
        let both = Vault::new(Some(&key(2)), &[key(3), key(1)]);
        assert_eq!(open(&both, PROFILE, &old).as_deref(), Some("hush"));
        let new = both.seal(PROFILE, &"hush".into()).expect("there is a key");
        assert_eq!(open(&vault(1), PROFILE, &new), None);
        assert_eq!(open(&vault(2), PROFILE, &new).as_deref(), Some("hush"));
        assert!(new.starts_with(&both.beginning().expect("there is a key")));
        assert!(!old.starts_with(&both.beginning().expect("there is a key")));
    }

    #[test]
    fn a_secret_that_was_changed_anywhere_does_not_open() {
        let sealed = vault(1).seal(PROFILE, &"hush".into()).expect("there is a key");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&vault(1), PROFILE, &changed), None, "byte {at}");
            assert_eq!(open(&vault(1), PROFILE, &sealed[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same_and_is_not_sealed_without_a_key() {
        let seal = || vault(1).seal(PROFILE, &"hush".into()).expect("there is a key");
        assert_ne!(seal(), seal());
        assert!(Vault::new(None, &[]).seal(PROFILE, &"hush".into()).is_err());
    }
}
