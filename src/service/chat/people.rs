//! Moving a chat between people: who may join, take over, hand over, transfer, invite and leave.

use chrono::{DateTime, Utc};

use super::change::ChatChange;
use crate::{
    domain::{
        caller::{AgentIdentity, Caller},
        chat::Stage,
        ids::{AgentId, ParticipantNumber, TeamId},
    },
    service::{
        conversation::{Conversation, Refusal, Taker},
        room::Rooms,
    },
    store::{self, Conn},
};

/// Moves people as a change asks, in this order: leave, transfer, join or hand over, invite. What is
/// refused leaves it to the caller to drop the conversation.
pub(super) async fn move_people(
    conn: &mut Conn,
    conversation: &mut Conversation,
    rooms: &mut Rooms,
    caller: &Caller,
    by: ParticipantNumber,
    change: &ChatChange,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if change.leaves {
        match caller.agent() {
            Some(agent) => conversation.walk_out(agent.id, now)?,
            None if caller.is_visitor() => conversation.abandon(now)?,
            None => return Err(Refusal::Invalid("only somebody who is in a chat can leave it".to_owned())),
        }
    }
    if let Some(team) = change.team.map(TeamId::new) {
        conversation.must_be_open()?;
        must_be_free_to_give(conversation, caller, None, change.takes_over)?;
        must_take_chats(conn, team).await?;
        conversation.transfer(by, team, now)?;
    }
    let taker = match (change.agent, change.takes_over) {
        (Some(agent), _) => Some(find_agent(conn, AgentId::new(agent), caller.agent()).await?),
        // Beside a team it says that another agent's chat is meant.
        (None, true) if change.team.is_none() => Some(caller.agent().map(Taker::from).ok_or_else(|| {
            Refusal::Invalid("_takeover is for agents; a client names one by agent_id".to_owned())
        })?),
        (None, _) => None,
    };
    if let Some(taker) = taker {
        conversation.must_be_open()?;
        must_be_free_to_give(conversation, caller, Some(taker.id), change.takes_over)?;
        if !change.takes_over {
            conversation.must_not_be_offered_to_another(taker.id, now)?;
        }
        rooms.take(conn, taker.id, &conversation.chat).await?;
        let takes_it = caller.agent().is_some_and(|agent| agent.id == taker.id);
        conversation.give(&taker, (!takes_it).then_some(by), now)?;
    }
    if let Some(agent) = change.invites {
        let invited = find_agent(conn, AgentId::new(agent), caller.agent()).await?;
        invite(conversation, caller, by, &invited, now)?;
    }
    Ok(())
}

/// An agent may give away its own chat, and one that nobody has; another agent's only by saying so.
/// Programs without an agent decide for everybody.
fn must_be_free_to_give(
    conversation: &Conversation,
    caller: &Caller,
    to: Option<AgentId>,
    takes_over: bool,
) -> Result<(), Refusal> {
    match (conversation.chat.stage, caller.agent()) {
        (Stage::Live { agent: holder }, Some(agent)) => {
            if holder == agent.id || Some(holder) == to || takes_over {
                Ok(())
            } else {
                Err(Refusal::TakenByAnother(conversation.id()))
            }
        }
        (Stage::Live { .. }, None) | (Stage::Bot | Stage::Queued, _) => Ok(()),
    }
}

/// Agents bring others into chats that they are in themselves.
fn invite(
    conversation: &mut Conversation,
    caller: &Caller,
    by: ParticipantNumber,
    invited: &Taker,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    // It may have joined with the same request.
    let place = caller.agent().map(|agent| conversation.present(agent.id));
    match place {
        Some(Some(place)) => conversation.invite(place, invited, now),
        None => conversation.invite(by, invited, now),
        Some(None) => {
            conversation.must_be_open()?;
            let chat = conversation.id();
            Err(Refusal::Invalid(format!("you are not in chat {chat}; join it to bring others in")))
        }
    }
}

async fn find_agent(conn: &mut Conn, id: AgentId, own: Option<&AgentIdentity>) -> Result<Taker, Refusal> {
    if let Some(own) = own.filter(|own| own.id == id) {
        return Ok(own.into());
    }
    let agent = store::agent::find_active(conn, id).await?;
    agent
        .map(|agent| Taker { id, name: agent.name, teams: agent.teams })
        .ok_or_else(|| Refusal::Invalid(format!("agent {id} does not exist, or is not active")))
}

async fn must_take_chats(conn: &mut Conn, id: TeamId) -> Result<(), Refusal> {
    match store::team::takes_chats(conn, id).await? {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::Invalid(format!("team {id} takes no chats"))),
        None => Err(Refusal::Invalid(format!("team {id} does not exist"))),
    }
}
