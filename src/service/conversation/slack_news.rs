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

/// Whether there is anything for Slack in a change.
pub(super) fn is_any(conversation: &Conversation) -> bool {
    is_for_visitor(conversation) || for_channels(conversation).next().is_some()
}

/// No round trip, unless the visitor is in Slack or something has happened that channels hear of.
pub(super) async fn tell(
    conn: &mut Conn,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let chat = &conversation.chat;
    if is_for_visitor(conversation) {
        slack_conversation::wake(conn, chat.id, now).await?;
    }
    let mut teams: Vec<i32> = chat.offered_to.iter().chain(&chat.team).copied().map(TeamId::get).collect();
    teams.dedup();
    for one in for_channels(conversation) {
        slack_notice::insert(conn, chat.id, &teams, one, now).await?;
    }
    Ok(())
}

fn is_for_visitor(conversation: &Conversation) -> bool {
    conversation.chat.slack.is_some() && !conversation.new_entries.is_empty()
}

fn for_channels(conversation: &Conversation) -> impl Iterator<Item = News> {
    let entries = conversation.new_entries.iter().filter(|_| !conversation.chat.is_agent_chat);
    entries.filter_map(|entry| match &entry.happening {
        Happening::Queued { .. } => Some(News::Queued),
        Happening::Abandoned => Some(News::Abandoned),
        Happening::TicketLogged { ticket } => Some(News::TicketLogged { ticket: *ticket }),
        _ => None,
    })
}
