//! Sign-ins and the tokens that prove them. Only hashes of tokens are ever here.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Conn, StoreError};
use crate::domain::ids::{AgentId, ChatId, ParticipantNumber, ProfileId, TeamId, UserId};

/// The SHA-256 of a token.
pub type TokenHash = [u8; 32];

/// Who signed in, and what for.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: Uuid,
    pub client_id: Option<String>,
    pub agent: Option<AgentId>,
    pub visitor: Option<(ChatId, ParticipantNumber)>,
    pub scopes: Vec<String>,
    /// The latest generation of refresh token that has been used.
    pub refresh_generation: i32,
    pub expires_at: DateTime<Utc>,
}

/// What a token proves: a session with the names that go with it.
#[derive(Clone, Debug)]
pub struct Proof {
    pub client_id: Option<String>,
    pub client_name: Option<String>,
    pub agent: Option<ProvenAgent>,
    pub visitor: Option<(ChatId, ParticipantNumber)>,
    /// The user that the visitor is signed in as.
    pub user: Option<UserId>,
    /// The profile of the visitor's chat.
    pub profile: Option<ProfileId>,
    pub scopes: Vec<String>,
    /// Whether the agent signed in itself; otherwise the client acts as it.
    pub is_agent_session: bool,
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub struct ProvenAgent {
    pub id: AgentId,
    pub name: String,
    pub is_admin: bool,
    pub teams: Vec<TeamId>,
    /// Profiles that have chosen other agents.
    pub barred: Vec<ProfileId>,
}

struct ProofRow {
    client_id: Option<String>,
    client_name: Option<String>,
    session_agent: Option<i32>,
    agent_id: Option<i32>,
    agent_name: Option<String>,
    is_admin: Option<bool>,
    teams: Vec<i32>,
    barred: Vec<String>,
    chat_id: Option<i32>,
    participant_id: Option<i32>,
    user_id: Option<i32>,
    profile_id: Option<String>,
    scopes: Vec<String>,
    expires_at: Option<DateTime<Utc>>,
}

impl From<ProofRow> for Proof {
    fn from(row: ProofRow) -> Self {
        Self {
            client_id: row.client_id,
            client_name: row.client_name,
            agent: row.agent_id.map(|id| ProvenAgent {
                id: AgentId::new(id),
                name: row.agent_name.unwrap_or_default(),
                is_admin: row.is_admin.unwrap_or(false),
                teams: row.teams.into_iter().map(TeamId::new).collect(),
                barred: row.barred.into_iter().map(ProfileId::new).collect(),
            }),
            visitor: row
                .chat_id
                .zip(row.participant_id)
                .map(|(chat, participant)| (ChatId::new(chat), ParticipantNumber::new(participant))),
            user: row.user_id.map(UserId::new),
            profile: row.profile_id.map(ProfileId::new),
            scopes: row.scopes,
            is_agent_session: row.session_agent.is_some(),
            expires_at: row.expires_at,
        }
    }
}

/// What a live access token proves; nothing when it is unknown, expired or its owner was revoked.
pub async fn find_proof(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<Proof>, StoreError> {
    let row = sqlx::query_as!(
        ProofRow,
        r#"
        select s.client_id, c.name as "client_name?", s.agent_id as session_agent,
            a.id as "agent_id?", a.name as "agent_name?", a.is_admin as "is_admin?",
            array(select m.team_id from team_members m where m.agent_id = a.id) as "teams!",
            array(
                select p.profile_id
                from chat_profiles p
                where a.id is not null and is_barred(a, p) and (p.allowed_agent_ids <> '{}'
                    or p.allowed_role_ids <> '{}' or p.allowed_team_ids <> '{}')
            ) as "barred!",
            s.chat_id, s.participant_id, u.id as "user_id?", h.profile_id as "profile_id?", s.scopes,
            t.expires_at as "expires_at?"
        from tokens t
        join sessions s on s.session_id = t.session_id
        left join api_clients c on c.client_id = s.client_id
        left join agents a on a.id = coalesce(s.agent_id, c.agent_id)
        left join chats h on h.chat_id = s.chat_id
        left join chat_participants p
            on p.chat_id = s.chat_id and p.participant_id = s.participant_id and p.is_signed_in
        left join users u
            on u.id = p.user_id and u.deleted_at is null
                and coalesce(u.document ->> 'inactive', 'false') <> 'true'
        where t.token_hash = $1 and t.refresh_generation is null and t.expires_at > $2
            and c.revoked_at is null
            and (a.id is null or (a.is_active and a.deleted_at is null))
        "#,
        &token[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Proof::from))
}

/// What an API key proves.
pub async fn find_proof_by_api_key(conn: &mut Conn, key: &TokenHash) -> Result<Option<Proof>, StoreError> {
    let row = sqlx::query_as!(
        ProofRow,
        r#"
        select c.client_id as "client_id?", c.name as "client_name?", null::int as session_agent,
            a.id as "agent_id?", a.name as "agent_name?", a.is_admin as "is_admin?",
            array(select m.team_id from team_members m where m.agent_id = a.id) as "teams!",
            array(
                select p.profile_id
                from chat_profiles p
                where a.id is not null and is_barred(a, p) and (p.allowed_agent_ids <> '{}'
                    or p.allowed_role_ids <> '{}' or p.allowed_team_ids <> '{}')
            ) as "barred!",
            null::int as chat_id, null::int as participant_id, null::int as user_id,
            null::text as profile_id, c.scopes,
            null::timestamptz as expires_at
        from api_clients c
        left join agents a on a.id = c.agent_id
        where c.api_key_hash = $1 and c.revoked_at is null
            and (a.id is null or (a.is_active and a.deleted_at is null))
        "#,
        &key[..],
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Proof::from))
}

pub async fn insert(conn: &mut Conn, session: &Session, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into sessions (session_id, client_id, agent_id, chat_id, participant_id, scopes,
            refresh_generation, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        session.id,
        session.client_id,
        session.agent.map(AgentId::get),
        session.visitor.map(|(chat, _)| chat.get()),
        session.visitor.map(|(_, participant)| participant.get()),
        &session.scopes,
        session.refresh_generation,
        now,
        session.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a token; an access token when it has no generation.
pub async fn insert_token(
    conn: &mut Conn,
    session: Uuid,
    token: &TokenHash,
    refresh_generation: Option<i32>,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into tokens (token_hash, session_id, refresh_generation, expires_at) values ($1, $2, $3, $4)",
        &token[..],
        session,
        refresh_generation,
        expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds the session of a live refresh token and holds it, so that two uses of the token take turns.
/// Answers the generation of the token as well.
pub async fn lock_by_refresh_token(
    conn: &mut Conn,
    token: &TokenHash,
    now: DateTime<Utc>,
) -> Result<Option<(Session, i32)>, StoreError> {
    let row = sqlx::query!(
        r#"
        select s.session_id, s.client_id, s.agent_id, s.chat_id, s.participant_id, s.scopes,
            s.refresh_generation, s.expires_at, t.refresh_generation as "generation!"
        from tokens t
        join sessions s on s.session_id = t.session_id
        where t.token_hash = $1 and t.refresh_generation is not null and t.expires_at > $2
            and s.expires_at > $2
        for no key update of s
        "#,
        &token[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let visitor = row
            .chat_id
            .zip(row.participant_id)
            .map(|(chat, participant)| (ChatId::new(chat), ParticipantNumber::new(participant)));
        let session = Session {
            id: row.session_id,
            client_id: row.client_id,
            agent: row.agent_id.map(AgentId::new),
            visitor,
            scopes: row.scopes,
            refresh_generation: row.refresh_generation,
            expires_at: row.expires_at,
        };
        (session, row.generation)
    }))
}

/// Notes that a refresh token was used: those before it are dead, and so are unused ones after it.
pub async fn use_generation(
    conn: &mut Conn,
    session: Uuid,
    generation: i32,
    expires_at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update sessions set refresh_generation = $2, expires_at = $3 where session_id = $1",
        session,
        generation,
        expires_at,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from tokens where session_id = $1 and refresh_generation is not null and refresh_generation <> $2",
        session,
        generation,
    )
    .execute(conn)
    .await?;
    Ok(())
}
