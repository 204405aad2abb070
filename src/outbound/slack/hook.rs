//! Posting to an address that Slack gave: an incoming webhook, or the answer to a command or a click.

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use url::Url;

use super::{ANSWER_BYTES_MAX, Slack, SlackError, answer};

impl Slack {
    /// Posts a message to a hook, if it is one of Slack's. The answer's words mean nothing beyond success.
    pub async fn post_to_hook(&self, url: &str, message: &Value) -> Result<(), SlackError> {
        let url = Url::parse(url).map_err(|_| SlackError::NotSlacks)?;
        if !self.checks_hook(&url) {
            return Err(SlackError::NotSlacks);
        }
        let request = self.http.post(url);
        let request =
            request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(message.to_string());
        answer::count(self.send(request, ANSWER_BYTES_MAX).await).map(drop)
    }
}
