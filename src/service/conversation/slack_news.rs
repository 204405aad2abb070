//! What Slack is to hear of a change: the visitor who is there, and channels that follow the desk.

use chrono::{DateTime, Utc};

use super::Conversation;
use crate::{
    domain::{ids::TeamId, message::Happening},
    store::{
        Conn, StoreError, slack_conversation,
        slack_notice::{self, News},
    },
};

/// No round trip, unless the visitor is in Slack or something has happened that channels hear of.
pub(super) async fn tell(
    conn: &mut Conn,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let chat = &conversation.chat;
    if chat.slack.is_some() && !conversation.new_entries.is_empty() {
        slack_conversation::wake(conn, chat.id, now).await?;
    }
    if chat.is_agent_chat {
        return Ok(());
    }
    let news = conversation.new_entries.iter().filter_map(|entry| match &entry.happening {
        Happening::Queued { .. } => Some(News::Queued),
        Happening::Abandoned => Some(News::Abandoned),
        Happening::TicketLogged { ticket } => Some(News::TicketLogged { ticket: *ticket }),
        _ => None,
    });
    let mut teams: Vec<i32> = chat.offered_to.iter().chain(&chat.team).copied().map(TeamId::get).collect();
    teams.dedup();
    for one in news {
        slack_notice::insert(conn, chat.id, &teams, one, now).await?;
    }
    Ok(())
}
