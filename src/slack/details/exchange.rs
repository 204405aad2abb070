//! Exchanging a code of Slack's redirect for a token. A code works once, so this comes last.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::DetailsError;
use crate::{
    app::App,
    outbound::slack::{Arguments, Fault, SlackError},
};

/// A code, and the redirect that it came through if the address to Slack named one.
pub struct Code {
    pub code: SecretString,
    pub redirect: Option<String>,
}

/// What Slack gave for a code.
pub(super) struct Granted {
    pub token: SecretString,
    pub app_id: Option<String>,
    pub team_id: Option<String>,
    pub team_name: Option<String>,
    pub scopes: Vec<String>,
    /// Only with the scope `incoming-webhook`.
    pub hook: Option<Hook>,
    /// What of it an administrator should know.
    pub warning: Option<String>,
}

/// The channel that was chosen at Slack.
pub(super) struct Hook {
    pub url: SecretString,
    pub channel_id: Option<String>,
    /// Without `#`.
    pub channel: Option<String>,
}

/// The server's own app at Slack.
pub(super) struct Client<'a> {
    id: &'a str,
    secret: &'a SecretString,
}

impl<'a> Client<'a> {
    pub(super) fn of(app: &'a App) -> Option<Self> {
        let slack = &app.config.slack;
        Some(Self { id: slack.client_id.as_deref()?, secret: slack.client_secret.as_ref()? })
    }

    /// How it names itself in a form.
    pub(super) fn fields(&self) -> [(&str, &str); 2] {
        [("client_id", self.id), ("client_secret", self.secret.expose_secret())]
    }
}

pub(super) async fn exchange(app: &App, client: &Client<'_>, code: &Code) -> Result<Granted, DetailsError> {
    let mut form = client.fields().to_vec();
    form.push(("code", code.code.expose_secret()));
    form.extend(code.redirect.as_deref().map(|redirect| ("redirect_uri", redirect)));
    let answer = app.outbound.slack().call("oauth.v2.access", None, Arguments::Form(&form)).await;
    let answer = answer.map_err(|error| match error {
        SlackError::AnswerLost => DetailsError::AnswerLost,
        SlackError::Refused { code, fault: Fault::Passing } => DetailsError::NotAsked(code),
        SlackError::Refused { code, .. } => DetailsError::CodeRefused(code),
        other => DetailsError::NotAsked(other.to_string()),
    })?;
    Granted::read(&answer).ok_or(DetailsError::NoToken)
}

impl Granted {
    /// None: the answer holds no token of a bot.
    fn read(answer: &Value) -> Option<Self> {
        let token = text(&answer["access_token"])?;
        // An app that was installed for a whole organisation names no workspace.
        let team = if answer["team"].is_object() { &answer["team"] } else { &answer["enterprise"] };
        let scopes = answer["scope"].as_str().unwrap_or_default().split(',').map(str::trim);
        let hook = &answer["incoming_webhook"];
        let warning = answer["expires_in"].as_i64().map(|seconds| {
            format!("Token rotation is on in this Slack app, so the token ends after {seconds} s; use an app without.")
        });
        Some(Self {
            token: token.into(),
            app_id: text(&answer["app_id"]),
            team_id: text(&team["id"]),
            team_name: text(&team["name"]),
            scopes: scopes.filter(|scope| !scope.is_empty()).map(plain).collect(),
            hook: text(&hook["url"]).map(|url| Hook {
                url: url.into(),
                channel_id: text(&hook["channel_id"]),
                channel: text(&hook["channel"]).map(|name| name.trim_start_matches('#').to_owned()),
            }),
            warning,
        })
    }

    /// Stands for an answer while everything else is tried.
    pub(super) fn stand_in() -> Self {
        Self {
            token: "xoxb".into(),
            app_id: None,
            team_id: None,
            team_name: None,
            scopes: Vec::new(),
            hook: None,
            warning: None,
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(plain)
}

/// Postgres stores no NUL, and nothing of this answer may fail to be stored.
fn plain(text: &str) -> String {
    text.replace('\0', "")
}
