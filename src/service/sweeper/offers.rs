//! Queued chats of teams whose agents do not choose: each is offered to one agent after the other.

use std::collections::BTreeSet;

use crate::{
    app::App,
    domain::{
        chat::Stage,
        ids::{AgentId, ChatId, TeamId},
    },
    service::{
        conversation::{self, Conversation},
        news, presence,
    },
    store::{
        self, Conn, StoreError,
        queue::{Routing, Wanted},
    },
};

/// Chats of one team that a round offers; more wait for the next.
const CHATS_PER_ROUND_MAX: i64 = 100;

/// Offers chats in the order in which they were queued, until nobody of their team has room.
pub(super) async fn offer_chats(app: &App) -> Result<(), StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let queues = store::queue::list_unoffered(&mut conn, app.clock.now(), CHATS_PER_ROUND_MAX).await?;
    drop(conn);
    for queue in queues {
        // A profile may have chosen agents of whom none is there; the others' chats do not wait for it.
        let mut hopeless = BTreeSet::new();
        for (chat, profile) in queue.chats {
            if hopeless.contains(&profile) {
                continue;
            }
            match offer(app, chat, queue.routing).await {
                Ok(true) => {}
                Ok(false) => drop(hopeless.insert(profile)),
                // One that cannot be read must not keep the others waiting.
                Err(error) => {
                    tracing::error!(chat.id = %chat, error = &error as &dyn std::error::Error,
                        "could not offer a chat");
                }
            }
        }
    }
    Ok(())
}

/// False when there is nobody whom the chat could be offered to.
async fn offer(app: &App, chat: ChatId, routing: Routing) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    let Some(conversation) = conversations.first_mut() else { return Ok(true) };
    let is_offered = conversation.chat.offer.is_some_and(|offer| offer.until > now);
    if conversation.chat.stage != Stage::Queued || conversation.chat.is_closed() || is_offered {
        // Somebody was faster.
        return Ok(true);
    }
    conversation.pass_on();
    let teams = teams_of(conversation);
    let Some(agent) = next_agent(app, &mut tx, conversation, &teams, routing).await? else {
        return Ok(false);
    };
    conversation.offer(agent, now + app.config.limits.offer, now);
    store::queue::update_turn(&mut tx, agent, &teams, now).await?;
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await?;
    Ok(true)
}

/// Whoever is next; once everybody has let the chat pass, everybody is asked again.
async fn next_agent(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    teams: &[TeamId],
    routing: Routing,
) -> Result<Option<AgentId>, StoreError> {
    let now = app.clock.now();
    let profile = conversation.chat.profile.as_ref().map(|profile| profile.id.clone());
    let wanted =
        Wanted { teams, routing, profile: profile.as_ref(), seen_since: presence::online_since(now), now };
    let passed_by = &conversation.chat.passed_by;
    let next = store::queue::find_next_agent(conn, &wanted, passed_by).await?;
    if next.is_some() || passed_by.is_empty() {
        return Ok(next);
    }
    conversation.chat.passed_by.clear();
    store::queue::find_next_agent(conn, &wanted, &[]).await
}

fn teams_of(conversation: &Conversation) -> Vec<TeamId> {
    match &conversation.chat.offered_to[..] {
        [] => conversation.chat.team.into_iter().collect(),
        teams => teams.to_vec(),
    }
}
