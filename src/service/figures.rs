//! Figures of what is open or undone, read when somebody asks for them, and no more often than every few
//! seconds, however many ask.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use metrics::gauge;
use tokio::sync::Mutex;

use crate::{
    app::App,
    domain::ids::TeamId,
    store::{
        self, StoreError,
        figures::{Backlog, TeamBacklog},
    },
};

const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Whoever asks for figures while the database is away gets those of this process.
const LOOK_TIME_MAX: Duration = Duration::from_secs(2);
/// Teams with a figure of their own; chats of more are told together.
const TEAMS_MAX: usize = 100;

/// When the tables were read last, and the teams that have a figure.
#[derive(Default)]
pub struct Figures(Mutex<State>);

#[derive(Default)]
struct State {
    looked_at: Option<Instant>,
    queues: BTreeMap<Option<TeamId>, Queue>,
    /// Of teams beyond those that have a figure of their own.
    others: Queue,
}

/// How many wait, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Queue {
    chats: i64,
    oldest: Option<DateTime<Utc>>,
}

/// Brings the gauges up to date.
pub async fn refresh(app: &App) {
    of_this_process(app);
    let mut state = app.figures.0.lock().await;
    if state.looked_at.is_some_and(|at| at.elapsed() < LOOK_INTERVAL) {
        return;
    }
    let looked = tokio::time::timeout(LOOK_TIME_MAX, look(app)).await;
    state.looked_at = Some(Instant::now());
    let is_up = match looked {
        Ok(Ok((backlog, queues))) => {
            let now = app.clock.now();
            of_the_backlog(&backlog, now);
            state.take(&queues);
            state.tell(now);
            true
        }
        Ok(Err(error)) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "could not read the figures");
            false
        }
        Err(_) => false,
    };
    gauge!("aureole_database_up").set(f64::from(u8::from(is_up)));
}

async fn look(app: &App) -> Result<(Backlog, Vec<TeamBacklog>), StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let backlog = store::figures::backlog(&mut conn).await?;
    Ok((backlog, store::figures::list_queues(&mut conn).await?))
}

fn of_this_process(app: &App) {
    let connections = store::figures::connections(&app.pool);
    let busy = usize::try_from(connections.open).unwrap_or(usize::MAX).saturating_sub(connections.idle);
    gauge!("aureole_database_connections", "state" => "idle").set(whole(connections.idle));
    gauge!("aureole_database_connections", "state" => "busy").set(whole(busy));
    gauge!("aureole_database_connections_max").set(f64::from(app.config.limits.database_connections));
    gauge!("aureole_posts_waiting").set(whole(app.posts.waiting()));
    gauge!("aureole_news_hearing").set(f64::from(u8::from(app.news.trust().is_some())));
}

fn of_the_backlog(backlog: &Backlog, now: DateTime<Utc>) {
    gauge!("aureole_chats", "state" => "bot").set(count(backlog.bot_chats));
    gauge!("aureole_chats", "state" => "queued").set(count(backlog.queued_chats));
    gauge!("aureole_chats", "state" => "live").set(count(backlog.live_chats));
    gauge!("aureole_outbox_calls").set(count(backlog.calls));
    gauge!("aureole_outbox_oldest_seconds").set(age(backlog.oldest_call, now));
    gauge!("aureole_slack_inbox_requests").set(count(backlog.slack_requests));
    gauge!("aureole_slack_inbox_oldest_seconds").set(age(backlog.oldest_slack_request, now));
    gauge!("aureole_slack_conversations_waiting").set(count(backlog.slack_conversations));
    gauge!("aureole_slack_notices_waiting").set(count(backlog.slack_notices));
}

impl State {
    /// A team whose queue is empty keeps its figure, which is zero from now on.
    fn take(&mut self, queues: &[TeamBacklog]) {
        self.queues.values_mut().for_each(|queue| *queue = Queue::default());
        self.others = Queue::default();
        for read in queues {
            let has_room = self.queues.len() < TEAMS_MAX || self.queues.contains_key(&read.team);
            let queue = if has_room { self.queues.entry(read.team).or_default() } else { &mut self.others };
            queue.chats += read.chats;
            queue.oldest = queue.oldest.into_iter().chain(read.oldest).min();
        }
    }

    fn tell(&self, now: DateTime<Utc>) {
        let name = |team: &Option<TeamId>| team.map_or_else(|| "any".to_owned(), |team| team.to_string());
        let named = self.queues.iter().map(|(team, queue)| (name(team), queue));
        for (team, queue) in named.chain([("other".to_owned(), &self.others)]) {
            gauge!("aureole_queue_chats", "team" => team.clone()).set(count(queue.chats));
            gauge!("aureole_queue_oldest_seconds", "team" => team).set(age(queue.oldest, now));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no table has so many rows")]
fn count(rows: i64) -> f64 {
    rows as f64
}

#[expect(clippy::cast_precision_loss, reason = "no process has so many of anything")]
fn whole(number: usize) -> f64 {
    number as f64
}

/// Seconds; clocks of several machines may differ, and nothing is younger than now.
fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    since.map_or(0.0, |since| (now - since).as_seconds_f64().max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(team: i32, chats: i64) -> TeamBacklog {
        TeamBacklog {
            team: Some(TeamId::new(team)),
            chats,
            oldest: DateTime::from_timestamp(i64::from(team), 0),
        }
    }

    #[test]
    fn a_hundred_teams_have_a_figure_of_their_own_and_the_rest_one_together() {
        let mut state = State::default();
        state.take(&(1..=103).map(|team| waiting(team, 2)).collect::<Vec<_>>());
        assert_eq!(state.queues.len(), TEAMS_MAX);
        assert_eq!(state.others, Queue { chats: 6, oldest: DateTime::from_timestamp(101, 0) });
        state.take(&[waiting(7, 1), waiting(200, 4)]);
        assert_eq!(state.queues.len(), TEAMS_MAX, "teams come and go, figures do not pile up");
        assert_eq!(state.queues[&Some(TeamId::new(8))].chats, 0);
        assert_eq!((state.queues[&Some(TeamId::new(7))].chats, state.others.chats), (1, 4));
    }
}
