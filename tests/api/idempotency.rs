//! A request that may be repeated until its answer arrives.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Desk, Reply, Visit};

async fn post(desk: &Desk, token: &str, key: &str, path: &str, body: &Value) -> Reply {
    desk.test.post_with(path, token, &[("Idempotency-Key", key)], body).await
}

fn words(visit: &Visit, text: &str) -> Value {
    json!([{ "chat_id": visit.chat, "text": text }])
}

#[tokio::test]
async fn fifty_posts_at_once_with_one_key_make_one_message_and_fifty_equal_answers() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let before = desk.log(visit.chat, &visit.token, 0).await.len();
    let body = words(&visit, "once");
    let posts = (0..50).map(|_| post(&desk, &visit.token, "k", "/ChatMessage", &body));
    let answers: Vec<Value> =
        futures_util::future::join_all(posts).await.into_iter().map(|reply| reply.expect(201)).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(desk.log(visit.chat, &visit.token, 0).await.len(), before + 1);
    // Also later, when the log has gone on.
    desk.say(&visit, json!({ "text": "more" })).await;
    assert_eq!(post(&desk, &visit.token, "k", "/ChatMessage", &body).await.expect(201), answers[0]);
}

#[tokio::test]
async fn another_body_or_another_operation_is_another_request() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    post(&desk, &visit.token, "k", "/ChatMessage", &words(&visit, "one")).await.expect(201);
    post(&desk, &visit.token, "k", "/ChatMessage", &words(&visit, "two")).await.refused(422);
}

#[tokio::test]
async fn a_key_belongs_to_the_caller_not_to_the_token() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let body = words(&visit, "mine");
    let mine = post(&desk, &visit.token, "k", "/ChatMessage", &body).await.expect(201);
    let annas = post(&desk, &desk.anna_token, "k", "/ChatMessage", &body).await.expect(201);
    assert_ne!(mine["id"], annas["id"]);
    let form = format!(
        "grant_type=refresh_token&refresh_token={}",
        visit.started["refresh_token"].as_str().unwrap()
    );
    let fresh = desk.test.form("/auth/token", &form).await.expect(200);
    let fresh = fresh["access_token"].as_str().unwrap();
    assert_eq!(post(&desk, fresh, "k", "/ChatMessage", &body).await.expect(201), mine);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let first = post(&desk, &desk.test.admin, "k", "/ChatMessage", &words(&visit, "old")).await.expect(201);
    desk.test.clock.advance(TimeDelta::hours(25));
    let admin = desk.test.client(&["all"], None).await;
    let again = post(&desk, &admin, "k", "/ChatMessage", &words(&visit, "new")).await.expect(201);
    assert_ne!(first["id"], again["id"]);
}

#[tokio::test]
async fn a_refused_request_may_be_mended_under_the_same_key() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    post(&desk, &visit.token, "k", "/ChatMessage", &words(&visit, "")).await.refused(400);
    post(&desk, &visit.token, "k", "/ChatMessage", &words(&visit, "better")).await.expect(201);
}

#[tokio::test]
async fn a_repeated_start_is_the_same_chat_with_a_fresh_token() {
    let desk = Desk::new().await;
    let body = json!({ "chatprofileid": "help", "key": "open" });
    let key = "9f2c6f0e-5b3a-4b57-8f0a-1d5e1a2b3c4d";
    let starts = (0..10).map(|_| post(&desk, "", key, "/Chat", &body));
    let started: Vec<Value> =
        futures_util::future::join_all(starts).await.into_iter().map(|reply| reply.expect(201)).collect();
    assert!(
        started.iter().all(|one| one["id"] == started[0]["id"] && one["messages"] == started[0]["messages"])
    );
    for one in &started {
        desk.test.get("/ChatMessage", one["access_token"].as_str().unwrap()).await.expect(200);
    }
    assert_eq!(desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"], 1);
    let other = json!({ "chatprofileid": "help", "key": "open", "display_name": "Eve" });
    post(&desk, "", key, "/Chat", &other).await.refused(422);
    // A key that can be guessed would open a stranger's chat.
    post(&desk, "", "1", "/Chat", &body).await.refused(400);
}

#[tokio::test]
async fn a_repeated_change_happens_once() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let close = json!({ "id": visit.chat, "isclosed": true });
    let closes = (0..10).map(|_| post(&desk, &desk.anna_token, "c", "/Chat", &close));
    for reply in futures_util::future::join_all(closes).await {
        assert_eq!(reply.expect(201)["state"], "closed");
    }
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log.iter().filter(|line| line.ends_with("[4]")).count(), 1, "{log:?}");
    let reopen = json!({ "id": visit.chat, "isclosed": false });
    post(&desk, &desk.anna_token, "c", "/Chat", &reopen).await.refused(422);
}
