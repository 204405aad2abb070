//! Which chats a caller may see. Every read and every change of a chat asks here.

use crate::domain::{
    caller::Caller,
    chat::{Chat, Participant, Stage},
    chat_filter::Sight,
    ids::TeamId,
};

/// What a list shows this caller; none: nothing at all.
pub fn sight(caller: &Caller) -> Option<Sight> {
    match caller {
        Caller::Stranger => None,
        Caller::Visitor { chat, .. } => Some(Sight::Only(*chat)),
        Caller::Staff(staff) if staff.is_admin => Some(Sight::Everything),
        Caller::Staff(staff) if !staff.may_chat => None,
        Caller::Staff(staff) => Some(match &staff.agent {
            Some(agent) => Sight::Agent { id: agent.id, teams: agent.teams.clone() },
            // A program with `access:chat` and no agent stands for the whole desk.
            None => Sight::Everything,
        }),
    }
}

/// Whether this caller may see this chat; the same rule as `sight`, for a chat that is at hand.
pub fn may_see(caller: &Caller, chat: &Chat, participants: &[Participant]) -> bool {
    match sight(caller) {
        None => false,
        Some(Sight::Everything) => true,
        Some(Sight::Only(id)) => id == chat.id,
        Some(Sight::Agent { id, teams }) => {
            chat.agent() == Some(id)
                || chat.team.is_some_and(|team| teams.contains(&team))
                || is_offered(chat, &teams)
                || participants.iter().any(|one| one.agent() == Some(id) && !one.has_left)
        }
    }
}

fn is_offered(chat: &Chat, teams: &[TeamId]) -> bool {
    chat.stage == Stage::Queued
        && !chat.is_closed()
        && ((chat.team.is_none() && chat.offered_to.is_empty())
            || chat.offered_to.iter().any(|team| teams.contains(team)))
}

/// Whether the caller sees agents' names where a profile shows visitors something else.
pub fn sees_names(caller: &Caller) -> bool {
    caller.staff().is_some()
}
