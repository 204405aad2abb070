//! Who waits, for how long, and who could take the chat.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::ids::{AgentId, ChatId, ProfileId, TeamId};

/// How a team's chats find their agents (`routing`); our numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// 1: whoever was offered one the longest ago.
    RoundRobin,
    /// 2: whoever has the fewest open ones.
    FewestChats,
}

/// Chats that wait for a team which has them offered, in the order in which they were queued.
pub struct TeamQueue {
    pub team: TeamId,
    pub routing: Routing,
    /// Each with its profile.
    pub chats: Vec<(ChatId, Option<ProfileId>)>,
}

/// Queues of the teams whose chats are offered, without those that somebody has an offer of now.
pub async fn list_unoffered(
    conn: &mut Conn,
    now: DateTime<Utc>,
    chats_per_team: i64,
) -> Result<Vec<TeamQueue>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select t.id, t.routing, w.chats as "chats!", w.profiles as "profiles!: Vec<Option<String>>"
        from teams t,
            lateral (
                select
                    array_agg(one.chat_id order by one.queued_at, one.chat_id) as chats,
                    array_agg(one.profile_id order by one.queued_at, one.chat_id) as profiles
                from (
                    select c.chat_id, c.profile_id, c.queued_at
                    from chats c
                    where c.team_id = t.id and c.is_live and not c.is_assigned and not c.is_closed
                        and (c.offer_until is null or c.offer_until <= $1)
                    order by c.queued_at, c.chat_id
                    limit $2
                ) one
            ) w
        where t.routing in (1, 2) and t.allows_live_chat and t.deleted_at is null and w.chats is not null
        order by t.id
        "#,
        now,
        chats_per_team,
    )
    .fetch_all(conn)
    .await?;
    let queues = rows.into_iter().map(|row| TeamQueue {
        team: TeamId::new(row.id),
        routing: if row.routing == 1 { Routing::RoundRobin } else { Routing::FewestChats },
        chats: row
            .chats
            .into_iter()
            .map(ChatId::new)
            .zip(row.profiles.into_iter().map(|profile| profile.map(ProfileId::new)))
            .collect(),
    });
    Ok(queues.collect())
}

/// Who could be offered a chat.
pub struct Wanted<'a> {
    pub teams: &'a [TeamId],
    pub routing: Routing,
    /// The chat's, which may have chosen its agents.
    pub profile: Option<&'a ProfileId>,
    pub seen_since: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// The agent whose turn it is among those who are there, available, and have room for one more,
/// offers included; nobody of `passed_by`.
pub async fn find_next_agent(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    passed_by: &[AgentId],
) -> Result<Option<AgentId>, StoreError> {
    let teams: Vec<i32> = wanted.teams.iter().map(|team| team.get()).collect();
    let passed_by: Vec<i32> = passed_by.iter().map(|agent| agent.get()).collect();
    let agent = sqlx::query_scalar!(
        r#"
        select a.id
        from team_members m
        join agents a on a.id = m.agent_id and a.is_active and a.deleted_at is null
        join agent_presence p on p.agent_id = a.id and p.status = 1 and p.seen_at >= $4,
            lateral (
                select
                    (select count(*) from chats c
                     where c.agent_id = a.id and not c.is_closed and not c.is_agent_chat) as has,
                    (select count(*) from chats c
                     where c.offered_agent_id = a.id and c.offer_until > $5) as offered
            ) n
        where m.team_id = any($1) and not a.id = any($3) and n.has + n.offered < a.max_chats
            and not exists (select from chat_profiles b where b.profile_id = $6 and is_barred(a, b))
        group by a.id, n.has, n.offered
        order by
            case when $2 then n.has + n.offered end,
            max(m.offered_at) nulls first,
            a.id
        limit 1
        "#,
        &teams,
        wanted.routing == Routing::FewestChats,
        &passed_by,
        wanted.seen_since,
        wanted.now,
        wanted.profile.map(ProfileId::as_str),
    )
    .fetch_optional(conn)
    .await?;
    Ok(agent.map(AgentId::new))
}

/// Notes that an agent has had its turn in these teams.
pub async fn update_turn(
    conn: &mut Conn,
    agent: AgentId,
    teams: &[TeamId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let teams: Vec<i32> = teams.iter().map(|team| team.get()).collect();
    sqlx::query!(
        "update team_members set offered_at = $3 where agent_id = $1 and team_id = any($2)",
        agent.get(),
        &teams,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Minutes that those waited on average whom agents of a team joined since a moment, for several
/// at once, in their order; none: nobody was joined.
pub async fn mean_waits(
    conn: &mut Conn,
    wanted: &[(TeamId, DateTime<Utc>)],
) -> Result<Vec<Option<f64>>, StoreError> {
    let (teams, since): (Vec<i32>, Vec<DateTime<Utc>>) =
        wanted.iter().map(|(team, since)| (team.get(), *since)).unzip();
    let minutes = sqlx::query_scalar!(
        r#"
        select (
            select avg(extract(epoch from c.agent_joined_at - c.queued_at))::float8 / 60
            from chats c
            where c.team_id = wanted.team_id and c.agent_joined_at >= wanted.since
                and c.queued_at <= c.agent_joined_at
        ) as minutes
        from unnest($1::int[], $2::timestamptz[]) with ordinality wanted (team_id, since, place)
        order by wanted.place
        "#,
        &teams,
        &since,
    )
    .fetch_all(conn)
    .await?;
    Ok(minutes)
}

/// How many wait for the team before this chat, itself included.
pub async fn position(conn: &mut Conn, chat: ChatId) -> Result<i32, StoreError> {
    let position = sqlx::query_scalar!(
        r#"
        select (
            case when c.team_id is null then (
                select count(*)::int
                from chats q
                where q.team_id is null and q.is_live and not q.is_assigned and not q.is_closed
                    and (q.queued_at, q.chat_id) <= (c.queued_at, c.chat_id)
            ) else (
                select count(*)::int
                from chats q
                where q.team_id = c.team_id and q.is_live and not q.is_assigned and not q.is_closed
                    and (q.queued_at, q.chat_id) <= (c.queued_at, c.chat_id)
            ) end
        ) as "position!"
        from chats c
        where c.chat_id = $1
        "#,
        chat.get(),
    )
    .fetch_one(conn)
    .await?;
    Ok(position)
}

/// An agent's cap, and the open chats that it has. Holds the agent's row, so that two transactions
/// cannot both find the last place free; chats are read after it is held, in a statement of their
/// own: one that waits for a lock reads other tables as they were before the wait.
pub async fn lock_room(conn: &mut Conn, agent: AgentId) -> Result<Option<(usize, Vec<ChatId>)>, StoreError> {
    let cap = sqlx::query_scalar!(
        "select max_chats from agents where id = $1 and deleted_at is null for no key update",
        agent.get(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(cap) = cap else { return Ok(None) };
    let chats = sqlx::query_scalar!(
        "select chat_id from chats where agent_id = $1 and not is_closed and not is_agent_chat",
        agent.get(),
    )
    .fetch_all(conn)
    .await?;
    Ok(Some((usize::try_from(cap).unwrap_or(0), chats.into_iter().map(ChatId::new).collect())))
}
