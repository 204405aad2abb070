//! Working off what was stored, one request of a conversation after the other.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::watch;

use super::{control, event, shortcut};
use crate::{
    app::App,
    service::worker::{self, Work},
    slack::protocol::{
        command::Command,
        event::Envelope,
        interaction::{Act, Interaction},
    },
    store::{
        self, StoreError,
        slack_chat_app::{self, StoredChatApp},
        slack_inbox::{self, ClaimedRequest, RequestKind},
    },
};

/// Times that a request is begun, and for how long at least; one that never comes to an end has taken
/// its processes with it. Processes also die of other things, and many times in a few minutes: the
/// requests that they had in hand then are not to blame.
const ATTEMPTS_MAX: i32 = 20;
const TRIED_FOR: TimeDelta = TimeDelta::days(1);
/// How long requests that are done are remembered. Slack repeats delayed events for a day.
const REMEMBERED_DAYS: i64 = 3;

struct Inbox;

/// A request that is being worked off, and the app that it is for.
pub(super) struct Job<'a> {
    pub request: &'a ClaimedRequest,
    pub chat_app: StoredChatApp,
}

impl Work for Inbox {
    type Job = ClaimedRequest;

    const NAME: &'static str = "requests of Slack";

    fn news(app: &App) -> watch::Receiver<u64> {
        app.news.slack()
    }

    /// A quarter of the database's connections at most: whoever takes requests in needs some, too, and
    /// Slack waits for them.
    fn limit(app: &App) -> usize {
        let connections = usize::try_from(app.config.limits.database_connections).unwrap_or(usize::MAX);
        app.config.slack.calls.min(connections / 4).max(1)
    }

    async fn claim(
        app: &App,
        limit: i64,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<ClaimedRequest>, StoreError> {
        let mut conn = store::acquire(&app.pool).await?;
        slack_inbox::claim(&mut conn, limit, app.clock.now(), lease_until).await
    }

    async fn renew(app: &App, job: &ClaimedRequest, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
        slack_inbox::postpone(&mut *store::acquire(&app.pool).await?, job.id, lease_until).await
    }

    async fn carry_out(app: &App, job: &ClaimedRequest) -> Result<(), StoreError> {
        if job.attempts > ATTEMPTS_MAX && app.clock.now() - job.received_at > TRIED_FOR {
            tracing::error!(slack.request = job.id, attempts = job.attempts, "gave a request of Slack up");
            return finish(app, job).await;
        }
        let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
        let chat_app = find_app(app, job).await?;
        match (job.kind, chat_app) {
            (Some(RequestKind::Event), chat_app) => {
                event::take(app, job, chat_app, Envelope::read(&payload)).await
            }
            (Some(RequestKind::Command), Some(chat_app)) => match Command::read(&payload) {
                Some(command) => shortcut::command(app, &Job { request: job, chat_app }, &command).await,
                None => finish(app, job).await,
            },
            (Some(RequestKind::Interaction), chat_app) => interact(app, job, chat_app, &payload).await,
            (Some(RequestKind::Command) | None, _) => finish(app, job).await,
        }
    }
}

async fn interact(
    app: &App,
    job: &ClaimedRequest,
    chat_app: Option<StoredChatApp>,
    payload: &Value,
) -> Result<(), StoreError> {
    let Some(interaction) = Interaction::read(payload) else { return finish(app, job).await };
    match (&interaction.act, chat_app) {
        (Act::MessageShortcut { message, .. }, chat_app) => {
            super::ticket::by_shortcut(app, job, chat_app.as_ref(), &interaction, message).await
        }
        (Act::Used { controls, state }, Some(chat_app)) => {
            let job = Job { request: job, chat_app };
            control::used(app, &job, &interaction, controls, state).await
        }
        (Act::Submitted { private_metadata, inputs }, Some(chat_app)) => {
            let job = Job { request: job, chat_app };
            control::submitted(app, &job, &interaction, private_metadata, inputs).await
        }
        (Act::Shortcut { callback_id }, Some(chat_app)) => {
            let job = Job { request: job, chat_app };
            shortcut::shortcut(app, &job, &interaction, callback_id).await
        }
        _ => finish(app, job).await,
    }
}

/// The app that signed the request; none: the server's own, or one that is gone by now, whose late
/// requests open no chats.
async fn find_app(app: &App, job: &ClaimedRequest) -> Result<Option<StoredChatApp>, StoreError> {
    match job.chat_app {
        Some(id) => {
            let found = slack_chat_app::find(&mut *store::acquire(&app.pool).await?, id).await?;
            Ok(found.filter(|stored| stored.bot_token.is_some() || stored.token_fault.is_none()))
        }
        None => Ok(None),
    }
}

/// Notes that there is nothing more to be done about a request.
pub(super) async fn finish(app: &App, job: &ClaimedRequest) -> Result<(), StoreError> {
    slack_inbox::finish(&mut *store::acquire(&app.pool).await?, job.id).await.map(drop)
}

/// Works requests off until the server stops.
pub async fn run(app: App) {
    worker::run::<Inbox>(app).await;
}

/// Works off every request that is there.
pub async fn drain(app: &App) -> Result<usize, StoreError> {
    worker::drain::<Inbox>(app).await
}

/// Forgets requests that were done long ago.
pub async fn forget_done(app: &App) -> Result<u64, StoreError> {
    let before = app.clock.now() - TimeDelta::days(REMEMBERED_DAYS);
    slack_inbox::delete_done(&mut *store::acquire(&app.pool).await?, before).await
}
