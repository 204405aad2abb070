//! Editing and deleting messages: whose they may be, and what is told of it.

use chrono::{DateTime, Utc};

use super::{NewMessage, Posted, content, speaker::Speaker};
use crate::{
    config::Limits,
    domain::{
        caller::Caller,
        chat::Person,
        ids::{MessageNumber, ParticipantNumber},
        message::Message,
    },
    service::conversation::{Conversation, Refusal, Words},
    store::{self, Conn},
};

/// Applies one change to a stored message; answers the message as it is now. One round trip, to
/// read it.
pub(super) async fn apply(
    conn: &mut Conn,
    conversation: &mut Conversation,
    caller: &Caller,
    (speaker, number): (&Speaker, MessageNumber),
    new: &NewMessage,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Result<Posted, Refusal> {
    conversation.must_be_open()?;
    let message = find(conn, conversation, number).await?;
    if !caller.is_admin() && own_place(conversation, speaker) != Some(message.sender) {
        let chat = conversation.id();
        return Err(Refusal::Invalid(format!("message {number} of chat {chat} is not yours to change")));
    }
    // All of what may be refused comes first: a refusal gives nobody a place in the chat.
    conversation.must_take_changes(&message)?;
    let message = if new.deletes {
        let by = place(conversation, speaker, new);
        conversation.delete(by, message, now)
    } else {
        let content = content::read(new, false, limits)?;
        if content.plain.trim().is_empty() {
            return Err(Refusal::Invalid("an edited message needs text; _delete takes it away".to_owned()));
        }
        let by = place(conversation, speaker, new);
        let words = Words { html: content.html, plain: content.plain, is_safe: content.is_safe };
        conversation.edit(by, message, words, now)
    };
    Ok(Posted::new(conversation, caller, message))
}

/// What becomes of a message.
pub enum Correction<'a> {
    Says(&'a NewMessage),
    Deleted,
}

/// The visitor changes its own words, where the place that they come from lets it; false: there is
/// nothing to be changed any more.
pub async fn by_visitor(
    conn: &mut Conn,
    conversation: &mut Conversation,
    number: MessageNumber,
    correction: Correction<'_>,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Result<bool, Refusal> {
    let message = find(conn, conversation, number).await?;
    let own = conversation.visitor().map(|visitor| visitor.number);
    if own != Some(message.sender) || conversation.must_take_changes(&message).is_err() {
        return Ok(false);
    }
    match correction {
        Correction::Deleted => drop(conversation.delete(message.sender, message, now)),
        Correction::Says(new) => {
            let content = content::read(new, true, limits)?;
            let words = Words { html: content.html, plain: content.plain, is_safe: content.is_safe };
            conversation.edit(message.sender, message, words, now);
        }
    }
    Ok(true)
}

async fn find(
    conn: &mut Conn,
    conversation: &Conversation,
    number: MessageNumber,
) -> Result<Message, Refusal> {
    let chat = conversation.id();
    if let Some(unwritten) = conversation.unwritten(number) {
        return Ok(unwritten.clone());
    }
    let stored = store::message::find_many(conn, &[(chat, number)]).await?.pop();
    stored.map(|(_, message)| message).ok_or(Refusal::MessageNotFound { chat, message: number })
}

fn own_place(conversation: &Conversation, speaker: &Speaker) -> Option<ParticipantNumber> {
    match speaker {
        Speaker::Visitor(place) | Speaker::Other(place) => Some(*place),
        Speaker::Agent(agent) => conversation.place_of_agent(agent.id),
        Speaker::Client(client) => conversation.place_of_client(&client.id),
    }
}

/// Whose act the log says it was. An administrator who is not in the chat is known to it from now
/// on, but does not join it.
fn place(conversation: &mut Conversation, speaker: &Speaker, new: &NewMessage) -> ParticipantNumber {
    if let Some(place) = own_place(conversation, speaker) {
        return place;
    }
    match speaker {
        Speaker::Visitor(place) | Speaker::Other(place) => *place,
        Speaker::Agent(agent) => {
            let place = conversation.admit(Person::Agent(agent.id), &agent.name, None);
            conversation.absent(place);
            place
        }
        // A program neither joins nor leaves.
        Speaker::Client(client) => {
            let name = new.display_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&client.name);
            conversation.admit(Person::Client { client_id: client.id.clone() }, name, None)
        }
    }
}
