//! Whose sight a chat leaves: what `service::access` let see it before and no longer does.

use std::collections::BTreeSet;

use super::Conversation;
use crate::{
    domain::{
        chat::{Chat, Participant, Stage},
        ids::{AgentId, TeamId},
    },
    store::message_columns::Departure,
};

/// A reason for which agents see a chat.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Team(TeamId),
    Anybody,
    Agent(AgentId),
}

/// The reasons that there were and are no longer. Another may still hold: whoever reads asks again.
pub(super) fn departures(conversation: &Conversation) -> Vec<Departure> {
    let Some(stored) = &conversation.stored else { return Vec::new() };
    let before = reasons(&stored.chat, &conversation.stored_participants);
    let after = reasons(&conversation.chat, &conversation.participants);
    let chat = conversation.id();
    let departure = |reason: &Reason| match *reason {
        Reason::Team(team) => Departure::FromTeam(chat, team),
        Reason::Anybody => Departure::FromAll(chat),
        Reason::Agent(agent) => Departure::FromAgent(chat, agent),
    };
    before.difference(&after).map(departure).collect()
}

fn reasons(chat: &Chat, people: &[Participant]) -> BTreeSet<Reason> {
    let mut reasons: BTreeSet<Reason> = chat.team.map(Reason::Team).into_iter().collect();
    if chat.stage == Stage::Queued && !chat.is_closed() {
        reasons.extend(chat.offered_to.iter().map(|team| Reason::Team(*team)));
        if chat.team.is_none() && chat.offered_to.is_empty() {
            reasons.insert(Reason::Anybody);
        }
    }
    reasons.extend(chat.agent().map(Reason::Agent));
    let present = people.iter().filter(|one| !one.has_left);
    reasons.extend(present.filter_map(Participant::agent).map(Reason::Agent));
    reasons
}
