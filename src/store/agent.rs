//! Agents beyond their documents: passwords and teams.

use super::{Conn, StoreError};
use crate::domain::ids::{AgentId, TeamId};

/// What a password sign-in needs to know.
#[derive(Clone)]
pub struct Credentials {
    pub id: AgentId,
    pub password_hash: Option<String>,
}

/// One agent's place in one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub team: TeamId,
    pub team_name: String,
    pub agent: AgentId,
    pub agent_name: String,
}

/// Finds an active agent by the e-mail address that signs it in, or by its name when only one has it.
pub async fn find_credentials(conn: &mut Conn, username: &str) -> Result<Option<Credentials>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select id, password_hash, coalesce(email = lower($1), false) as "by_email!"
        from agents
        where (email = lower($1) or name = $1) and is_active and deleted_at is null
        order by 3 desc
        limit 2
        "#,
        username,
    )
    .fetch_all(conn)
    .await?;
    let is_ambiguous = rows.len() > 1 && !rows[0].by_email;
    Ok(rows
        .into_iter()
        .next()
        .filter(|_| !is_ambiguous)
        .map(|row| Credentials { id: AgentId::new(row.id), password_hash: row.password_hash }))
}

/// The hash of an active agent's password, which stays until the transaction ends.
pub async fn lock_password(conn: &mut Conn, agent: AgentId) -> Result<Option<String>, StoreError> {
    let hash = sqlx::query_scalar!(
        "select password_hash from agents where id = $1 and is_active and deleted_at is null for share",
        agent.get(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(hash.flatten())
}

/// An agent who can be given chats.
#[derive(Clone, Debug)]
pub struct ActiveAgent {
    pub name: String,
    pub teams: Vec<TeamId>,
}

pub async fn find_active(conn: &mut Conn, id: AgentId) -> Result<Option<ActiveAgent>, StoreError> {
    let row = sqlx::query!(
        r#"
        select name, array(select m.team_id from team_members m where m.agent_id = a.id) as "teams!"
        from agents a
        where id = $1 and is_active and deleted_at is null
        "#,
        id.get(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| ActiveAgent { name: row.name, teams: row.teams.into_iter().map(TeamId::new).collect() }))
}

pub async fn set_password(conn: &mut Conn, agent: AgentId, hash: &str) -> Result<(), StoreError> {
    sqlx::query!("update agents set password_hash = $2 where id = $1", agent.get(), hash)
        .execute(conn)
        .await?;
    Ok(())
}

/// Who is in which team, optionally of one team or one agent.
pub async fn list_memberships(
    conn: &mut Conn,
    team: Option<TeamId>,
    agent: Option<AgentId>,
) -> Result<Vec<Membership>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select m.team_id, m.agent_id, t.name as team_name, a.name as agent_name
        from team_members m
        join teams t on t.id = m.team_id and t.deleted_at is null
        join agents a on a.id = m.agent_id and a.deleted_at is null
        where ($1::int is null or m.team_id = $1) and ($2::int is null or m.agent_id = $2)
        order by t.name, m.team_id, a.name, m.agent_id
        "#,
        team.map(TeamId::get),
        agent.map(AgentId::get),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Membership {
            team: TeamId::new(row.team_id),
            team_name: row.team_name,
            agent: AgentId::new(row.agent_id),
            agent_name: row.agent_name,
        })
        .collect())
}

/// Makes these, and only these, the team's agents. Unknown agents violate
/// `team_members_agent_id_fkey`.
pub async fn replace_members(conn: &mut Conn, team: TeamId, agents: &[i32]) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from team_members where team_id = $1 and not agent_id = any($2)",
        team.get(),
        agents
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into team_members (team_id, agent_id) select $1, unnest($2::int[]) on conflict do nothing",
        team.get(),
        agents,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes these, and only these, the agent's teams. Unknown teams violate
/// `team_members_team_id_fkey`.
pub async fn replace_teams(conn: &mut Conn, agent: AgentId, teams: &[i32]) -> Result<(), StoreError> {
    sqlx::query!(
        "delete from team_members where agent_id = $1 and not team_id = any($2)",
        agent.get(),
        teams
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into team_members (agent_id, team_id) select $1, unnest($2::int[]) on conflict do nothing",
        agent.get(),
        teams,
    )
    .execute(conn)
    .await?;
    Ok(())
}
