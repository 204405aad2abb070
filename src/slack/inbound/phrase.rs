//! Slack's text as the words of a message here.

use std::collections::BTreeMap;

use super::work::Job;
use crate::{
    app::App,
    domain::text::has_tags,
    service::message::NewMessage,
    slack::protocol::{
        event::{Envelope, Written},
        mrkdwn::{self, Mention},
    },
    store::{self, StoreError, slack_person},
};

/// The words in our own form. What is too long for one entry becomes several; files go with the first.
pub(super) async fn read(
    app: &App,
    job: &Job<'_>,
    envelope: &Envelope,
    written: &Written,
    problems: &[String],
) -> Result<Vec<NewMessage>, StoreError> {
    let bot = envelope.bot_user_id.as_deref().or(job.chat_app.identity.bot_user_id.as_deref());
    let text = without_address(&written.text, bot);
    let names = names(app, job, text).await?;
    let name = by_id(&names);
    let limit = app.config.limits.message_characters;
    let fits = |one: &NewMessage| one.plain.as_ref().is_none_or(|plain| plain.chars().count() <= limit);
    let whole = in_our_form(text, &name);
    let mut words = match text {
        "" => Vec::new(),
        _ if fits(&whole) => vec![whole],
        // Names and emoji may be longer than what stands for them.
        _ => mrkdwn::split(text, (limit / 2).max(1)).iter().map(|part| in_our_form(part, &name)).collect(),
    };
    if words.is_empty() && !written.files.is_empty() {
        words.push(NewMessage::default());
    }
    if let (Some(first), false) = (words.first_mut(), problems.is_empty()) {
        add(first, &problems.join("\n"));
    }
    Ok(words)
}

/// Adds a line to what a message says.
pub(super) fn add(message: &mut NewMessage, line: &str) {
    let plain = message.plain.take().unwrap_or_default();
    message.plain = Some([plain.as_str(), line].join("\n").trim().to_owned());
    message.html = None;
}

pub(super) fn in_our_form(text: &str, name: &dyn Fn(Mention<'_>) -> Option<String>) -> NewMessage {
    let html = mrkdwn::to_html(text, name);
    NewMessage {
        // A visitor's text without tags is taken for plain.
        html: has_tags(&html).then_some(html),
        plain: Some(mrkdwn::to_plain(text, name)),
        ..NewMessage::default()
    }
}

/// Somebody who calls the app by its name does not mean the name to be part of the question.
pub(super) fn without_address<'a>(text: &'a str, bot: Option<&str>) -> &'a str {
    let text = text.trim();
    let Some(rest) = bot.and_then(|bot| text.strip_prefix("<@")?.strip_prefix(bot)) else { return text };
    match rest.split_once('>') {
        Some((label, rest)) if label.is_empty() || label.starts_with('|') => {
            rest.trim_start_matches([' ', ',', ':', '\u{a0}'])
        }
        _ => text,
    }
}

/// Names of people who are named, as far as they are known; nobody is asked for them.
pub(super) async fn names(
    app: &App,
    job: &Job<'_>,
    text: &str,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut names = BTreeMap::new();
    let mentioned = text.split("<@").skip(1).filter_map(|rest| rest.split(['>', '|']).next()).take(20);
    let mut conn = store::acquire(&app.pool).await?;
    for user in mentioned {
        let known = slack_person::find(&mut conn, job.chat_app.id, user).await?;
        if let Some(name) = known.and_then(|(person, _)| person.name) {
            names.insert(user.to_owned(), name);
        }
    }
    Ok(names)
}

/// Says who is meant, of those whose names are known.
pub(super) fn by_id(names: &BTreeMap<String, String>) -> impl Fn(Mention<'_>) -> Option<String> {
    |mention| match mention {
        Mention::Person(id) => names.get(id).cloned(),
        _ => None,
    }
}
