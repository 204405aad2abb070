//! Asking Slack whose a bot token is, before it is kept.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::ChatAppError;
use crate::{
    app::App,
    outbound::slack::{Arguments, Fault, SlackError},
    store::slack_chat_app::BotIdentity,
};

/// What is known of a token.
#[derive(Debug, Default)]
pub(super) struct Probed {
    pub identity: BotIdentity,
    /// The Slack app that it belongs to, where Slack tells.
    pub app_id: Option<String>,
    /// What of it an administrator should know.
    pub warning: Option<String>,
}

/// Asks Slack. A token that Slack does not take is an error; one that Slack cannot be asked about is
/// kept as it is.
pub(super) async fn probe(app: &App, token: &SecretString) -> Result<Probed, ChatAppError> {
    let slack = app.outbound.slack();
    let answer = match slack.call("auth.test", Some(token), Arguments::Json(json!({}))).await {
        Ok(answer) => answer,
        Err(SlackError::Refused { code, fault: Fault::DeadToken }) => {
            return Err(ChatAppError::DeadToken(code));
        }
        Err(error) => {
            let warning = format!("The bot token is kept unchecked: {error}.");
            return Ok(Probed { warning: Some(warning), ..Probed::default() });
        }
    };
    let identity = BotIdentity {
        team_id: word(&answer, "team_id"),
        bot_user_id: word(&answer, "user_id"),
        bot_id: word(&answer, "bot_id"),
    };
    let warning = identity.bot_id.is_none().then(|| {
        "The token is a person's and not a bot's; the app's page says Bot User OAuth Token.".to_owned()
    });
    let app_id = match (word(&answer, "app_id"), &identity.bot_id) {
        (None, Some(bot)) => app_of(app, token, bot).await,
        (known, _) => known,
    };
    Ok(Probed { identity, app_id, warning })
}

/// The app of a bot. Slack tells only with a scope for it, and nothing depends on it.
async fn app_of(app: &App, token: &SecretString, bot: &str) -> Option<String> {
    let arguments = Arguments::Form(&[("bot", bot)]);
    let answer = app.outbound.slack().call("bots.info", Some(token), arguments).await.ok()?;
    word(&answer["bot"], "app_id")
}

fn word(answer: &Value, member: &str) -> Option<String> {
    answer[member].as_str().filter(|word| !word.is_empty()).map(|word| word.replace('\0', ""))
}
