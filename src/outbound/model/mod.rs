//! A client for the language model that the operator named: any endpoint that speaks OpenAI's chat
//! completions. The guard does not apply to it, because no visitor and no profile chooses where it is.

mod ask;
mod reply;
mod request;

use std::time::Duration;

use reqwest::{
    Response,
    header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER},
};
use secrecy::ExposeSecret;
use tokio::time::Instant;
use url::Url;

pub use self::ask::{Completion, Reply, Tool, ToolCall, Turn};
use super::client::{self, ReadError};
use crate::config::{Ai, Config};

/// How long a server that does not say may rest before it is asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// Why there is no reply. It quotes nothing of the key, the question or the answer.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("no model is configured")]
    NotConfigured,
    #[error("the model did not answer in time")]
    Timeout,
    #[error("the model's server answered with the status {0}")]
    Status(u16),
    #[error("the model's answer is too large")]
    TooLarge,
    #[error("the model's answer cannot be read")]
    Unreadable,
    #[error("the model's server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
}

/// The way to the model.
pub struct Model(Option<Endpoint>);

struct Endpoint {
    http: reqwest::Client,
    url: Url,
    default_model: Option<String>,
    timeout: Duration,
    bytes_max: usize,
}

/// An attempt that failed, and what the server said of when to try again.
struct Failed {
    error: ModelError,
    retry_after: Option<Duration>,
}

impl Model {
    pub(super) fn new(config: &Config) -> Self {
        Self(config.ai.as_ref().map(|ai| Endpoint {
            http: client(ai),
            url: completions(&ai.api_url),
            default_model: ai.model.clone(),
            timeout: config.limits.ai_timeout,
            bytes_max: config.limits.http_step_bytes,
        }))
    }

    /// Whether there is a model to ask.
    pub const fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Asks for the next turn of a conversation; once more when the server is busy or unwell and
    /// the time allows it.
    pub async fn complete(&self, ask: &Completion<'_>) -> Result<Reply, ModelError> {
        let endpoint = self.0.as_ref().ok_or(ModelError::NotConfigured)?;
        let start = Instant::now();
        let body = request::body(ask, endpoint.default_model.as_deref()).to_string();
        let answer = async {
            let failed = match endpoint.attempt(body.clone()).await {
                Ok(reply) => return Ok(reply),
                Err(failed) => failed,
            };
            let pause = failed.retry_after.unwrap_or(PAUSE);
            if !failed.error.is_passing() || start.elapsed().saturating_add(pause) >= endpoint.timeout {
                return Err(failed.error);
            }
            tokio::time::sleep(pause).await;
            endpoint.attempt(body).await.map_err(|failed| failed.error)
        };
        tokio::time::timeout(endpoint.timeout, answer).await.unwrap_or(Err(ModelError::Timeout))
    }
}

impl Endpoint {
    async fn attempt(&self, body: String) -> Result<Reply, Failed> {
        let request = self.http.post(self.url.clone()).body(body);
        let response = request.send().await.map_err(|error| Failed::from(unreachable(error)))?;
        let status = response.status();
        if !status.is_success() {
            let error = ModelError::Status(status.as_u16());
            return Err(Failed { error, retry_after: retry_after(&response) });
        }
        let bytes = client::read(response, self.bytes_max).await.map_err(|error| match error {
            ReadError::TooLarge => ModelError::TooLarge,
            ReadError::Broken(error) => unreachable(error),
        })?;
        Ok(reply::read(&bytes).ok_or(ModelError::Unreadable)?)
    }
}

impl ModelError {
    /// Whether the same question may succeed in a moment.
    const fn is_passing(&self) -> bool {
        matches!(self, Self::Status(429 | 500..=599) | Self::Unreachable(_))
    }
}

impl From<ModelError> for Failed {
    fn from(error: ModelError) -> Self {
        Self { error, retry_after: None }
    }
}

fn client(ai: &Ai) -> reqwest::Client {
    let mut headers = HeaderMap::new();
    headers.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(key) = &ai.api_key {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()))
            .expect("the start refuses a key that does not fit into a header");
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    client::builder().default_headers(headers).build().expect("TLS is given, and nothing else can fail")
}

/// A query in the base address, such as Azure's version, stays at the end.
fn completions(base: &Url) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["chat", "completions"]);
    }
    url
}

/// The header's seconds; a date is not read, for there may be no clock to hold it against.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn unreachable(error: reqwest::Error) -> ModelError {
    if error.is_timeout() { ModelError::Timeout } else { ModelError::Unreachable(error.without_url()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_added_to_the_base() {
        for (base, url) in [
            ("https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"),
            ("https://api.openai.com/v1/", "https://api.openai.com/v1/chat/completions"),
            ("http://127.0.0.1:11434", "http://127.0.0.1:11434/chat/completions"),
            ("https://x.example/m?api-version=7", "https://x.example/m/chat/completions?api-version=7"),
        ] {
            assert_eq!(completions(&base.parse().expect("a URL")).as_str(), url);
        }
    }
}
