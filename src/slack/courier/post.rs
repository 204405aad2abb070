//! One post: sent once, and once more at most where Slack's answer was lost and Slack cannot be asked.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    entry::{Post, Saying},
    file,
    tell::{Obstacle, Telling},
};
use crate::{
    domain::{ids::MessageNumber, message::Message},
    outbound::slack::{Arguments, Fault, SlackError},
    store::{
        self, slack_chat_app,
        slack_conversation::Pending,
        slack_message::{self, SlackMessage},
    },
};

/// Names our messages' metadata, by which an unanswered one is found again.
const METADATA: &str = "aureole_message";
/// Sends of one post whose answers were lost, where Slack cannot be asked what became of them.
const BLIND_SENDS_MAX: i32 = 2;
/// The same, where Slack says each time that it is not there.
const SENDS_MAX: i32 = 6;
/// How far Slack's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::minutes(2);
/// Messages that are looked through for one that was not answered.
const HISTORY_MAX: usize = 50;

/// What became of a post.
pub(super) enum Sent {
    Done,
    /// Slack will never take it.
    Refused(String),
}

/// Sends a post and notes that it is there.
pub(super) async fn send(telling: &mut Telling<'_>, entry: &Message, post: Post) -> Result<Sent, Obstacle> {
    match post {
        Post::Say(saying) => say(telling, entry.number, saying).await,
        Post::File { attachment, name } => file::send(telling, attachment, &name).await,
        Post::Amend { entry, texts } => {
            let shown = posted(telling, entry).await?;
            for (place, message) in shown.iter().enumerate() {
                match texts.get(place) {
                    // What does not fit into the messages that are there goes into the last of them.
                    Some(_) if place + 1 == shown.len() => {
                        update(telling, message, &Saying::of(texts[place..].join("\n"))).await?;
                    }
                    Some(text) => update(telling, message, &Saying::of(text.clone())).await?,
                    None => remove(telling, message).await?,
                }
            }
            telling.advance(None).await?;
            Ok(Sent::Done)
        }
        Post::Remove { entry } => {
            for message in &posted(telling, entry).await? {
                remove(telling, message).await?;
            }
            telling.advance(None).await?;
            Ok(Sent::Done)
        }
    }
}

impl Saying {
    fn of(text: String) -> Self {
        Self { text, blocks: Vec::new() }
    }
}

/// The messages that show an entry.
async fn posted(telling: &Telling<'_>, entry: MessageNumber) -> Result<Vec<SlackMessage>, Obstacle> {
    let mut conn = store::acquire(&telling.app.pool).await?;
    Ok(slack_message::list_by_entry(&mut conn, telling.claimed.chat, entry).await?)
}

async fn say(telling: &mut Telling<'_>, entry: MessageNumber, saying: Saying) -> Result<Sent, Obstacle> {
    if let Some(pending) = telling.progress.pending.clone() {
        let sends_max = match find(telling, &pending, &saying.text).await? {
            Found::There(ts) => {
                telling.advance(Some(message(telling, entry, &ts))).await?;
                return Ok(Sent::Done);
            }
            Found::Nowhere => SENDS_MAX,
            Found::Hidden => BLIND_SENDS_MAX,
        };
        if pending.sends >= sends_max {
            let chat = telling.claimed.chat;
            tracing::warn!(chat.id = %chat, "Slack's answers to a post were lost; it counts as told");
            let text = format!("Slack did not say whether it took message {entry}; it may be missing there.");
            super::tell::note(telling.app, chat, &text).await?;
            telling.advance(None).await?;
            return Ok(Sent::Done);
        }
    }
    let key = begin(telling).await?;
    let mut arguments = json!({
        "channel": telling.claimed.channel,
        "thread_ts": telling.claimed.thread_ts,
        "text": saying.text,
        "unfurl_links": false,
        "unfurl_media": false,
        "metadata": { "event_type": METADATA, "event_payload": { "key": key } },
    });
    if !saying.blocks.is_empty() {
        arguments["blocks"] = json!(saying.blocks);
    }
    let mut sent = call(telling, "chat.postMessage", arguments.clone()).await;
    if let (Err(SlackError::Refused { fault: Fault::Content, .. }), false) = (&sent, saying.blocks.is_empty())
    {
        // The words are what counts; every question takes them as an answer, too.
        arguments["blocks"] = Value::Null;
        sent = call(telling, "chat.postMessage", arguments).await;
    }
    match sent {
        Ok(answer) => {
            let ts = answer["ts"].as_str().map(|ts| message(telling, entry, ts));
            telling.advance(ts).await?;
            Ok(Sent::Done)
        }
        Err(error) => failed(telling, &error).await,
    }
}

fn message(telling: &Telling<'_>, entry: MessageNumber, ts: &str) -> SlackMessage {
    SlackMessage {
        chat_app: telling.chat_app.id,
        channel: telling.claimed.channel.clone(),
        ts: ts.to_owned(),
        chat: telling.claimed.chat,
        entry,
        part: telling.progress.posts,
        is_ours: true,
    }
}

/// Writes down that a post is about to be sent, so that nobody sends it unawares a second time.
pub(super) async fn begin(telling: &mut Telling<'_>) -> Result<Uuid, Obstacle> {
    let earlier = telling.progress.pending.take();
    let pending = Pending {
        key: earlier.as_ref().map_or_else(Uuid::new_v4, |pending| pending.key),
        since: earlier.as_ref().map_or_else(|| telling.app.clock.now(), |pending| pending.since),
        sends: earlier.map_or(0, |pending| pending.sends) + 1,
    };
    let key = pending.key;
    telling.progress.pending = Some(pending);
    telling.keep_progress().await?;
    Ok(key)
}

/// What follows from a call that has no result, for the post that it was to send.
pub(super) async fn failed(telling: &mut Telling<'_>, error: &SlackError) -> Result<Sent, Obstacle> {
    let chat = telling.claimed.chat;
    tracing::info!(chat.id = %chat, slack.app = telling.chat_app.app_id, %error, "a post was not taken");
    if !matches!(error, SlackError::AnswerLost) {
        // This time nothing was posted; earlier times may still have been. In trouble of its own, Slack
        // does not know what it has done: that is no lost answer, and still worth looking.
        let is_known = error.fault() != Some(Fault::Passing);
        let pending = telling.progress.pending.take();
        let pending = pending.map(|pending| Pending { sends: pending.sends - 1, ..pending });
        telling.progress.pending = pending.filter(|pending| pending.sends > 0 || !is_known);
        telling.keep_progress().await?;
    }
    if let Some(Fault::Content) = error.fault() {
        return Ok(Sent::Refused(error.code().unwrap_or_default().to_owned()));
    }
    Err(obstacle(telling, error).await?)
}

/// What stands in the way, with a dead token marked as such.
pub(super) async fn obstacle(telling: &Telling<'_>, error: &SlackError) -> Result<Obstacle, Obstacle> {
    let code = error.code().unwrap_or_default();
    Ok(match (error, error.fault()) {
        (SlackError::RateLimited(pause), _) => {
            Obstacle::Pause(Some(TimeDelta::from_std(*pause).unwrap_or(TimeDelta::minutes(1))))
        }
        (_, Some(Fault::DeadToken)) => {
            let mut conn = store::acquire(&telling.app.pool).await?;
            let sealed = telling.chat_app.bot_token.as_deref().unwrap_or_default();
            slack_chat_app::mark_token(&mut conn, telling.chat_app.id, sealed, code).await?;
            tracing::error!(slack.app = telling.chat_app.app_id, code, "Slack takes an app's token no more");
            Obstacle::Fault(code.to_owned())
        }
        (_, Some(Fault::Configuration | Fault::TargetGone)) => Obstacle::Fault(code.to_owned()),
        _ => Obstacle::Pause(None),
    })
}

pub(super) async fn call(telling: &Telling<'_>, method: &str, arguments: Value) -> Result<Value, SlackError> {
    let arguments = Arguments::Json(arguments);
    telling.app.outbound.slack().call(method, Some(&telling.token), arguments).await
}

/// Gives one of our messages other words. One that is gone stays gone.
pub(super) async fn update(
    telling: &Telling<'_>,
    message: &SlackMessage,
    saying: &Saying,
) -> Result<(), Obstacle> {
    let arguments = json!({
        "channel": message.channel, "ts": message.ts, "text": saying.text, "blocks": saying.blocks,
    });
    settle(telling, call(telling, "chat.update", arguments).await).await
}

async fn remove(telling: &Telling<'_>, message: &SlackMessage) -> Result<(), Obstacle> {
    let arguments = json!({ "channel": message.channel, "ts": message.ts });
    settle(telling, call(telling, "chat.delete", arguments).await).await
}

/// Both may be repeated, and neither is worth stopping the conversation for.
async fn settle(telling: &Telling<'_>, outcome: Result<Value, SlackError>) -> Result<(), Obstacle> {
    let Err(error) = outcome else { return Ok(()) };
    match error.fault() {
        Some(Fault::Content | Fault::TargetGone | Fault::Configuration) => {
            tracing::info!(chat.id = %telling.claimed.chat, %error, "a message was not changed");
            Ok(())
        }
        _ => Err(obstacle(telling, &error).await?),
    }
}

/// What Slack says of a post whose answer was lost.
enum Found {
    /// It is there, with this time stamp.
    There(String),
    Nowhere,
    /// The app may not look.
    Hidden,
}

/// Looks for a post whose answer was lost. That Slack cannot tell now is a reason to wait, not to post.
async fn find(telling: &Telling<'_>, pending: &Pending, text: &str) -> Result<Found, Obstacle> {
    let oldest = timestamp(pending.since - SKEW);
    let limit = HISTORY_MAX.to_string();
    let mut arguments = vec![
        ("channel", telling.claimed.channel.as_str()),
        ("oldest", &oldest),
        ("limit", &limit),
        ("include_all_metadata", "true"),
    ];
    let method = match &telling.claimed.thread_ts {
        Some(thread) => {
            arguments.push(("ts", thread));
            "conversations.replies"
        }
        None => "conversations.history",
    };
    let slack = telling.app.outbound.slack();
    let answer = match slack.call(method, Some(&telling.token), Arguments::Form(&arguments)).await {
        Ok(answer) => answer,
        Err(error) => match error.fault() {
            Some(Fault::Configuration | Fault::TargetGone | Fault::Content) => return Ok(Found::Hidden),
            Some(Fault::DeadToken | Fault::Passing) | None => return Err(obstacle(telling, &error).await?),
        },
    };
    let key = pending.key.to_string();
    for message in answer["messages"].as_array().into_iter().flatten() {
        let Some(ts) = message["ts"].as_str() else { continue };
        let is_it = match message.pointer("/metadata/event_payload/key").and_then(Value::as_str) {
            Some(other) => other == key,
            // Metadata may be hidden from the token; the same words by us a moment ago are as good,
            // unless they are another post's.
            None => {
                message["bot_id"].is_string() && message["text"] == text && !is_known(telling, ts).await?
            }
        };
        if is_it {
            return Ok(Found::There(ts.to_owned()));
        }
    }
    Ok(Found::Nowhere)
}

async fn is_known(telling: &Telling<'_>, ts: &str) -> Result<bool, Obstacle> {
    let mut conn = store::acquire(&telling.app.pool).await?;
    let (app, channel) = (telling.chat_app.id, &telling.claimed.channel);
    Ok(slack_message::find(&mut conn, app, channel, ts).await?.is_some())
}

/// Slack's form of a moment.
fn timestamp(at: DateTime<Utc>) -> String {
    format!("{}.{:06}", at.timestamp(), at.timestamp_subsec_micros())
}
