//! Chats and the heads of their logs.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError, flow_position};
use crate::{
    domain::{
        chat::{Chat, Closing, Head, ProfileVersion, Stage},
        ids::{AgentId, ChatId, MessageNumber, ProfileId, TeamId},
    },
    flow::{Position, Variables},
};

/// A chat with everything that decides what may happen to it next.
#[derive(Clone, Debug)]
pub struct LockedChat {
    pub chat: Chat,
    pub head: Head,
    pub position: Position,
    pub variables: Variables,
    /// When the time limit of the step that the chat waits at is over.
    pub flow_due_at: Option<DateTime<Utc>>,
}

/// The chat's own columns; shared with the lists.
#[derive(sqlx::FromRow)]
pub(super) struct ChatRow {
    pub chat_id: i32,
    profile_id: Option<String>,
    profile_version: Option<i32>,
    name: String,
    is_agent_chat: bool,
    is_live: bool,
    is_closed: bool,
    is_abandoned: bool,
    team_id: Option<i32>,
    offered_team_ids: Vec<i32>,
    agent_id: Option<i32>,
    ticket_id: Option<i32>,
    page_url: Option<String>,
    language_id: Option<i32>,
    teams_conversation_id: Option<String>,
    feedback_submitted: bool,
    created_at: DateTime<Utc>,
    queued_at: Option<DateTime<Utc>>,
    agent_joined_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    flow_step: Option<i32>,
    flow_position: serde_json::Value,
    variables: serde_json::Value,
    flow_due_at: Option<DateTime<Utc>>,
    last_message_id: i32,
    last_public_message_id: i32,
    version: i64,
    updated_at: DateTime<Utc>,
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
            feedback_submitted: self.feedback_submitted,
            created_at: self.created_at,
            queued_at: self.queued_at,
            agent_joined_at: self.agent_joined_at,
            flow_step: self.flow_step,
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

    fn locked(self) -> Result<LockedChat, StoreError> {
        let chat = self.chat()?;
        Ok(LockedChat {
            head: self.head(),
            position: flow_position::from_json(chat.id, self.flow_position)?,
            variables: flow_position::variables_from_json(chat.id, self.variables)?,
            flow_due_at: self.flow_due_at,
            chat,
        })
    }
}

/// Reads chats and holds their rows, in the order of their ids, until the transaction ends.
///
/// Numbers are drawn under this lock, so they become visible in order. Foreign keys that point
/// at the rows do not wait for it.
pub async fn lock_many(conn: &mut Conn, ids: &[ChatId]) -> Result<Vec<LockedChat>, StoreError> {
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    let rows = sqlx::query_as!(
        ChatRow,
        r#"
        select c.chat_id, profile_id, profile_version, name, is_agent_chat, is_live, is_closed,
            is_abandoned, team_id, offered_team_ids, agent_id, ticket_id, page_url, language_id,
            teams_conversation_id, feedback_submitted, created_at, queued_at, agent_joined_at,
            closed_at, flow_step, flow_position, variables, flow_due_at,
            last_message_id, last_public_message_id, version, updated_at
        from chats c
        join chat_heads h on h.chat_id = c.chat_id
        where c.chat_id = any($1)
        order by c.chat_id
        for no key update of c, h
        "#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ChatRow::locked).collect()
}

/// Draws ids for chats that are about to be inserted.
pub async fn draw_ids(conn: &mut Conn, count: usize) -> Result<Vec<ChatId>, StoreError> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let ids = sqlx::query_scalar!(
        r#"
        select nextval(pg_get_serial_sequence('chats', 'chat_id'))::int as "id!"
        from generate_series(1, $1)
        "#,
        count,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ChatId::new).collect())
}

/// Writes a chat whose id was drawn before, and the head of its log.
pub async fn insert(conn: &mut Conn, new: &LockedChat) -> Result<(), StoreError> {
    let LockedChat { chat, head, position, variables, flow_due_at } = new;
    sqlx::query!(
        r#"
        with new_chat as (
            insert into chats (chat_id, profile_id, profile_version, name, is_agent_chat, is_live,
                is_assigned, is_closed, is_abandoned, team_id, offered_team_ids, agent_id, ticket_id,
                page_url, language_id, teams_conversation_id, feedback_submitted, created_at, queued_at,
                agent_joined_at, closed_at, flow_step, flow_position, variables, flow_due_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19, $20, $21, $22, $23, $24, $25)
        )
        insert into chat_heads (chat_id, last_message_id, last_public_message_id, version, updated_at)
        values ($1, $26, $27, $28, $29)
        "#,
        chat.id.get(),
        chat.profile.as_ref().map(|profile| profile.id.as_str()),
        chat.profile.as_ref().map(|profile| profile.version),
        chat.name,
        chat.is_agent_chat,
        chat.stage != Stage::Bot,
        chat.agent().is_some(),
        chat.is_closed(),
        chat.closing.is_some_and(|closing| closing.is_abandoned),
        chat.team.map(TeamId::get),
        &team_numbers(&chat.offered_to),
        chat.agent().map(AgentId::get),
        chat.ticket_id,
        chat.page_url,
        chat.language_id,
        chat.teams_conversation_id,
        chat.feedback_submitted,
        chat.created_at,
        chat.queued_at,
        chat.agent_joined_at,
        chat.closing.map(|closing| closing.at),
        chat.flow_step,
        flow_position::to_json(position),
        flow_position::variables_to_json(variables),
        *flow_due_at,
        head.last_message.get(),
        head.last_public_message.get(),
        head.version,
        head.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change about a chat that the caller has locked.
pub async fn update(conn: &mut Conn, changed: &LockedChat) -> Result<(), StoreError> {
    let LockedChat { chat, position, variables, flow_due_at, .. } = changed;
    sqlx::query!(
        r#"
        update chats
        set name = $2, is_live = $3, is_assigned = $4, is_closed = $5, is_abandoned = $6,
            team_id = $7, offered_team_ids = $8, agent_id = $9, ticket_id = $10, page_url = $11,
            language_id = $12, feedback_submitted = $13, queued_at = $14, agent_joined_at = $15,
            closed_at = $16, flow_step = $17, flow_position = $18, variables = $19,
            flow_due_at = $20, profile_id = $21, profile_version = $22
        where chat_id = $1
        "#,
        chat.id.get(),
        chat.name,
        chat.stage != Stage::Bot,
        chat.agent().is_some(),
        chat.is_closed(),
        chat.closing.is_some_and(|closing| closing.is_abandoned),
        chat.team.map(TeamId::get),
        &team_numbers(&chat.offered_to),
        chat.agent().map(AgentId::get),
        chat.ticket_id,
        chat.page_url,
        chat.language_id,
        chat.feedback_submitted,
        chat.queued_at,
        chat.agent_joined_at,
        chat.closing.map(|closing| closing.at),
        chat.flow_step,
        flow_position::to_json(position),
        flow_position::variables_to_json(variables),
        *flow_due_at,
        // Another profile's flow may have taken over.
        chat.profile.as_ref().map(|profile| profile.id.as_str()),
        chat.profile.as_ref().map(|profile| profile.version),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Chats whose time limit is over, the longest first; at most `limit`.
pub async fn list_overdue(
    conn: &mut Conn,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        "select chat_id from chats where flow_due_at <= $1 order by flow_due_at limit $2",
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

fn team_numbers(teams: &[TeamId]) -> Vec<i32> {
    teams.iter().map(|team| team.get()).collect()
}
