//! Slack's addresses, the server's own app there, and how hard its API may be used.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{ConfigError, check_url, source::Source};

#[derive(Debug)]
pub struct Slack {
    /// Base address of the Web API; the operator's own choice, so nothing judges it.
    pub api_url: Url,
    /// The app that `SlackDetails` connect through.
    pub client_id: Option<String>,
    pub client_secret: Option<SecretString>,
    /// What that app signs its requests with.
    pub signing_secret: Option<SecretString>,
    /// Hosts that `response_url` and `webhookurl` may name, in lower case, with a port or without.
    pub hook_hosts: Vec<String>,
    /// One call, reading its answer included.
    pub timeout: Duration,
    /// Calls that one process makes at once.
    pub calls: usize,
    /// Bytes of one request from Slack.
    pub body_bytes: usize,
}

pub(super) fn read(source: &Source) -> Result<Slack, ConfigError> {
    let hosts: Vec<String> = source.list("SLACK_HOOK_HOSTS")?;
    let hosts = if hosts.is_empty() { vec!["hooks.slack.com".to_owned()] } else { hosts };
    let api_url = source.checked("SLACK_API_URL", check_url)?;
    let api_url = api_url.as_deref().unwrap_or("https://slack.com/api");
    let number = |name, default| {
        source.positive(name, default).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
    };
    Ok(Slack {
        api_url: Url::parse(api_url).expect("it was checked"),
        client_id: source.text("SLACK_CLIENT_ID"),
        client_secret: source.text("SLACK_CLIENT_SECRET").map(SecretString::from),
        signing_secret: source.text("SLACK_SIGNING_SECRET").map(SecretString::from),
        hook_hosts: hosts.into_iter().map(|host| host.to_lowercase()).collect(),
        timeout: source.positive("SLACK_TIMEOUT_SECONDS", 10).map(Duration::from_secs)?,
        calls: number("SLACK_CALLS_MAX", 16)?,
        body_bytes: number("SLACK_BODY_BYTES_MAX", 1024 * 1024)?,
    })
}
