//! What a walk has decided, done to the conversation: one match over everything there is to do.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        ids::ParticipantNumber,
        message::{AnswerValue, Happening, Message},
        text::SafeHtml,
    },
    flow::{Effect, Saying},
    service::{
        conversation::{Conversation, minutes as span},
        profile::RunningProfile,
    },
};

/// One thing to do.
pub(super) enum Deed {
    Effect(Effect),
    /// A ticket was logged while the walk was decided.
    LinkTicket(i32),
    /// Another profile's flow has taken over.
    Enter(Arc<RunningProfile>),
}

pub(super) fn carry_out(
    conversation: &mut Conversation,
    profile: &mut Arc<RunningProfile>,
    deed: Deed,
    now: DateTime<Utc>,
) {
    match deed {
        Deed::LinkTicket(ticket) => conversation.link_ticket(ticket, now),
        Deed::Enter(other) => {
            conversation.chat.profile = Some(other.version.clone());
            *profile = other;
        }
        Deed::Effect(effect) => match effect {
            Effect::Say(saying) => say(conversation, profile, saying, now),
            Effect::SetVariable { name, value } => {
                conversation.variables.insert(name, value);
            }
            Effect::Identify { user, name, email } => conversation.identify(user, name, email, now),
            Effect::Rate { score } => rate(conversation, score, now),
            Effect::CommentOnRating { comment } => conversation.comment_on_rating(comment),
            Effect::HandOver { teams } => conversation.queue(ParticipantNumber::BOT, &teams, now),
            Effect::CallOut { call, what } => {
                // A chat that has moved on in the same transaction waits for one call only.
                conversation.new_calls.clear();
                conversation.new_calls.push((call, what));
            }
            Effect::Close => {
                // A chat that is already closed takes no second closing.
                let _ = conversation.close(ParticipantNumber::BOT, now);
            }
            Effect::ReportEndless { at } => {
                tracing::error!(
                    chat.id = %conversation.id(),
                    profile.id = %profile.version.id,
                    step = %at,
                    "the flow took too many steps for one event; it waits where it spoke last"
                );
            }
            Effect::LookUp(_) | Effect::Continue { .. } => {
                unreachable!("it was answered while the walk was decided")
            }
        },
    }
}

/// When the time limit of the step that the chat now waits at will be over.
pub(super) fn due_at(
    conversation: &Conversation,
    profile: &RunningProfile,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let (minutes, _) = profile.flow.time_limit(conversation.position.waits_at()?)?;
    Some(now + span(minutes))
}

fn say(conversation: &mut Conversation, profile: &RunningProfile, saying: Saying, now: DateTime<Utc>) {
    if let Some(step) = saying.step {
        conversation.chat.flow_step = Some(step.get());
    }
    let number = conversation.next_number();
    conversation.push(Message {
        step: saying.step,
        profile: Some(profile.version.id.clone()),
        image: saying.image,
        ask: saying.ask,
        hits: saying.hits,
        ..Message::new(number, ParticipantNumber::BOT, Happening::Said, saying.html, now)
    });
}

/// The log keeps the rating; a chat is rated once, and a second one changes nothing.
fn rate(conversation: &mut Conversation, score: i32, now: DateTime<Utc>) {
    let Some(place) = conversation.visitor().map(|visitor| visitor.number) else { return };
    let number = conversation.next_number();
    let entry = Message {
        value: AnswerValue { int: Some(score), ..AnswerValue::default() },
        ..Message::new(number, place, Happening::Rated, SafeHtml::default(), now)
    };
    let _ = conversation.rate(entry, score);
}
