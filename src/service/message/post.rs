//! Posting one message into a conversation that is open: who may, and what comes of it.

use chrono::{DateTime, Utc};

use super::{
    NewMessage, Posted, amend, content,
    content::Content,
    enclose,
    speaker::{self, Speaker},
};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::{Person, Stage},
        ids::{MessageNumber, ParticipantNumber, StepId},
        message::{Happening, Message},
        text::SafeHtml,
    },
    flow::{Answer, Event, Reception, Value},
    service::{
        access,
        conversation::{Conversation, Refusal},
        flow, profile,
        room::Rooms,
    },
    store::Conn,
};

/// Lowest and highest rating; 5 is best.
const SCORES: std::ops::RangeInclusive<i32> = 1..=5;
/// What an answer to a step that the chat has left is stored with.
const STALE: &str = "the chat has moved on from this question; the answer was kept as text";

/// Applies one message. A refusal leaves the conversation as it was.
pub async fn apply(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    rooms: &mut Rooms,
    caller: &Caller,
    new: &NewMessage,
    now: DateTime<Utc>,
) -> Result<Posted, Refusal> {
    access::check_change(caller, &conversation.chat, &conversation.participants)?;
    let speaker = speaker::resolve(conversation, caller, new.sender)?;
    let by_visitor = matches!(speaker, Speaker::Visitor(_));
    if !by_visitor {
        match (new.edits, new.deletes) {
            (Some(number), _) => {
                let change = (&speaker, number);
                return amend::apply(conn, conversation, caller, change, new, &app.config.limits, now).await;
            }
            (None, true) => return Err(Refusal::Invalid("_delete needs the id of the message".to_owned())),
            (None, false) => {}
        }
    }
    let new = &*content::believable(caller, new);
    let content = content::read(new, by_visitor, &app.config.limits)?;
    let dressed = enclose::dress(conn, conversation, caller, new).await?;
    let new = &*dressed.message;
    let speaks_for_others = caller.staff().is_some_and(|staff| staff.speaks_for_others);
    let at = new.at.filter(|_| speaks_for_others).unwrap_or(now);
    let number = match (new.code, speaker) {
        (_, Speaker::Visitor(_)) if new.is_abandoned => {
            conversation.abandon(now)?;
            conversation.head.last_message
        }
        (0, Speaker::Visitor(place)) => {
            content.must_say_something(new)?;
            let message = written(conversation.next_number(), place, Happening::Said, new, content, at);
            answer(app, conn, conversation, message, &new.page_data, now).await?
        }
        (9, Speaker::Visitor(place)) => rate(conversation, place, new, content, at)?,
        (4, speaker) => {
            let place = take_the_floor(conn, conversation, rooms, speaker, new, now).await?;
            conversation.close(place, now)?;
            conversation.head.last_message
        }
        (code @ (15 | 17 | 19..), Speaker::Visitor(_)) => return Err(not_postable(code)),
        (code @ (0 | 15 | 17 | 19..), speaker) => {
            content.must_say_something(new)?;
            let place = take_the_floor(conn, conversation, rooms, speaker, new, now).await?;
            let happening = match code {
                0 => Happening::Said,
                17 => Happening::Note,
                code => Happening::Other { code },
            };
            let message = written(conversation.next_number(), place, happening, new, content, at);
            conversation.push(message).number
        }
        (code, _) => return Err(not_postable(code)),
    };
    let message = conversation.unwritten(number).expect("the entry was just appended").clone();
    if !new.is_abandoned {
        // Whoever writes has read what stands before it.
        conversation.mark_read(message.sender, number);
    }
    if !dressed.new_files.is_empty() {
        conversation.new_files.push((dressed.new_files, message.is_staff_only));
    }
    Ok(Posted::new(conversation, caller, message))
}

/// Logs words of the visitor that answer nothing: those that a chat in Slack begins with.
pub async fn log_words(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    caller: &Caller,
    new: &NewMessage,
    now: DateTime<Utc>,
) -> Result<MessageNumber, Refusal> {
    let place = conversation.place_of(caller).ok_or(Refusal::ChatNotFound(conversation.id()))?;
    let content = content::read(new, true, &app.config.limits)?;
    let dressed = enclose::dress(conn, conversation, caller, new).await?;
    content.must_say_something(&dressed.message)?;
    let number = conversation.next_number();
    let message = written(number, place, Happening::Said, &dressed.message, content, now);
    conversation.push(message);
    conversation.mark_read(place, number);
    if !dressed.new_files.is_empty() {
        conversation.new_files.push((dressed.new_files, false));
    }
    Ok(number)
}

fn not_postable(code: i32) -> Refusal {
    Refusal::Invalid(format!("system_id {code} is written by the server, it cannot be posted"))
}

/// Gives a member of staff a place in the chat, joining a queued one, or refuses.
async fn take_the_floor(
    conn: &mut Conn,
    conversation: &mut Conversation,
    rooms: &mut Rooms,
    speaker: Speaker,
    new: &NewMessage,
    now: DateTime<Utc>,
) -> Result<ParticipantNumber, Refusal> {
    conversation.must_be_open()?;
    match speaker {
        Speaker::Visitor(place) | Speaker::Other(place) => Ok(place),
        Speaker::Client(client) => {
            let name = new.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&client.name);
            Ok(conversation.admit(Person::Client { client_id: client.id.clone() }, name, None))
        }
        Speaker::Agent(agent) => {
            let place =
                conversation.place_of_agent(agent.id).and_then(|place| conversation.participant(place));
            match (conversation.chat.stage, place) {
                (Stage::Live { agent: holder }, Some(place)) if holder == agent.id || !place.has_left => {
                    Ok(place.number)
                }
                (Stage::Live { .. }, _) => Err(Refusal::TakenByAnother(conversation.id())),
                (Stage::Bot, _) => Err(Refusal::WithBot(conversation.id())),
                (Stage::Queued, _) => {
                    conversation.must_not_be_offered_to_another(agent.id, now)?;
                    rooms.take(conn, agent.id, &conversation.chat).await?;
                    conversation.join(&(&agent).into(), now)
                }
            }
        }
    }
}

/// The visitor's words: an answer while the bot has the chat, ordinary ones afterwards.
async fn answer(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    mut message: Message,
    page_data: &[(String, String)],
    now: DateTime<Utc>,
) -> Result<MessageNumber, Refusal> {
    conversation.must_be_open()?;
    let number = message.number;
    let profile = profile::of_chat(app, conn, &conversation.chat).await?;
    let event = Event::Answered(Answer {
        step: message.step,
        text: message.plain.clone(),
        value_int: message.value.int,
        value_bool: message.value.bool,
        value_date: message.value.date,
        value_multi: message.value.multi.clone(),
        page_data: page_data.to_vec(),
    });
    let Some(profile) = profile else {
        conversation.push(message);
        return Ok(number);
    };
    let walk = flow::decide(app, conn, conversation, &profile, &event, now).await?;
    receive(&mut message, walk.reception());
    conversation.push(message);
    walk.carry_out(conversation, &profile, now);
    Ok(number)
}

/// Stores the answer in the member where its kind belongs, whatever form it came in.
fn receive(message: &mut Message, reception: &Reception) {
    match reception {
        Reception::NotAsked => {}
        Reception::Refused { step } => message.step = Some(*step),
        Reception::Stale => message.warning = Some(STALE.to_owned()),
        Reception::Accepted { step, value } => {
            message.step = Some(*step);
            let words = match value {
                Value::Text(text) | Value::Decimal(text) => text.clone(),
                Value::Choice { id, label, .. } => {
                    message.value.int = *id;
                    label.clone()
                }
                Value::Multi(values) => {
                    message.value.multi = Some(values.join(","));
                    values.join(", ")
                }
                Value::Bool(yes) => {
                    message.value.bool = Some(*yes);
                    if *yes { "Yes".to_owned() } else { "No".to_owned() }
                }
                Value::Integer(number) => {
                    message.value.int = Some(*number);
                    number.to_string()
                }
                Value::Date(moment) => {
                    message.value.date = Some(*moment);
                    moment.format("%Y-%m-%d").to_string()
                }
            };
            let keeps_words = matches!(value, Value::Bool(_) | Value::Date(_) | Value::Multi(_));
            if !keeps_words || message.plain.is_empty() {
                message.html = SafeHtml::escape(&words);
                message.plain = words;
            }
        }
    }
}

/// The one answer that a closed chat takes, once.
fn rate(
    conversation: &mut Conversation,
    place: ParticipantNumber,
    new: &NewMessage,
    content: Content,
    at: DateTime<Utc>,
) -> Result<MessageNumber, Refusal> {
    conversation.must_not_be_erased()?;
    let is_comment = new.value.int.is_none() && !content.plain.trim().is_empty();
    if conversation.chat.feedback_submitted && conversation.chat.is_closed() && is_comment {
        let words = content.plain.clone();
        let message = written(conversation.next_number(), place, Happening::Rated, new, content, at);
        conversation.comment_on_rating(words);
        return Ok(conversation.push(message).number);
    }
    let score = new.value.int.filter(|score| SCORES.contains(score));
    let needs = || Refusal::Invalid("feedback needs value_int, from 1 (worst) to 5 (best)".to_owned());
    let message = written(conversation.next_number(), place, Happening::Rated, new, content, at);
    conversation.rate(message, score.ok_or_else(needs)?)
}

fn written(
    number: MessageNumber,
    sender: ParticipantNumber,
    happening: Happening,
    new: &NewMessage,
    content: Content,
    at: DateTime<Utc>,
) -> Message {
    Message {
        plain: content.plain,
        is_safe: content.is_safe,
        step: new.answers_step.map(StepId::new),
        value: new.value.clone(),
        extra: new.extra.clone(),
        ..Message::new(number, sender, happening, content.html, at)
    }
}
