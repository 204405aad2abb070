//! People in Slack: who they are, as far as the app may know.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    app::App,
    outbound::slack::{Arguments, SlackError},
    slack::chat_app,
    store::{
        self, StoreError,
        slack_chat_app::StoredChatApp,
        slack_person::{self, SlackPerson},
    },
};

/// How long what Slack said of a person is taken for true.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(24);

/// The person's name, and its e-mail address when the app's scopes show it. Slack not answering is
/// no reason to keep words waiting: then the person is who it was known to be, or nobody in particular.
pub(super) async fn find(app: &App, chat_app: &StoredChatApp, user: &str) -> Result<SlackPerson, StoreError> {
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    let known = slack_person::find(&mut conn, chat_app.id, user).await?;
    drop(conn);
    let known = match known {
        Some((person, read_at)) if person.name.is_some() && now - read_at < KNOWN_FOR => return Ok(person),
        known => known.map(|(person, _)| person).unwrap_or_default(),
    };
    let Some(token) = chat_app::bot_token(app, chat_app) else { return Ok(known) };
    let asked =
        app.outbound.slack().call("users.info", Some(&token), Arguments::Form(&[("user", user)])).await;
    match asked {
        Ok(answer) => {
            let person = SlackPerson { im_channel: known.im_channel, ..read(&answer["user"]) };
            let mut conn = store::acquire(&app.pool).await?;
            slack_person::save(&mut conn, chat_app.id, user, &person, now).await?;
            Ok(person)
        }
        Err(error) => {
            tracing::info!(slack.app = chat_app.app_id, %error, "Slack did not say who somebody is");
            Ok(known)
        }
    }
}

fn read(user: &Value) -> SlackPerson {
    let text = |pointer: &str| {
        let text = user.pointer(pointer).and_then(Value::as_str)?.replace('\0', "");
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    SlackPerson {
        name: text("/profile/display_name")
            .or_else(|| text("/profile/real_name"))
            .or_else(|| text("/real_name"))
            .or_else(|| text("/name")),
        // Somebody of another organisation is whoever that one says, which proves nothing here.
        email: text("/profile/email")
            .filter(|_| user["is_stranger"] != true && user["is_email_confirmed"] != false),
        im_channel: None,
    }
}

/// The app's direct messages with a person, opened where they were not.
pub(super) async fn direct_messages(
    app: &App,
    chat_app: &StoredChatApp,
    token: &SecretString,
    user: &str,
) -> Result<Result<String, SlackError>, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let known = slack_person::find(&mut conn, chat_app.id, user).await?;
    drop(conn);
    if let Some((SlackPerson { im_channel: Some(channel), .. }, _)) = known {
        return Ok(Ok(channel));
    }
    let arguments = Arguments::Json(json!({ "users": user }));
    let answer = match app.outbound.slack().call("conversations.open", Some(token), arguments).await {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(error)),
    };
    let Some(channel) = answer.pointer("/channel/id").and_then(Value::as_str) else {
        return Ok(Err(SlackError::AnswerLost));
    };
    let opened = SlackPerson { im_channel: Some(channel.to_owned()), ..SlackPerson::default() };
    // It says nothing of who the person is: that is still to be asked.
    let long_ago = app.clock.now() - KNOWN_FOR;
    let mut conn = store::acquire(&app.pool).await?;
    slack_person::save(&mut conn, chat_app.id, user, &opened, long_ago).await?;
    Ok(Ok(channel.to_owned()))
}
