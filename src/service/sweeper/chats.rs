//! Chats that something is due in.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    app::App,
    domain::{chat::Stage, ids::ChatId},
    flow::Event,
    service::{
        conversation::{self, Conversation, abandoned_after, minutes, next_look},
        flow, news, presence,
        profile::{self, RunningProfile},
        ticket,
    },
    store::{self, Conn, StoreError},
};

/// Chats that one round looks at; more wait for the next.
const CHATS_PER_ROUND_MAX: i64 = 500;

/// When a chat is looked at again that could not be read.
const FAILED_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

pub(super) async fn look_at_due(app: &App) -> Result<(), StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let due = store::chat::list_due(&mut conn, app.clock.now(), CHATS_PER_ROUND_MAX).await?;
    drop(conn);
    for chat in due {
        // One that cannot be read must not keep the others waiting.
        if let Err(error) = look_at(app, chat).await {
            tracing::error!(chat.id = %chat, error = &error as &dyn std::error::Error,
                "could not do what is due in a chat");
            let mut conn = store::acquire(&app.pool).await?;
            let later = app.clock.now() + FAILED_AGAIN_AFTER;
            store::chat::update_sweep(&mut conn, chat, Some(later)).await?;
        }
    }
    Ok(())
}

async fn look_at(app: &App, chat: ChatId) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    for conversation in &mut conversations {
        let profile = profile::of_chat(app, &mut tx, &conversation.chat).await?;
        let seen = presence::visitor_seen_at(&mut tx, conversation).await?;
        conversation.visitor_seen_at = Some(seen);
        if !conversation.chat.is_closed() {
            do_what_is_due(app, &mut tx, conversation, profile.as_ref(), seen, now).await?;
        }
        if !conversation.is_changed() {
            let settings = profile.as_ref().map(|profile| &profile.settings);
            let next = next_look(app, conversation, settings, seen);
            store::chat::update_sweep(&mut tx, chat, next).await?;
        }
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}

async fn do_what_is_due(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    profile: Option<&Arc<RunningProfile>>,
    visitor_seen_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settings = profile.map(|profile| &profile.settings);
    let abandoned = abandoned_after(app, conversation, settings);
    if abandoned.is_some_and(|after| visitor_seen_at + after <= now) {
        return abandon(app, conn, conversation, now).await;
    }
    let Some(profile) = profile else { return Ok(()) };
    if conversation.flow_due_at.is_some_and(|due| due <= now) {
        take_timed_link(app, conn, conversation, profile, now).await?;
    }
    tell_waiting(app, conn, conversation, profile, now).await
}

async fn take_timed_link(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    profile: &Arc<RunningProfile>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Whatever comes of it, this limit has had its effect.
    conversation.flow_due_at = None;
    let limit = conversation.position.waits_at().and_then(|step| profile.flow.time_limit(step));
    let Some((_, link)) = limit else { return Ok(()) };
    let walk = flow::decide(app, conn, conversation, profile, &Event::TimedOut { link }, now).await?;
    walk.carry_out(conversation, profile, now);
    Ok(())
}

/// Says the message whose turn it is. After a time without a sweeper it says one, not all it missed.
async fn tell_waiting(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    profile: &Arc<RunningProfile>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let waiting = &profile.settings.waiting;
    let queued = conversation.chat.queued_at.filter(|_| conversation.chat.stage == Stage::Queued);
    let (Some(queued), Ok(count)) = (queued, i32::try_from(waiting.messages.len())) else { return Ok(()) };
    let interval = minutes(waiting.interval_minutes).num_milliseconds().max(1);
    let turn = i32::try_from((now - queued).num_milliseconds() / interval).unwrap_or(i32::MAX);
    let sent = conversation.chat.wait_messages_sent;
    if count == 0 || turn <= sent || (sent >= count && !waiting.loops) {
        return Ok(());
    }
    let place = if waiting.loops { (turn - 1) % count } else { turn.min(count) - 1 };
    let Some(message) = usize::try_from(place).ok().and_then(|place| waiting.messages.get(place)) else {
        return Ok(());
    };
    let html = flow::fill(app, conn, conversation, profile, message, now).await?;
    conversation.tell_waiting(turn, html, now);
    Ok(())
}

async fn abandon(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if conversation.abandon(now).is_ok()
        && app.config.limits.abandoned_chat_closes_ticket
        && let Some(ticket) = conversation.chat.ticket_id
    {
        ticket::close(conn, ticket, now).await?;
    }
    Ok(())
}
