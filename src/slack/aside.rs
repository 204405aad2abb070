//! Words for one person, beside the chat: what became of a click or a command. They are told once,
//! if Slack takes them; nothing depends on them.

use serde_json::json;

use crate::{app::App, outbound::slack::Arguments, slack::chat_app, store::slack_chat_app::StoredChatApp};

/// Whom to tell, and how.
pub(super) struct Aside<'a> {
    /// Where Slack takes an answer to what the person did.
    pub response_url: Option<&'a str>,
    pub channel: Option<&'a str>,
    pub thread_ts: Option<&'a str>,
    pub user: &'a str,
}

/// Tells the person something that nobody else sees.
pub(super) async fn tell(app: &App, chat_app: Option<&StoredChatApp>, to: &Aside<'_>, text: &str) {
    let slack = app.outbound.slack();
    if let Some(url) = to.response_url.filter(|url| slack.is_hook(url)) {
        let message = json!({ "response_type": "ephemeral", "replace_original": false, "text": text });
        match slack.post_to_hook(url, &message).await {
            Ok(()) => return,
            Err(error) => tracing::debug!(%error, "Slack did not take an answer"),
        }
    }
    let token = chat_app.and_then(|stored| chat_app::bot_token(app, stored));
    let (Some(token), Some(channel)) = (token, to.channel) else { return };
    let arguments = json!({
        "channel": channel, "user": to.user, "text": text, "thread_ts": to.thread_ts,
    });
    if let Err(error) = slack.call("chat.postEphemeral", Some(&token), Arguments::Json(arguments)).await {
        tracing::debug!(%error, "Slack did not take words for one person");
    }
}
