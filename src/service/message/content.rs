//! What a message says: safe HTML and plain text, within the limits.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::NewMessage;
use crate::{
    config::Limits,
    domain::{
        caller::Caller,
        document::Document,
        text::{SafeHtml, has_tags},
    },
    service::conversation::Refusal,
};

/// The words of a message, safe to show to anybody.
pub(super) struct Content {
    pub html: SafeHtml,
    pub plain: String,
    pub is_safe: bool,
}

/// What is kept beside the words. Hits of a search, remote sessions and tickets are the bot's and the
/// staff's to show: of a visitor's, only the page data that it was asked for.
pub(super) fn believable<'a>(caller: &Caller, new: &'a NewMessage) -> Cow<'a, NewMessage> {
    if !caller.is_visitor() || new.extra.is_none() {
        return Cow::Borrowed(new);
    }
    let pairs: Vec<Value> =
        new.page_data.iter().map(|(key, value)| json!({ "id": key, "name": value })).collect();
    let kept = json!({ "local_storage_key_mappings": pairs }).to_string();
    let extra = (!pairs.is_empty()).then(|| Document::from_json(kept));
    Cow::Owned(NewMessage { extra, ..new.clone() })
}

/// Reads the words of a message. Text is HTML; a visitor's without a single tag is plain.
pub(super) fn read(new: &NewMessage, by_visitor: bool, limits: &Limits) -> Result<Content, Refusal> {
    if new.html.as_deref().is_some_and(|html| html.len() > limits.message_html_bytes) {
        let problem = format!("text is longer than {} bytes", limits.message_html_bytes);
        return Err(Refusal::Invalid(problem));
    }
    let content = match (&new.html, &new.plain) {
        (Some(html), plain) if !html.is_empty() => {
            let (html, is_safe) = if by_visitor && !has_tags(html) {
                (SafeHtml::escape(html), true)
            } else {
                let sanitised = SafeHtml::sanitise(html);
                (sanitised.html, sanitised.was_safe)
            };
            let plain = plain.clone().filter(|plain| !plain.is_empty()).unwrap_or_else(|| html.to_plain());
            Content { html, plain, is_safe }
        }
        (_, Some(plain)) => Content { html: SafeHtml::escape(plain), plain: plain.clone(), is_safe: true },
        (_, None) => Content { html: SafeHtml::default(), plain: String::new(), is_safe: true },
    };
    if content.plain.chars().count() > limits.message_characters {
        let problem = format!("the message is longer than {} characters", limits.message_characters);
        return Err(Refusal::Invalid(problem));
    }
    Ok(content)
}

impl Content {
    /// Refuses a message that says nothing at all.
    pub fn must_say_something(&self, new: &NewMessage) -> Result<(), Refusal> {
        let value = &new.value;
        let has_value =
            value.int.is_some() || value.bool.is_some() || value.date.is_some() || value.multi.is_some();
        if self.html.is_empty() && self.plain.trim().is_empty() && !has_value && new.extra.is_none() {
            return Err(Refusal::Invalid("a message needs text, a value or an attachment".to_owned()));
        }
        Ok(())
    }
}
