//! Agents' caps: how many open chats an agent may have (`max_chats`), also under races.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        chat::Chat,
        ids::{AgentId, ChatId},
    },
    service::conversation::Refusal,
    store::{self, Conn},
};

/// The open chats of agents as one transaction sees them: what others have committed, and what it
/// is about to change itself.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    agents: BTreeMap<AgentId, Room>,
    /// Chats that agents have given up in this transaction.
    given_up: BTreeSet<(AgentId, ChatId)>,
}

#[derive(Clone, Debug)]
struct Room {
    cap: usize,
    chats: BTreeSet<ChatId>,
}

impl Rooms {
    /// Makes room for one more chat, or refuses. Two round trips for each agent of a transaction.
    pub async fn take(&mut self, conn: &mut Conn, agent: AgentId, chat: &Chat) -> Result<(), Refusal> {
        // Agents among themselves are no work that is shared out.
        if chat.is_agent_chat {
            return Ok(());
        }
        let room = match self.agents.entry(agent) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(unknown) => {
                let Some((cap, chats)) = store::queue::lock_room(conn, agent).await? else { return Ok(()) };
                let is_held = |chat: &ChatId| !self.given_up.contains(&(agent, *chat));
                unknown.insert(Room { cap, chats: chats.into_iter().filter(is_held).collect() })
            }
        };
        if !room.chats.contains(&chat.id) && room.chats.len() >= room.cap {
            return Err(Refusal::NoRoom { agent, chats: room.chats.len() });
        }
        room.chats.insert(chat.id);
        Ok(())
    }

    /// Notes who had the chat before a change, and who has it after it.
    pub fn observe(&mut self, chat: ChatId, before: Option<AgentId>, after: Option<AgentId>) {
        let Some(before) = before.filter(|before| after != Some(*before)) else { return };
        self.given_up.insert((before, chat));
        if let Some(room) = self.agents.get_mut(&before) {
            room.chats.remove(&chat);
        }
    }
}

/// Who has an open chat.
pub fn holder(chat: &Chat) -> Option<AgentId> {
    chat.agent().filter(|_| !chat.is_closed())
}
