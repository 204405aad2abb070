//! Files from and to Slack. A token goes along with a download, so only to Slack.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use reqwest::{Body, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{ANSWER_BYTES_MAX, Slack, SlackError, answer, call::lost, retry_after};

/// How much longer than a call a file may take.
const FILE_TIMES: u32 = 12;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Slack(#[from] SlackError),
    /// With a token that does not open the file, Slack answers with a page to sign in.
    #[error("Slack answers with a page instead of the file")]
    Page,
}

impl Slack {
    /// A file's bytes, piece by piece. `is_page` when the file itself is meant to be HTML.
    pub async fn download(
        &self,
        url: &str,
        token: &SecretString,
        is_page: bool,
    ) -> Result<impl Stream<Item = Result<Bytes, SlackError>> + use<>, FileError> {
        let url = Url::parse(url).map_err(|_| SlackError::NotSlacks)?;
        if !self.checks_file(&url) {
            return Err(SlackError::NotSlacks.into());
        }
        let request = self.http.get(url).bearer_auth(token.expose_secret()).timeout(self.file_timeout());
        let response = answer::count(begin(request).await)?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !is_page && kind.is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(FileError::Page);
        }
        Ok(stream::try_unfold(response, async |mut response| {
            let piece = response.chunk().await.map_err(|_| SlackError::AnswerLost)?;
            Ok(piece.map(|piece| (piece, response)))
        }))
    }

    /// Sends a file's bytes to the address that `files.getUploadURLExternal` gave.
    pub async fn upload(&self, url: &str, bytes: Vec<u8>) -> Result<(), SlackError> {
        let url = Url::parse(url).map_err(|_| SlackError::NotSlacks)?;
        if !self.checks_file(&url) {
            return Err(SlackError::NotSlacks);
        }
        let request = self.http.post(url).header(CONTENT_TYPE, "application/octet-stream");
        let request = request.timeout(self.file_timeout()).body(Body::from(bytes));
        answer::count(self.send(request, ANSWER_BYTES_MAX).await).map(drop)
    }

    fn file_timeout(&self) -> Duration {
        self.timeout.saturating_mul(FILE_TIMES)
    }
}

/// The head of an answer that promises a file.
async fn begin(request: reqwest::RequestBuilder) -> Result<reqwest::Response, SlackError> {
    let response = request.send().await.map_err(lost)?;
    let status = response.status();
    if status.as_u16() == 429 {
        return Err(SlackError::RateLimited(retry_after(&response)));
    }
    if status.is_server_error() {
        return Err(SlackError::trouble(status));
    }
    if !status.is_success() {
        return Err(SlackError::refused(&format!("http_{}", status.as_u16())));
    }
    Ok(response)
}
