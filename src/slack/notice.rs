//! Telling channels of chats: through their incoming webhook, or else with the workspace's token.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::watch;

use super::{details, protocol::mrkdwn};
use crate::{
    app::App,
    outbound::slack::{Arguments, Fault, SlackError},
    service::worker::{self, Work},
    store::{
        self, StoreError, slack_details,
        slack_notice::{self, ClaimedNotice, News},
    },
};

/// Times that a notice is tried; news that is this late is none any more.
const ATTEMPTS_MAX: i32 = 12;
/// Times that it is sent when Slack's answers are lost.
const SENDS_MAX: i32 = 2;
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);

struct Notices;

impl Work for Notices {
    type Job = ClaimedNotice;

    const NAME: &'static str = "notices for Slack";

    fn news(app: &App) -> watch::Receiver<u64> {
        app.news.slack()
    }

    fn limit(app: &App) -> usize {
        app.config.slack.calls
    }

    async fn claim(
        app: &App,
        limit: i64,
        lease_until: DateTime<Utc>,
    ) -> Result<Vec<ClaimedNotice>, StoreError> {
        let mut conn = store::acquire(&app.pool).await?;
        slack_notice::claim(&mut conn, limit, app.clock.now(), lease_until).await
    }

    async fn renew(app: &App, job: &ClaimedNotice, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
        slack_notice::postpone(&mut *store::acquire(&app.pool).await?, job.id, lease_until).await
    }

    async fn carry_out(app: &App, job: &ClaimedNotice) -> Result<(), StoreError> {
        if job.sends >= SENDS_MAX {
            tracing::warn!(
                slack.details = job.details,
                "Slack's answers to a notice were lost; it counts as told"
            );
        }
        // Whoever sent it before may have died with the answer.
        let outcome = match text(job).filter(|_| job.sends < SENDS_MAX) {
            Some(text) => {
                slack_notice::begin(&mut *store::acquire(&app.pool).await?, job.id).await?;
                send(app, job, &text).await?
            }
            None => Ok(()),
        };
        let pause = match &outcome {
            Err(SlackError::RateLimited(pause)) => TimeDelta::from_std(*pause).ok(),
            Err(SlackError::Unreachable(_) | SlackError::AnswerLost) => Some(pause_after(job.attempts)),
            Err(error) if error.fault() == Some(Fault::Passing) => Some(pause_after(job.attempts)),
            Ok(()) | Err(_) => None,
        };
        let until = pause.filter(|_| job.attempts < ATTEMPTS_MAX).map(|pause| app.clock.now() + pause);
        let mut conn = store::acquire(&app.pool).await?;
        match (until, &outcome) {
            (Some(until), Err(SlackError::AnswerLost)) => {
                slack_notice::postpone(&mut conn, job.id, until).await
            }
            (Some(until), _) => slack_notice::take_back(&mut conn, job.id, until).await,
            (None, _) => {
                if let Err(error) = outcome {
                    tracing::warn!(slack.details = job.details, %error, "a channel was not told of a chat");
                }
                slack_notice::delete(&mut conn, job.id).await
            }
        }
    }
}

/// 2 s, 4 s, 8 s … up to five minutes.
fn pause_after(attempts: i32) -> TimeDelta {
    let exponent = u32::try_from(attempts.clamp(1, 9)).unwrap_or(1);
    TimeDelta::seconds(1_i64 << exponent).min(PAUSE_MAX)
}

/// What a channel reads; none: nothing that this version knows of.
fn text(notice: &ClaimedNotice) -> Option<String> {
    let chat = notice.chat;
    let name = mrkdwn::escape(&notice.chat_name);
    let team = notice.team_name.as_deref().map(|team| format!(" ({})", mrkdwn::escape(team)));
    let team = team.unwrap_or_default();
    Some(match notice.news? {
        News::Queued => format!("*{name}* is waiting for somebody to talk to: chat {chat}{team}."),
        News::Abandoned => format!("*{name}* left chat {chat}{team} before it was over."),
        News::TicketLogged { ticket } => {
            format!("Ticket {ticket} was logged for *{name}* in chat {chat}{team}.")
        }
    })
}

async fn send(app: &App, notice: &ClaimedNotice, text: &str) -> Result<Result<(), SlackError>, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let found = slack_details::find(&mut conn, notice.details).await?;
    drop(conn);
    // Somebody may have removed it a moment ago.
    let Some(stored) = found else { return Ok(Ok(())) };
    let slack = app.outbound.slack();
    if let Some(url) = details::webhook_url(app, &stored) {
        return Ok(slack.post_to_hook(url.expose_secret(), &json!({ "text": text })).await);
    }
    let (Some(token), Some(channel)) = (details::access_token(app, &stored), &stored.channel_id) else {
        return Ok(Ok(()));
    };
    let arguments = json!({ "channel": channel, "text": text, "unfurl_links": false });
    Ok(slack.call("chat.postMessage", Some(&token), Arguments::Json(arguments)).await.map(drop))
}

/// Tells until the server stops.
pub async fn run(app: App) {
    worker::run::<Notices>(app).await;
}

/// Tells everything that there is to tell now.
pub async fn drain(app: &App) -> Result<usize, StoreError> {
    worker::drain::<Notices>(app).await
}
