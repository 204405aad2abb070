//! What `/metrics` tells.

use serde_json::json;

use crate::{eventually, server::Server, support::database::TestDatabase};

/// The value of one line; none: it is not there.
fn figure(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    line.parse().ok()
}

async fn figures(server: &Server) -> String {
    let (status, text) = server.get("/metrics").await.expect("the server answers");
    assert_eq!(status, 200, "{text}");
    text
}

/// Waits until the figure is this; the tables are read every few seconds.
async fn becomes(server: &Server, name: &str, value: f64) {
    eventually(name, || async {
        let found = figure(&figures(server).await, name)?;
        ((found - value).abs() < 1e-9).then_some(())
    })
    .await;
}

#[tokio::test]
async fn figures_tell_what_waits_and_who_watches() {
    let database = TestDatabase::new().await;
    let server = Server::start(&database.url(), &[]).await;
    let token = server.sign_in().await;
    let team = server.publish(&token).await;
    let (chat, visitor) = server.visit().await;
    server.post("/ChatMessage", &visitor, &json!({ "chat_id": chat, "text": "Hello" })).await;

    becomes(&server, "aureole_chats{state=\"queued\"}", 1.0).await;
    becomes(&server, "aureole_chats{state=\"bot\"}", 0.0).await;
    becomes(&server, &format!("aureole_queue_chats{{team=\"{team}\"}}"), 1.0).await;
    becomes(&server, "aureole_database_up", 1.0).await;
    becomes(&server, "aureole_news_hearing", 1.0).await;
    becomes(&server, "aureole_posts_per_batch_count", 1.0).await;
    let version = format!("aureole_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    becomes(&server, &version, 1.0).await;

    let text = figures(&server).await;
    for name in [
        format!("aureole_queue_oldest_seconds{{team=\"{team}\"}}"),
        "aureole_outbox_calls".to_owned(),
        "aureole_outbox_oldest_seconds".to_owned(),
        "aureole_slack_inbox_requests".to_owned(),
        "aureole_slack_conversations_waiting".to_owned(),
        "aureole_slack_notices_waiting".to_owned(),
        "aureole_database_connections{state=\"idle\"}".to_owned(),
        "aureole_database_connections_max".to_owned(),
        "aureole_posts_waiting".to_owned(),
        "process_start_time_seconds".to_owned(),
        "aureole_http_requests_total{method=\"POST\",route=\"/ChatMessage\",status=\"201\"}".to_owned(),
        "aureole_http_request_seconds_bucket{method=\"POST\",route=\"/ChatMessage\",le=\"30\"}".to_owned(),
    ] {
        assert!(figure(&text, &name).is_some(), "{name} is missing in\n{text}");
    }
    assert!(text.contains("# HELP aureole_queue_chats "), "each figure says what it is");

    for method in ["BREW", "PROPFIND"] {
        let strange = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        server.http.request(strange, format!("{}/Chat", server.base)).send().await.unwrap();
    }
    let text = figures(&server).await;
    assert!(!text.contains("BREW") && text.contains("method=\"other\""), "strangers make no series");

    let path = format!("{}/ChatMessage/Stream?chat_id={chat}", server.base);
    let stream = server.http.get(path).bearer_auth(&visitor).send().await.unwrap();
    becomes(&server, "aureole_streams{transport=\"events\"}", 1.0).await;
    drop(stream);
    becomes(&server, "aureole_streams{transport=\"events\"}", 0.0).await;

    // What is told comes back by the way between processes.
    eventually("the lag of news", || async {
        figure(&figures(&server).await, "aureole_news_lag_seconds_count").filter(|count| *count >= 1.0)
    })
    .await;
    becomes(&server, "aureole_news_missed_total", 0.0).await;
}

#[tokio::test]
async fn changes_that_nobody_tells_of_are_counted() {
    let database = TestDatabase::new().await;
    let server = Server::start(&database.url(), &[]).await;
    let token = server.sign_in().await;
    server.publish(&token).await;
    let (chat, _) = server.visit().await;
    becomes(&server, "aureole_news_hearing", 1.0).await;
    let pool = database.pool().await;
    sqlx::query(
        "update chat_heads set version = version + 1, feed = (select max(feed) + 1 from chat_heads)
         where chat_id = $1",
    )
    .bind(i32::try_from(chat).unwrap())
    .execute(&pool)
    .await
    .unwrap();
    becomes(&server, "aureole_news_missed_total", 1.0).await;
}

#[tokio::test]
async fn calls_to_slack_are_counted_by_what_came_of_them() {
    let database = TestDatabase::new().await;
    // Nobody listens there.
    let server = Server::start(&database.url(), &[("SLACK_API_URL", "http://127.0.0.1:1/api")]).await;
    let token = server.sign_in().await;
    let app = json!({ "name": "Help", "app_id": "A1", "new_signing_secret": "8f742231b10e8888abcd99yyyzzz85a5",
        "new_bot_user_oauth_token": "xoxb-1" });
    let request = server.http.post(format!("{}/SlackChatApp", server.base)).bearer_auth(&token).json(&app);
    request.send().await.unwrap();
    becomes(&server, "aureole_slack_calls_total{outcome=\"unreachable\"}", 1.0).await;
}

#[tokio::test]
async fn figures_open_with_their_token_where_there_is_one() {
    let database = TestDatabase::new().await;
    let server = Server::start(&database.url(), &[("METRICS_TOKEN", "a-scraper's-word")]).await;
    let ask = |token: Option<&str>| {
        let request = server.http.get(format!("{}/metrics", server.base));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(ask(None).await, 401);
    assert_eq!(ask(Some("a-scraper's-wor")).await, 401);
    assert_eq!(ask(Some(&server.sign_in().await)).await, 401, "an administrator's token is another");
    assert_eq!(ask(Some("a-scraper's-word")).await, 200);
}
