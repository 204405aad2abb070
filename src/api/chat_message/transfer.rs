//! From whom to whom a chat went.

use serde::Serialize;

use crate::domain::{
    ids::{AgentId, TeamId},
    message::Happening,
};

/// One transfer; the entry's sender is who did it, and a note that went with it follows in the log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = LiveChatMsgTransfer)]
#[expect(clippy::struct_field_names, reason = "ids are what it is about")]
pub struct Transfer {
    /// Absent: nobody had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_team_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_team_id: Option<i32>,
}

impl Transfer {
    pub fn of(happening: &Happening) -> Option<Self> {
        let Happening::Transferred { from, from_team, to_agent, to_team } = happening else { return None };
        Some(Self {
            from_agent_id: from.map(AgentId::get),
            from_team_id: from_team.map(TeamId::get),
            to_agent_id: to_agent.map(AgentId::get),
            to_team_id: to_team.map(TeamId::get),
        })
    }
}
