//! A question whose answer is long or of a certain form, as a form of its own.

use serde_json::{Value, json};
use uuid::Uuid;

use super::control::plain;
use crate::{
    domain::{
        message::Message,
        question::{Ask, AskKind},
    },
    slack::protocol::mrkdwn,
};

/// Characters that a form takes (Slack's limit).
const INPUT_CHARACTERS_MAX: usize = 3_000;
/// UTF-16 units of the words above the field.
const WORDS_UNITS_MAX: usize = 2_900;

/// The form of a question. Its block is all that comes back with the answer.
pub(in crate::slack) fn view(block: Uuid, message: &Message, ask: &Ask) -> Value {
    let words = mrkdwn::split(&mrkdwn::from_html(message.html.as_str()), WORDS_UNITS_MAX);
    let words = words.first().map(|words| super::entry::section(words));
    let input = json!({
        "type": "input", "block_id": format!("{block}.input"), "label": plain("Your answer"),
        "element": element(ask.kind),
    });
    json!({
        "type": "modal", "callback_id": "answer", "private_metadata": block.to_string(),
        "title": plain("Your answer"), "submit": plain("Send"), "close": plain("Cancel"),
        "blocks": words.into_iter().chain([input]).collect::<Vec<_>>(),
    })
}

fn element(kind: AskKind) -> Value {
    match kind {
        AskKind::Integer => {
            json!({ "type": "number_input", "action_id": "answer", "is_decimal_allowed": false })
        }
        AskKind::Decimal => {
            json!({ "type": "number_input", "action_id": "answer", "is_decimal_allowed": true })
        }
        AskKind::Email => json!({ "type": "email_text_input", "action_id": "answer" }),
        _ => json!({
            "type": "plain_text_input", "action_id": "answer", "multiline": true,
            "max_length": INPUT_CHARACTERS_MAX,
        }),
    }
}
