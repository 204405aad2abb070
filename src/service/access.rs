//! Which chats a caller may see. Every read and every change of a chat asks here.

use super::conversation::Refusal;
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
        Caller::Visitor { chat, user, .. } => Some(Sight::Visitor { chat: *chat, user: *user }),
        Caller::Staff(staff) if staff.is_admin => Some(Sight::Everything),
        Caller::Staff(staff) if !staff.may_chat => None,
        Caller::Staff(staff) => Some(match &staff.agent {
            Some(agent) => {
                Sight::Agent { id: agent.id, teams: agent.teams.clone(), barred: agent.barred.clone() }
            }
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
        Some(Sight::Visitor { chat: own, user }) => {
            own == chat.id
                || user.is_some_and(|user| participants.iter().any(|one| one.is_signed_in_as(user)))
        }
        Some(Sight::Agent { id, teams, barred }) => {
            let is_barred = chat.profile.as_ref().is_some_and(|profile| barred.contains(&profile.id));
            let is_its_teams =
                chat.team.is_some_and(|team| teams.contains(&team)) || is_offered(chat, &teams);
            chat.agent() == Some(id)
                || is_its_teams && !is_barred
                || participants.iter().any(|one| one.agent() == Some(id) && !one.has_left)
        }
    }
}

/// Refuses a change of a chat that the caller may not see, or only read: a signed-in visitor's token
/// writes into the chat that it came with.
pub fn check_change(caller: &Caller, chat: &Chat, participants: &[Participant]) -> Result<(), Refusal> {
    if !may_see(caller, chat, participants) {
        return Err(Refusal::ChatNotFound(chat.id));
    }
    match caller {
        Caller::Visitor { chat: own, .. } if *own != chat.id => Err(Refusal::ReadOnly(chat.id)),
        Caller::Visitor { .. } | Caller::Staff(_) | Caller::Stranger => Ok(()),
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
