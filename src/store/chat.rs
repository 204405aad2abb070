//! Chats and the heads of their logs.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError, chat_row::ChatRow, flow_position};
use crate::{
    domain::{
        chat::{Chat, Head, Stage},
        ids::{AgentId, ChatId, TeamId},
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
    /// When the sweeper must look at the chat next.
    pub sweep_at: Option<DateTime<Utc>>,
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
            teams_conversation_id, slack_app_id, slack_channel_id, slack_user_id,
            feedback_submitted, created_at, queued_at, agent_joined_at,
            closed_at, flow_step, flow_position, variables, flow_due_at, offered_agent_id, offer_until,
            passed_agent_ids, wait_messages_sent, sweep_at, erased_at,
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
    let LockedChat { chat, head, position, variables, flow_due_at, sweep_at } = new;
    let slack = chat.slack.as_ref();
    sqlx::query!(
        r#"
        with new_chat as (
            insert into chats (chat_id, profile_id, profile_version, name, is_agent_chat, is_live,
                is_assigned, is_closed, is_abandoned, team_id, offered_team_ids, agent_id, ticket_id,
                page_url, language_id, teams_conversation_id, feedback_submitted, created_at, queued_at,
                agent_joined_at, closed_at, flow_step, flow_position, variables, flow_due_at,
                offered_agent_id, offer_until, passed_agent_ids, wait_messages_sent, sweep_at,
                slack_app_id, slack_channel_id, slack_user_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19, $20, $21, $22, $23, $24, $25, $30, $31, $32, $33, $34, $35, $36, $37)
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
        chat.offer.map(|offer| offer.agent.get()),
        chat.offer.map(|offer| offer.until),
        &agent_numbers(&chat.passed_by),
        chat.wait_messages_sent,
        *sweep_at,
        slack.map(|place| place.app.as_str()),
        slack.map(|place| place.channel.as_str()),
        slack.map(|place| place.user.as_str()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change about a chat that the caller has locked.
pub async fn update(conn: &mut Conn, changed: &LockedChat) -> Result<(), StoreError> {
    let LockedChat { chat, position, variables, flow_due_at, sweep_at, .. } = changed;
    sqlx::query!(
        r#"
        update chats
        set name = $2, is_live = $3, is_assigned = $4, is_closed = $5, is_abandoned = $6,
            team_id = $7, offered_team_ids = $8, agent_id = $9, ticket_id = $10, page_url = $11,
            language_id = $12, feedback_submitted = $13, queued_at = $14, agent_joined_at = $15,
            closed_at = $16, flow_step = $17, flow_position = $18, variables = $19,
            flow_due_at = $20, profile_id = $21, profile_version = $22, offered_agent_id = $23,
            offer_until = $24, passed_agent_ids = $25, wait_messages_sent = $26, sweep_at = $27
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
        chat.offer.map(|offer| offer.agent.get()),
        chat.offer.map(|offer| offer.until),
        &agent_numbers(&chat.passed_by),
        chat.wait_messages_sent,
        *sweep_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Chats that the sweeper must look at by now, the longest first; at most `limit`.
pub async fn list_due(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        "select chat_id from chats where sweep_at <= $1 order by sweep_at limit $2",
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

/// Open chats of a Slack app behind this one, by their ids; at most `limit`.
pub async fn list_open_of_slack_app(
    conn: &mut Conn,
    slack_app_id: &str,
    after: ChatId,
    limit: i64,
) -> Result<Vec<ChatId>, StoreError> {
    let chats = sqlx::query_scalar!(
        r#"
        select chat_id
        from chats
        where slack_app_id = $1 and not is_closed and chat_id > $2
        order by chat_id
        limit $3
        "#,
        slack_app_id,
        after.get(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(chats.into_iter().map(ChatId::new).collect())
}

/// Says when the sweeper must look at a chat again in which nothing has changed.
pub async fn update_sweep(
    conn: &mut Conn,
    chat: ChatId,
    at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    sqlx::query!("update chats set sweep_at = $2 where chat_id = $1", chat.get(), at).execute(conn).await?;
    Ok(())
}

fn team_numbers(teams: &[TeamId]) -> Vec<i32> {
    teams.iter().map(|team| team.get()).collect()
}

fn agent_numbers(agents: &[AgentId]) -> Vec<i32> {
    agents.iter().map(|agent| agent.get()).collect()
}
