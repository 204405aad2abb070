//! NATS, where the operator has news travel that way and not through the database.
//!
//! It only ever carries where to look. So nothing here waits for it or tries twice: what does not get
//! through is found by the next look at the database. What is told is signed: others may write to the
//! same server, and a word of theirs must not make anybody overlook something.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use tokio::sync::watch;

/// A connection that takes longer is tried anew.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const SIGNATURE_BYTES: usize = 32;

/// The way to the others, once there is one.
pub struct Nats {
    /// Addresses with a comma between them; they may hold a password.
    urls: SecretString,
    seal: Seal,
    way: Mutex<Option<Way>>,
}

/// Signs with what only the processes of one installation know.
#[derive(Clone)]
struct Seal(Hmac<Sha256>);

#[derive(Clone)]
struct Way {
    client: Client,
    subject: String,
}

/// Hears what this and other processes tell.
pub struct Ear {
    told: Subscriber,
    seal: Seal,
    /// Counts everything after which something may have been missed.
    gaps: watch::Receiver<u64>,
}

/// NATS cannot be reached, or refuses us. Its own words may quote an address with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("NATS cannot be reached, or refuses the connection")]
pub struct Unreachable;

impl Nats {
    pub fn new(urls: SecretString, key: Option<&SecretString>) -> Self {
        Self { urls, seal: Seal::new(key), way: Mutex::new(None) }
    }

    /// Connects anew, and hears everything that is told from now on to those who share this place.
    pub async fn listen(&self, place: i64) -> Result<Ear, Unreachable> {
        *self.way() = None;
        let subject = format!("aureole.news.{place:016x}");
        let (gaps, heard_gaps) = watch::channel(0);
        let client = connect(&self.urls, Arc::new(gaps)).await.ok_or(Unreachable)?;
        let told = client.subscribe(subject.clone()).await.map_err(|_| Unreachable)?;
        confirm(&client).await.ok_or(Unreachable)?;
        *self.way() = Some(Way { client, subject });
        Ok(Ear { told, seal: self.seal.clone(), gaps: heard_gaps })
    }

    /// Tells everybody who listens, unless that would take time.
    pub fn tell(&self, text: &str) {
        let Some(Way { client, subject }) = self.way().clone() else { return };
        let told = self.seal.sign(text);
        if !matches!(client.publish(subject, told).now_or_never(), Some(Ok(()))) {
            tracing::debug!("could not tell other processes");
        }
    }

    fn way(&self) -> std::sync::MutexGuard<'_, Option<Way>> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ear {
    /// The next news; none: the connection was lost, and perhaps news with it.
    pub async fn next(&mut self) -> Option<String> {
        tokio::select! {
            biased;
            _ = self.gaps.changed() => None,
            told = self.told.next() => told.map(|told| self.seal.read(&told.payload).unwrap_or_default()),
        }
    }
}

impl Seal {
    fn new(key: Option<&SecretString>) -> Self {
        let key = key.map_or("", |key| key.expose_secret());
        let seal = Hmac::new_from_slice(key.as_bytes()).expect("a key of any length will do");
        Self(seal.chain_update("aureole news"))
    }

    fn sign(&self, text: &str) -> Bytes {
        let signature = self.0.clone().chain_update(text).finalize().into_bytes();
        [signature.as_slice(), text.as_bytes()].concat().into()
    }

    /// None: somebody else has written it.
    fn read(&self, told: &[u8]) -> Option<String> {
        let (signature, text) = told.split_at_checked(SIGNATURE_BYTES)?;
        self.0.clone().chain_update(text).verify_slice(signature).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

async fn connect(urls: &SecretString, gaps: Arc<watch::Sender<u64>>) -> Option<Client> {
    let urls = urls.expose_secret().split(',').map(|url| ServerAddr::from_str(url.trim()));
    let urls: Vec<ServerAddr> = urls.collect::<Result<_, _>>().ok()?;
    ConnectOptions::new()
        .name("aureole")
        .connection_timeout(CONNECT_TIMEOUT)
        // A connection that was lost is made anew by whoever listens, who then looks for what was missed.
        .max_reconnects(1)
        .event_callback(move |event| {
            if !matches!(event, Event::Connected) {
                gaps.send_modify(|count| *count += 1);
            }
            async {}
        })
        .connect(urls)
        .await
        .ok()
}

/// Waits until the server has taken everything that was asked of it so far: it answers in order.
async fn confirm(client: &Client) -> Option<()> {
    let inbox = client.new_inbox();
    let mut own = client.subscribe(inbox.clone()).await.ok()?;
    client.publish(inbox, "here".into()).await.ok()?;
    own.next().await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_has_the_key_is_believed() {
        let seal = |key: &str| Seal::new(Some(&key.into()));
        let told = seal("ours").sign("look");
        assert_eq!(seal("ours").read(&told).as_deref(), Some("look"));
        assert_eq!(seal("theirs").read(&told), None);
        assert_eq!(seal("ours").read(b"look"), None);
        let mut changed = told.to_vec();
        *changed.last_mut().expect("it is not empty") ^= 1;
        assert_eq!(seal("ours").read(&changed), None);
    }
}
