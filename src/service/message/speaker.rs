//! Whose words a message is. The name on it always comes out as the caller's own, except for
//! programs that may speak for others.

use crate::{
    domain::{
        caller::{AgentIdentity, Caller, ClientIdentity},
        ids::{AgentId, ParticipantNumber, UserId},
    },
    service::conversation::{Conversation, Refusal},
};

/// How a caller may name a participant (`sender_id`): by its number in the chat, or by the id of
/// the agent or user that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim(pub i32);

/// Who is about to speak.
#[derive(Clone, Debug)]
pub(super) enum Speaker {
    Visitor(ParticipantNumber),
    Agent(AgentIdentity),
    /// A program without an agent, or one that speaks for a participant who is already there.
    Client(ClientIdentity),
    Other(ParticipantNumber),
}

/// Decides who speaks, or refuses a claim to be somebody else.
pub(super) fn resolve(
    conversation: &Conversation,
    caller: &Caller,
    claim: Option<Claim>,
) -> Result<Speaker, Refusal> {
    let own = own(conversation, caller)?;
    let Some(claim) = claim else { return Ok(own) };
    let places = named_by(conversation, claim);
    let is_own = places.iter().any(|place| conversation.place_of(caller) == Some(*place))
        || matches!(&own, Speaker::Agent(agent) if agent.id == AgentId::new(claim.0));
    if is_own {
        return Ok(own);
    }
    let may_speak_for = caller.staff().is_some_and(|staff| staff.speaks_for_others);
    match places.first().filter(|_| may_speak_for).and_then(|place| conversation.participant(*place)) {
        Some(participant) if participant.is_visitor() => Ok(Speaker::Visitor(participant.number)),
        Some(participant) => Ok(Speaker::Other(participant.number)),
        None => {
            Err(Refusal::Invalid(format!("sender_id {} is not you in chat {}", claim.0, conversation.id())))
        }
    }
}

fn own(conversation: &Conversation, caller: &Caller) -> Result<Speaker, Refusal> {
    match caller {
        Caller::Visitor { participant, .. } => Ok(Speaker::Visitor(*participant)),
        Caller::Staff(staff) => match (&staff.agent, &staff.client) {
            (Some(agent), _) => Ok(Speaker::Agent(agent.clone())),
            (None, Some(client)) => Ok(Speaker::Client(client.clone())),
            (None, None) => Err(Refusal::ChatNotFound(conversation.id())),
        },
        Caller::Stranger => Err(Refusal::ChatNotFound(conversation.id())),
    }
}

/// Everybody whom this number may mean, the likeliest first.
fn named_by(conversation: &Conversation, Claim(id): Claim) -> Vec<ParticipantNumber> {
    use crate::domain::chat::Person;
    let by_number = conversation.participant(ParticipantNumber::new(id)).map(|one| one.number);
    let by_person = conversation.participants.iter().filter(|one| match &one.person {
        Person::Agent(agent) => *agent == AgentId::new(id),
        Person::Visitor { user, .. } => *user == Some(UserId::new(id)),
        Person::Client { .. } => false,
    });
    by_number.into_iter().chain(by_person.map(|one| one.number)).collect()
}
