//! What Slack channels are to be told of chats.

use chrono::{DateTime, Utc};

use super::{Conn, StoreError};
use crate::domain::ids::ChatId;

/// What a channel is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A chat waits for people.
    Queued,
    /// The visitor went away.
    Abandoned,
    TicketLogged {
        ticket: i32,
    },
}

/// A notice that this process has claimed.
#[derive(Clone, Debug)]
pub struct ClaimedNotice {
    pub id: i64,
    /// The `SlackDetails` whose channel it is for.
    pub details: i32,
    pub chat: ChatId,
    pub chat_name: String,
    pub team_name: Option<String>,
    /// None: of another version, and not known here.
    pub news: Option<News>,
    /// Times that it was claimed, this one included.
    pub attempts: i32,
    /// Times that it was sent and not answered: it may be there or not.
    pub sends: i32,
}

impl News {
    const fn kind(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Abandoned => "abandoned",
            Self::TicketLogged { .. } => "ticket",
        }
    }

    fn from_row(kind: &str, ticket: Option<i32>) -> Option<Self> {
        match kind {
            "queued" => Some(Self::Queued),
            "abandoned" => Some(Self::Abandoned),
            "ticket" => ticket.map(|ticket| Self::TicketLogged { ticket }),
            _ => None,
        }
    }
}

/// Has every channel told that is to hear of this chat: the shared ones, and those of agents whose
/// teams it is for.
pub async fn insert(
    conn: &mut Conn,
    chat: ChatId,
    teams: &[i32],
    news: News,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ticket = match news {
        News::TicketLogged { ticket } => Some(ticket),
        News::Queued | News::Abandoned => None,
    };
    sqlx::query!(
        r#"
        insert into slack_notices (details_id, kind, chat_id, ticket_id, created_at, due_at, attempts, sends)
        select d.id, $2, $1, $3, $5, $5, 0, 0
        from slack_details d
        where d.is_active and d.deleted_at is null and (
            d.agent_id is null or cardinality($4::int[]) = 0
            or exists (select from team_members m where m.agent_id = d.agent_id and m.team_id = any($4))
        )
        "#,
        chat.get(),
        news.kind(),
        ticket,
        teams,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims notices that are due, the first of each channel: nobody else may until `lease_until`.
pub async fn claim(
    conn: &mut Conn,
    limit: i64,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Vec<ClaimedNotice>, StoreError> {
    let rows = sqlx::query!(
        r#"
        update slack_notices n
        set due_at = $2, attempts = n.attempts + 1
        from (
            select notice_id
            from slack_notices waiting
            where due_at <= $1 and not exists (
                select from slack_notices earlier
                where earlier.details_id = waiting.details_id and earlier.notice_id < waiting.notice_id
            )
            order by due_at, notice_id
            limit $3
            for update skip locked
        ) due, chats c
        where n.notice_id = due.notice_id and n.due_at <= $1 and c.chat_id = n.chat_id
        returning n.notice_id, n.details_id, n.kind, n.ticket_id, n.attempts, n.sends, c.chat_id, c.name,
            (select t.name from teams t where t.id = c.team_id) as team_name
        "#,
        now,
        lease_until,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let claimed = rows.into_iter().map(|row| ClaimedNotice {
        id: row.notice_id,
        details: row.details_id,
        chat: ChatId::new(row.chat_id),
        chat_name: row.name,
        team_name: row.team_name,
        news: News::from_row(&row.kind, row.ticket_id),
        attempts: row.attempts,
        sends: row.sends,
    });
    Ok(claimed.collect())
}

/// Says when a claimed notice may be claimed again.
pub async fn postpone(conn: &mut Conn, id: i64, until: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update slack_notices set due_at = $2 where notice_id = $1", id, until)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a notice is about to be sent.
pub async fn begin(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    sqlx::query!("update slack_notices set sends = sends + 1 where notice_id = $1", id).execute(conn).await?;
    Ok(())
}

/// Notes that it was not sent after all, and when it may be claimed again.
pub async fn take_back(conn: &mut Conn, id: i64, until: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!("update slack_notices set sends = sends - 1, due_at = $2 where notice_id = $1", id, until,)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn delete(conn: &mut Conn, id: i64) -> Result<(), StoreError> {
    sqlx::query!("delete from slack_notices where notice_id = $1", id).execute(conn).await?;
    Ok(())
}
