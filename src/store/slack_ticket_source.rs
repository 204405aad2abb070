//! Slack channels whose commands and messages become tickets, as `SlackDetails` say.

use super::{Conn, StoreError};

/// What a workspace's `SlackDetails` say of tickets.
#[derive(Clone, Debug)]
pub struct TicketSource {
    pub channel_id: Option<String>,
    pub allows_tickets: bool,
    pub ticket_type: Option<i32>,
    pub ticket_user: Option<i32>,
    pub command_ticket_type: Option<i32>,
    pub command_user: Option<i32>,
    /// Sealed.
    pub access_token: Option<Vec<u8>>,
    pub details: i32,
}

/// The sources of a workspace that are switched on, those of this channel first.
pub async fn list(
    conn: &mut Conn,
    team_id: &str,
    channel_id: Option<&str>,
    app_id: Option<&str>,
) -> Result<Vec<TicketSource>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select id, channel_id, access_token,
            coalesce((document ->> 'allow_ticket_create')::boolean, false) as "allows_tickets!",
            nullif((document ->> 'ticket_type')::int, 0) as ticket_type,
            nullif((document ->> 'ticket_user')::int, 0) as ticket_user,
            nullif((document ->> 'command_ticket_type')::int, 0) as command_ticket_type,
            nullif((document ->> 'command_user')::int, 0) as command_user
        from slack_details
        where team_id = $1 and is_active and deleted_at is null
            and (app_id is null or $3::text is null or app_id = $3)
        order by channel_id is not distinct from $2 desc, id
        "#,
        team_id,
        channel_id,
        app_id,
    )
    .fetch_all(conn)
    .await?;
    let source = rows.into_iter().map(|row| TicketSource {
        details: row.id,
        channel_id: row.channel_id,
        access_token: row.access_token,
        allows_tickets: row.allows_tickets,
        ticket_type: row.ticket_type,
        ticket_user: row.ticket_user,
        command_ticket_type: row.command_ticket_type,
        command_user: row.command_user,
    });
    Ok(source.collect())
}
