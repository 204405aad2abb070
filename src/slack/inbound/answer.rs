//! A used control as the answer to what the bot asked.

use crate::{
    domain::{
        message::{AnswerValue, Message},
        question::{Ask, AskKind, Choice},
    },
    flow::Position,
    service::{conversation::Conversation, message::NewMessage},
};

/// Codes of messages that answer no step: Halo's 0 and our 9.
const ORDINARY: i32 = 0;
const RATING: i32 = 9;

/// Whether the chat still waits for an answer to this entry.
pub(super) fn is_awaited(conversation: &Conversation, message: &Message, ask: &Ask) -> bool {
    let chat = &conversation.chat;
    if ask.step.get() == 0 {
        // The end of a chat asks once it is over: for a rating, then for words to go with it.
        let is_time =
            if ask.kind == AskKind::Rating { !chat.feedback_submitted } else { chat.feedback_submitted };
        return chat.is_closed() && is_time;
    }
    let is_on = !matches!(conversation.position, Position::HandedOver | Position::Finished);
    !chat.is_closed() && is_on && !message.is_deleted && conversation.position.waits_at() == Some(ask.step)
}

/// The answer that chosen values are; none: they answer nothing.
///
/// Values are places in the list of options, counted from 0: Slack takes no long ones, and nothing
/// in them is to be trusted.
pub(super) fn by_values(conversation: &Conversation, ask: &Ask, values: &[String]) -> Option<NewMessage> {
    let first = values.first();
    let option = |value: &String| ask.options.get(value.parse::<usize>().ok()?);
    let (plain, value) = match ask.kind {
        AskKind::Choice => {
            let chosen = option(first?)?;
            // Links are chosen by their ids, entries of a list by their values.
            let int = chosen.value.parse().ok().filter(|_| ask.field_id == 0);
            let plain = if ask.field_id == 0 { &chosen.label } else { &chosen.value };
            (plain.clone(), AnswerValue { int, ..AnswerValue::default() })
        }
        AskKind::MultiChoice => {
            let chosen: Vec<&Choice> = values.iter().filter_map(option).collect();
            let joined = |text: fn(&Choice) -> &str| {
                chosen.iter().map(|choice| text(choice)).collect::<Vec<_>>().join(",")
            };
            if chosen.is_empty() {
                return None;
            }
            let multi = Some(joined(|choice| &choice.value));
            (
                joined(|choice| &choice.label).replace(',', ", "),
                AnswerValue { multi, ..AnswerValue::default() },
            )
        }
        AskKind::Bool => {
            let yes = first? == "0";
            let words = if yes { "Yes" } else { "No" };
            (words.to_owned(), AnswerValue { bool: Some(yes), ..AnswerValue::default() })
        }
        AskKind::Rating => {
            let score: i32 = option(first?)?.value.parse().ok()?;
            (String::new(), AnswerValue { int: Some(score), ..AnswerValue::default() })
        }
        AskKind::Text
        | AskKind::Memo
        | AskKind::Date
        | AskKind::Time
        | AskKind::Integer
        | AskKind::Decimal
        | AskKind::Email
        | AskKind::Phone
        | AskKind::Url => (first?.clone(), AnswerValue::default()),
        AskKind::PageData => return None,
    };
    Some(message(conversation, ask, plain, value))
}

/// The answer that a quick reply is, by its place in the list.
pub(super) fn by_suggestion(conversation: &Conversation, ask: &Ask, place: &str) -> Option<NewMessage> {
    let reply = ask.suggestions.get(place.parse::<usize>().ok()?)?;
    let words = if reply.message.is_empty() { &reply.label } else { &reply.message };
    Some(message(conversation, ask, words.clone(), AnswerValue::default()))
}

fn message(conversation: &Conversation, ask: &Ask, plain: String, value: AnswerValue) -> NewMessage {
    let step = ask.step.get();
    NewMessage {
        chat: Some(conversation.id()),
        code: if step == 0 { RATING } else { ORDINARY },
        plain: Some(plain).filter(|plain| !plain.is_empty()),
        answers_step: (step != 0).then_some(step),
        value,
        ..NewMessage::default()
    }
}
