//! Links that are taken because time has passed without an answer.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::ids::ChatId,
    flow::Event,
    service::{
        conversation::{self, Conversation},
        flow, profile,
    },
    store::{self, Conn, StoreError},
};

/// How late a link may be taken, at the most, while the server is not busy.
const INTERVAL: Duration = Duration::from_secs(1);
/// Chats that one round moves; more wait for the next.
const CHATS_PER_ROUND_MAX: i64 = 100;

/// Watches the limits until the server stops. Several processes may: whoever locks a chat first
/// moves it, and the others find that its time has not come.
pub async fn run(app: App) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = enforce(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look for time limits");
        }
    }
}

/// Moves the chats whose time is over; how many that was.
pub async fn enforce(app: &App) -> Result<usize, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let overdue = store::chat::list_overdue(&mut conn, app.clock.now(), CHATS_PER_ROUND_MAX).await?;
    drop(conn);
    let mut moved = 0;
    for chat in overdue {
        match move_on(app, chat).await {
            Ok(()) => moved += 1,
            // The others' time is over as well.
            Err(error) => {
                tracing::error!(chat.id = %chat, error = &error as &dyn std::error::Error,
                    "could not move a chat whose time limit is over");
            }
        }
    }
    Ok(moved)
}

async fn move_on(app: &App, chat: ChatId) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &BTreeSet::from([chat])).await?;
    for conversation in &mut conversations {
        if conversation.flow_due_at.is_some_and(|due| due <= now) {
            time_out(app, &mut tx, conversation, now).await?;
        }
    }
    conversation::save(&mut tx, &mut conversations, now).await?;
    store::commit(tx).await
}

async fn time_out(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // Whatever comes of it, this limit has had its effect.
    conversation.flow_due_at = None;
    let Some(profile) = profile::of_chat(app, conn, &conversation.chat).await? else {
        return Ok(());
    };
    let limit = conversation.position.waits_at().and_then(|step| profile.flow.time_limit(step));
    let Some((_, link)) = limit.filter(|_| !conversation.chat.is_closed()) else { return Ok(()) };
    let walk = flow::decide(app, conn, conversation, &profile, &Event::TimedOut { link }, now).await?;
    walk.carry_out(conversation, &profile, now);
    Ok(())
}
