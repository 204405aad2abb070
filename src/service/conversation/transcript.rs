//! The transcript of a chat that has ended, as an action of its ticket.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Conversation;
use crate::{
    domain::{
        document::Document,
        ids::ParticipantNumber,
        message::{Happening, Message},
        text::SafeHtml,
    },
    store::{self, Conn, StoreError, attachment_document, message::Range},
};

/// Entries that are read at a time.
const PAGE_ENTRIES_MAX: i64 = 1_000;

/// Puts what was said onto the chat's ticket, if it has one: as plain text and as HTML, once, however
/// often the chat ends. Entries for
/// staff only stay out, because users read their tickets.
pub(super) async fn attach(
    conn: &mut Conn,
    conversation: &Conversation,
    bot: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(ticket) = conversation.chat.ticket_id else { return Ok(()) };
    let log = read(conn, conversation).await?;
    let is_words = |entry: &&Message| matches!(entry.happening, Happening::Said | Happening::Rated);
    let said = log.iter().filter(is_words).filter(|entry| !entry.is_deleted);
    let (mut plain, mut html) = (Vec::new(), Vec::new());
    for entry in said {
        let (at, who) = (entry.at.format("%Y-%m-%d %H:%M:%SZ"), speaker(conversation, bot, entry.sender));
        let files = files(entry);
        plain.push(format!("[{at}] {who}: {}", joined(&words(entry, &entry.plain), &files)));
        let (who, files) = (SafeHtml::escape(who), SafeHtml::escape(&files));
        let words = joined(&words(entry, entry.html.as_str()), files.as_str());
        html.push(format!("<p>[{at}] <b>{who}</b>: {words}</p>"));
    }
    let action = json!({
        "ticket_id": ticket,
        "outcome": store::transcript::OUTCOME,
        "chatid": conversation.id().get(),
        "note": plain.join("\n"),
        "note_html": html.concat(),
        "datetime": now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    });
    let action = Document::from_json(action.to_string());
    store::transcript::save(conn, ticket, conversation.id(), &action, now).await
}

async fn read(conn: &mut Conn, conversation: &Conversation) -> Result<Vec<Message>, StoreError> {
    let mut log: Vec<Message> = Vec::new();
    loop {
        let range = Range {
            after: log.last().map_or(0, |entry| entry.number.get()),
            up_to: i32::MAX,
            newest: false,
            limit: PAGE_ENTRIES_MAX,
            with_staff_only: false,
        };
        let page = store::message::list(conn, conversation.id(), range).await?;
        if page.is_empty() {
            return Ok(log);
        }
        log.extend(page);
    }
}

/// The name that staff read over the entry in the log; `bot` is the profile's.
fn speaker<'a>(conversation: &'a Conversation, bot: &'a str, number: ParticipantNumber) -> &'a str {
    conversation.participant(number).map_or(bot, |who| who.name.as_str())
}

/// What came with the words; nothing for most.
fn files(entry: &Message) -> String {
    match attachment_document::names(entry.extra.as_ref()) {
        names if names.is_empty() => String::new(),
        names => format!("[{}]", names.join(", ")),
    }
}

fn joined(words: &str, files: &str) -> String {
    let between = if words.is_empty() || files.is_empty() { "" } else { " " };
    format!("{words}{between}{files}")
}

/// A rating has its score in front of its words.
fn words(entry: &Message, words: &str) -> String {
    match (&entry.happening, entry.value.int) {
        (Happening::Rated, Some(score)) => format!("{score}/5 {words}").trim_end().to_owned(),
        _ => words.to_owned(),
    }
}
