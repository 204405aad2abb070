//! A chat's row, and what its columns mean.

use chrono::{DateTime, Utc};

use super::{StoreError, chat::LockedChat, flow_position};
use crate::domain::{
    chat::{Chat, Closing, Head, Offer, ProfileVersion, SlackPlace, Stage},
    ids::{AgentId, ChatId, MessageNumber, ProfileId, TeamId},
};

/// The chat's own columns; shared with the lists.
#[derive(sqlx::FromRow)]
pub(super) struct ChatRow {
    pub(super) chat_id: i32,
    pub(super) profile_id: Option<String>,
    pub(super) profile_version: Option<i32>,
    pub(super) name: String,
    pub(super) is_agent_chat: bool,
    pub(super) is_live: bool,
    pub(super) is_closed: bool,
    pub(super) is_abandoned: bool,
    pub(super) team_id: Option<i32>,
    pub(super) offered_team_ids: Vec<i32>,
    pub(super) agent_id: Option<i32>,
    pub(super) ticket_id: Option<i32>,
    pub(super) page_url: Option<String>,
    pub(super) language_id: Option<i32>,
    pub(super) teams_conversation_id: Option<String>,
    pub(super) slack_app_id: Option<String>,
    pub(super) slack_channel_id: Option<String>,
    pub(super) slack_user_id: Option<String>,
    pub(super) feedback_submitted: bool,
    pub(super) created_at: DateTime<Utc>,
    pub(super) queued_at: Option<DateTime<Utc>>,
    pub(super) agent_joined_at: Option<DateTime<Utc>>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    pub(super) flow_step: Option<i32>,
    pub(super) flow_position: serde_json::Value,
    pub(super) variables: serde_json::Value,
    pub(super) flow_due_at: Option<DateTime<Utc>>,
    pub(super) last_message_id: i32,
    pub(super) last_public_message_id: i32,
    pub(super) version: i64,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) offered_agent_id: Option<i32>,
    pub(super) offer_until: Option<DateTime<Utc>>,
    pub(super) passed_agent_ids: Vec<i32>,
    pub(super) wait_messages_sent: i32,
    pub(super) sweep_at: Option<DateTime<Utc>>,
    pub(super) erased_at: Option<DateTime<Utc>>,
}

impl ChatRow {
    pub(super) fn chat(&self) -> Result<Chat, StoreError> {
        let stage = match (self.is_live, self.agent_id) {
            (false, None) => Stage::Bot,
            (true, None) => Stage::Queued,
            (true, Some(agent)) => Stage::Live { agent: AgentId::new(agent) },
            (false, Some(_)) => {
                return Err(StoreError::bad_row("chats", self.chat_id, "an agent has it while the bot does"));
            }
        };
        Ok(Chat {
            id: ChatId::new(self.chat_id),
            profile: self
                .profile_id
                .clone()
                .zip(self.profile_version)
                .map(|(id, version)| ProfileVersion { id: ProfileId::new(id), version }),
            name: self.name.clone(),
            is_agent_chat: self.is_agent_chat,
            stage,
            closing: self
                .closed_at
                .filter(|_| self.is_closed)
                .map(|at| Closing { at, is_abandoned: self.is_abandoned }),
            team: self.team_id.map(TeamId::new),
            offered_to: self.offered_team_ids.iter().copied().map(TeamId::new).collect(),
            ticket_id: self.ticket_id,
            page_url: self.page_url.clone(),
            language_id: self.language_id,
            teams_conversation_id: self.teams_conversation_id.clone(),
            slack: self.slack(),
            feedback_submitted: self.feedback_submitted,
            created_at: self.created_at,
            queued_at: self.queued_at,
            agent_joined_at: self.agent_joined_at,
            flow_step: self.flow_step,
            offer: self
                .offered_agent_id
                .zip(self.offer_until)
                .map(|(agent, until)| Offer { agent: AgentId::new(agent), until }),
            passed_by: self.passed_agent_ids.iter().copied().map(AgentId::new).collect(),
            wait_messages_sent: self.wait_messages_sent,
            is_erased: self.erased_at.is_some(),
        })
    }

    fn slack(&self) -> Option<SlackPlace> {
        Some(SlackPlace {
            app: self.slack_app_id.clone()?,
            channel: self.slack_channel_id.clone()?,
            user: self.slack_user_id.clone()?,
        })
    }

    pub(super) fn head(&self) -> Head {
        Head {
            last_message: MessageNumber::new(self.last_message_id),
            last_public_message: MessageNumber::new(self.last_public_message_id),
            version: self.version,
            updated_at: self.updated_at,
        }
    }

    pub(super) fn locked(self) -> Result<LockedChat, StoreError> {
        let chat = self.chat()?;
        Ok(LockedChat {
            head: self.head(),
            position: flow_position::from_json(chat.id, self.flow_position)?,
            variables: flow_position::variables_from_json(chat.id, self.variables)?,
            flow_due_at: self.flow_due_at,
            sweep_at: self.sweep_at,
            chat,
        })
    }
}
