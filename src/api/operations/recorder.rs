//! The figures of this process: what they are called, what they mean, and who is asked for them.

use std::{sync::LazyLock, time::Duration};

use chrono::DateTime;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::App;

/// A histogram keeps every value until it is sorted into its buckets, asked for or not.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);
/// Seconds: an answer takes a millisecond, a poll may wait for half a minute.
const TIMES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// One recorder for the process; asking for it installs it.
static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let matcher = |name: &str| Matcher::Full(name.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(matcher("aureole_http_request_seconds"), &TIMES)
        .and_then(|builder| builder.set_buckets_for_metric(matcher("aureole_news_lag_seconds"), &TIMES))
        .and_then(|builder| builder.set_buckets_for_metric(matcher("aureole_posts_per_batch"), &SIZES))
        .expect("there are buckets")
        .install_recorder()
        .expect("nobody else installs a recorder");
    describe();
    gauge!("aureole_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    recorder
});

/// Every figure, as Prometheus shows it.
pub(super) fn render() -> String {
    RECORDER.render()
}

/// Makes figures count from the start, not from the first look at them, and keeps them small; never ends.
pub async fn run(app: App) {
    LazyLock::force(&RECORDER);
    let since = app.clock.now().signed_duration_since(DateTime::UNIX_EPOCH);
    gauge!("process_start_time_seconds").set(since.as_seconds_f64());
    drop(app);
    loop {
        tokio::time::sleep(UPKEEP_INTERVAL).await;
        RECORDER.run_upkeep();
    }
}

fn describe() {
    describe_gauge!("aureole_build_info", "Which version runs; always 1");
    describe_gauge!("process_start_time_seconds", Unit::Seconds, "When this process began, since 1970");
    describe_counter!("aureole_http_requests_total", "Requests answered");
    describe_counter!(
        "aureole_http_requests_given_up_total",
        "Requests whose caller hung up before they were answered"
    );
    describe_histogram!("aureole_http_request_seconds", Unit::Seconds, "Time to the head of the answer");
    describe_gauge!("aureole_chats", "Open chats of the installation");
    describe_gauge!("aureole_queue_chats", "Chats of the installation that wait for a team");
    describe_gauge!(
        "aureole_queue_oldest_seconds",
        Unit::Seconds,
        "How long the first in a queue has waited"
    );
    describe_gauge!("aureole_outbox_calls", "Calls to other systems that are not settled");
    describe_gauge!("aureole_outbox_oldest_seconds", Unit::Seconds, "Age of the oldest of them");
    describe_gauge!("aureole_slack_inbox_requests", "Requests of Slack that are not worked off");
    describe_gauge!("aureole_slack_inbox_oldest_seconds", Unit::Seconds, "Age of the oldest of them");
    describe_gauge!("aureole_slack_conversations_waiting", "Slack conversations with something to be told");
    describe_gauge!("aureole_slack_notices_waiting", "Notices to Slack channels that are not sent");
    describe_counter!("aureole_slack_calls_total", "Calls of this process to Slack, by what came of them");
    describe_gauge!("aureole_database_up", "Whether the database answered the last look at these figures");
    describe_gauge!("aureole_database_connections", "Connections of this process to the database");
    describe_gauge!("aureole_database_connections_max", "How many it may have");
    describe_counter!("aureole_database_waits_total", "Times that no connection was free");
    describe_gauge!("aureole_news_hearing", "Whether this process hears what others tell");
    describe_histogram!("aureole_news_lag_seconds", Unit::Seconds, "From a commit to hearing of it");
    describe_counter!("aureole_news_missed_total", "Changes that a look found and nobody had told of");
    describe_gauge!("aureole_streams", "Those who wait for news here");
    describe_histogram!("aureole_posts_per_batch", "Requests with posts that shared a transaction");
    describe_gauge!("aureole_posts_waiting", "Requests with posts that wait for the writer");
}
