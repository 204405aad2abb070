//! A thin client for Slack's Web API. The base address is the operator's own, so nothing judges it;
//! an address that came with a request is followed only to Slack's hosts.

mod answer;
mod call;
mod files;
mod hook;

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use url::{Host, Url};

pub use self::{
    answer::{Fault, SlackError},
    call::Arguments,
    files::FileError,
};
use super::client;
use crate::config::Config;

/// Bytes of one answer; Slack's longest are views of 250 KB.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long to wait when a limit does not say.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest that Slack is left alone; its limits are by the minute.
const PAUSE_MAX: Duration = Duration::from_hours(1);
/// Files are downloaded from Slack's own hosts only: a token goes along.
const SLACK_DOMAIN: &str = "slack.com";

/// The way to Slack.
pub struct Slack {
    http: reqwest::Client,
    api_url: Url,
    hook_hosts: Vec<String>,
    timeout: Duration,
}

impl Slack {
    pub(super) fn new(config: &Config) -> Self {
        let slack = &config.slack;
        let http = client::builder()
            .timeout(slack.timeout)
            .build()
            .expect("TLS is given, and nothing else can fail");
        let (api_url, hook_hosts) = (slack.api_url.clone(), slack.hook_hosts.clone());
        Self { http, api_url, hook_hosts, timeout: slack.timeout }
    }

    /// Whether this address may be posted to without a token: `response_url`, `webhookurl`.
    pub fn is_hook(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.checks_hook(&url))
    }

    /// Hosts of the operator's list, by HTTPS; in the clear only on this machine.
    fn checks_hook(&self, url: &Url) -> bool {
        let Some(host) = url.host_str().map(str::to_lowercase) else { return false };
        let with_port = url.port_or_known_default().map(|port| format!("{host}:{port}"));
        let is_listed = self.hook_hosts.iter().any(|one| *one == host || Some(one) == with_port.as_ref());
        is_listed && is_plain(url) && (url.scheme() == "https" || is_loopback(url) && url.scheme() == "http")
    }

    /// Slack's hosts, and the one that the operator named as its API.
    fn checks_file(&self, url: &Url) -> bool {
        if !is_plain(url) {
            return false;
        }
        if url.origin() == self.api_url.origin() {
            return true;
        }
        let is_slack = |host: &str| {
            host == SLACK_DOMAIN
                || host.strip_suffix(SLACK_DOMAIN).is_some_and(|before| before.ends_with('.'))
        };
        url.scheme() == "https" && url.domain().is_some_and(|host| is_slack(&host.to_lowercase()))
    }
}

/// Without a name or password, which would go along.
fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The header's whole seconds.
fn retry_after(response: &reqwest::Response) -> Duration {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    seconds.and_then(|seconds| seconds.trim().parse().ok()).map_or(PAUSE, Duration::from_secs).min(PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slack(api: &str, hosts: &str) -> Slack {
        let lookup = |name: &str| match name {
            "SLACK_API_URL" => Some(api.to_owned()),
            "SLACK_HOOK_HOSTS" => Some(hosts.to_owned()),
            _ => None,
        };
        Slack::new(&Config::from_lookup(&lookup).expect("the variables are fine"))
    }

    #[test]
    fn only_listed_hosts_are_posted_to_and_in_the_clear_only_on_this_machine() {
        let slack = slack("https://slack.com/api", "hooks.slack.com, 127.0.0.1:3000, 10.0.0.1, localhost");
        for (url, is_hook) in [
            ("https://hooks.slack.com/commands/1/2", true),
            ("https://HOOKS.slack.com/commands/1/2", true),
            ("http://hooks.slack.com/commands/1/2", false),
            ("https://hooks.slack.com.evil.example/x", false),
            ("https://hooks.slack.com@evil.example/x", false),
            ("https://me:pass@hooks.slack.com/x", false),
            ("http://127.0.0.1:3000/hook", true),
            ("http://127.0.0.1:3001/hook", false),
            ("http://10.0.0.1/hook", false),
            ("https://10.0.0.1/hook", true),
            ("http://localhost:9/hook", true),
            ("file:///etc/passwd", false),
            ("hooks.slack.com", false),
        ] {
            assert_eq!(slack.is_hook(url), is_hook, "{url}");
        }
    }

    #[test]
    fn a_token_goes_to_slack_and_to_the_operators_api_alone() {
        let slack = slack("http://127.0.0.1:3000/api", "");
        for (url, is_file) in [
            ("https://files.slack.com/files-pri/T1-F1/x.png", true),
            ("https://slack.com/x", true),
            ("https://evilslack.com/x", false),
            ("https://files.slack.com.evil.example/x", false),
            ("http://files.slack.com/x", false),
            ("https://files.slack.com@evil.example/x", false),
            ("http://127.0.0.1:3000/files/F1", true),
            ("http://127.0.0.1:3001/files/F1", false),
        ] {
            assert_eq!(slack.checks_file(&url.parse().expect("a URL")), is_file, "{url}");
        }
    }
}
