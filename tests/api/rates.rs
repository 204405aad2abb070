//! How much may be asked of a server, and how fast.

use std::collections::BTreeMap;

use axum::body::Body;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Desk, Reply, Socket, TestApp, bearer, eventually};

/// How often each status was answered.
fn counted(replies: &[Reply]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for reply in replies {
        *counts.entry(reply.status.as_u16()).or_default() += 1;
    }
    counts
}

/// The seconds that a refusal says to wait.
#[track_caller]
fn wait_of(reply: Reply) -> i64 {
    let wait = reply.headers["retry-after"].to_str().unwrap().parse().unwrap();
    let words = reply.refused(429);
    assert!(words.contains(&format!("try again in {wait} seconds")), "{words}");
    wait
}

async fn desk_with(variables: &[(&str, &str)]) -> Desk {
    Desk::over(TestApp::with(variables).await).await
}

async fn stranger(test: &TestApp, address: &str) -> Reply {
    test.call_from(address, "GET", "/authinfo", &[], Body::empty()).await
}

#[tokio::test]
async fn of_posts_at_once_exactly_as_many_come_in_as_a_visitor_may_write() {
    let desk = desk_with(&[("VISITOR_POSTS_PER_MINUTE_MAX", "5")]).await;
    let (visit, other) = (desk.visit().await, desk.visit().await);
    let post = || desk.say_as(&visit.token, visit.chat, json!({ "text": "Hello?" }));
    let replies = join_all((0..20).map(|_| post())).await;
    assert_eq!(counted(&replies), BTreeMap::from([(201, 5), (429, 15)]));
    let log = desk.log(visit.chat, &visit.token, 0).await;
    assert_eq!(log.iter().filter(|entry| entry["textplain"] == "Hello?").count(), 5, "reading goes on");
    let typing = json!({ "chat_id": visit.chat });
    assert_eq!(wait_of(desk.test.post("/ChatMessage/IsTyping", &visit.token, &typing).await), 12);
    desk.say(&other, json!({ "text": "Hello!" })).await;
    for _ in 0..10 {
        desk.say_as(&desk.test.admin, visit.chat, json!({ "text": "I am here" })).await.expect(201);
    }
    desk.test.clock.advance(TimeDelta::seconds(12));
    post().await.expect(201);
    assert_eq!(wait_of(post().await), 12);
}

#[tokio::test]
async fn frames_of_a_socket_count_like_requests() {
    let desk = desk_with(&[("VISITOR_POSTS_PER_MINUTE_MAX", "3")]).await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let mut socket = Socket::open(&host, "/ChatMessage/Socket", &visit.token).await.unwrap();
    // One is spent on reaching the desk.
    for text in ["one", "two"] {
        socket.send(&json!({ "ref": text, "post": { "text": text } })).await;
        assert_eq!(socket.find("done").await["ref"], text);
    }
    socket.send(&json!({ "ref": "three", "post": { "text": "three" } })).await;
    let refused = socket.find("error").await;
    assert_eq!((&refused["ref"], &refused["data"]["status"]), (&json!("three"), &json!(429)), "{refused}");
    let log = desk.log(visit.chat, &visit.token, 0).await;
    assert!(!log.iter().any(|entry| entry["textplain"] == "three"));
}

#[tokio::test]
async fn of_requests_from_one_address_exactly_as_many_are_answered_as_it_may_make() {
    let test = TestApp::with(&[("ADDRESS_REQUESTS_PER_MINUTE_MAX", "10")]).await;
    let replies = join_all((0..40).map(|_| stranger(&test, "192.0.2.1"))).await;
    assert_eq!(counted(&replies), BTreeMap::from([(200, 10), (429, 30)]));
    stranger(&test, "192.0.2.2").await.expect(200);
    // Whoever has credentials pays for itself, and whoever looks after the server for nothing.
    let call = |path, token: &str| {
        let headers = bearer(token);
        let test = &test;
        async move { test.call_from("192.0.2.1", "GET", path, &headers, Body::empty()).await }
    };
    call("/Agent/me", &test.admin).await.expect(200);
    call("/health/live", "").await.expect(200);
    call("/metrics", "").await.expect(200);
    assert_eq!(wait_of(call("/Chat", "a guess").await), 6, "a token that is not good opens nothing more");
    test.clock.advance(TimeDelta::seconds(6));
    call("/Chat", "a guess").await.refused(401);
    assert_eq!(wait_of(call("/Chat", "another").await), 6, "guesses count");
}

#[tokio::test]
async fn guesses_beyond_what_an_address_may_ask_cost_the_database_nothing() {
    let test = TestApp::with(&[("ADDRESS_REQUESTS_PER_MINUTE_MAX", "1")]).await;
    let guess = async || {
        let headers = bearer("a guess");
        test.call_from("192.0.2.1", "GET", "/Chat", &headers, Body::empty()).await
    };
    guess().await.refused(401);
    // Whoever looks would have to wait until somebody has done with the database.
    let pool = &test.app.pool;
    let _busy = join_all((0..pool.options().get_max_connections()).map(|_| pool.acquire())).await;
    let refused = tokio::time::timeout(std::time::Duration::from_secs(10), guess()).await;
    refused.expect("nobody looks").refused(429);
}

#[tokio::test]
async fn a_token_that_could_not_be_looked_up_was_no_guess() {
    let test = TestApp::with(&[("ADDRESS_REQUESTS_PER_MINUTE_MAX", "1")]).await;
    test.app.pool.close().await;
    let headers = bearer("somebody's");
    test.call_from("192.0.2.1", "GET", "/Chat", &headers, Body::empty()).await.refused(503);
    stranger(&test, "192.0.2.1").await.expect(200);
    stranger(&test, "192.0.2.1").await.refused(429);
}

#[tokio::test]
async fn a_network_of_ipv6_is_one_address() {
    let test = TestApp::with(&[("ADDRESS_REQUESTS_PER_MINUTE_MAX", "2")]).await;
    stranger(&test, "2001:db8::1").await.expect(200);
    stranger(&test, "2001:db8::ffff:2").await.expect(200);
    stranger(&test, "2001:db8:0:0:9::3").await.refused(429);
    stranger(&test, "2001:db8:0:1::1").await.expect(200);
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_word_is_the_address_and_nobody_elses_is() {
    let limits = [("ADDRESS_REQUESTS_PER_MINUTE_MAX", "2"), ("TRUSTED_PROXIES", "10.0.0.0/8")];
    let test = TestApp::with(&limits).await;
    let from = async |peer: &str, forwarded: &str| {
        let headers = [("x-forwarded-for".to_owned(), forwarded.to_owned())];
        test.call_from(peer, "GET", "/authinfo", &headers, Body::empty()).await.status.as_u16()
    };
    // What stands left of the proxy's own word is the caller's invention.
    for (made_up, status) in [("1.1.1.1", 200), ("2.2.2.2", 200), ("3.3.3.3", 429)] {
        assert_eq!(from("10.0.0.1", &format!("{made_up}, 192.0.2.1")).await, status);
    }
    assert_eq!(from("10.0.0.1", "192.0.2.2").await, 200);
    // As some balancers write it.
    for (written, status) in [("192.0.2.4:4711", 200), ("192.0.2.4", 200), ("192.0.2.4:4712", 429)] {
        assert_eq!(from("10.0.0.1", written).await, status);
    }
    for (written, status) in [("[2001:db8::1]:4711", 200), ("2001:db8::1", 200), ("[2001:db8::1]", 429)] {
        assert_eq!(from("10.0.0.1", written).await, status);
    }
    for (made_up, status) in [("1.1.1.1", 200), ("2.2.2.2", 200), ("3.3.3.3", 429)] {
        assert_eq!(from("192.0.2.3", made_up).await, status, "no proxy of ours");
    }
}

#[tokio::test]
async fn an_api_client_pays_for_all_of_its_tokens() {
    let test = TestApp::with(&[("STAFF_REQUESTS_PER_MINUTE_MAX", "4")]).await;
    let (id, secret) = test.client_credentials(&["all"], None).await;
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let token = test.form("/auth/token", &form).await.expect(200);
        tokens.push(token["access_token"].as_str().unwrap().to_owned());
    }
    let replies = join_all((0..8).map(|turn| test.get("/Agent/me", &tokens[turn % 2]))).await;
    assert_eq!(counted(&replies), BTreeMap::from([(200, 4), (429, 4)]));
    test.get("/Agent/me", &test.admin).await.expect(200);
}

#[tokio::test]
async fn of_starts_at_once_at_two_processes_exactly_as_many_become_chats_as_a_profile_may_have() {
    let limits = [("PROFILE_CHATS_PER_MINUTE_MAX", "6")];
    let desk = desk_with(&limits).await;
    let beside = TestApp::beside(&desk.test, &limits).await;
    let both = [&desk.test, &beside];
    let start = |test, key| {
        let body = json!({ "chatprofileid": "help", "key": key });
        async move { TestApp::post(test, "/Chat", "", &body).await }
    };
    // Whoever does not have the key uses nothing up.
    for _ in 0..10 {
        start(&desk.test, "wrong").await.refused(404);
    }
    start(&desk.test, "open").await.expect(201);
    // More than may come are at the bucket before the first of them gets it.
    let watcher = TestApp::beside(&desk.test, &limits).await;
    let pool = &watcher.app.pool;
    let mut taken = pool.begin().await.unwrap();
    sqlx::query("select from rate_buckets for update").execute(&mut *taken).await.unwrap();
    let starts = join_all((0..24).map(|turn| start(both[turn % 2], "open")));
    let release = async {
        let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
                     and datname = current_database()";
        eventually("all to wait", || async {
            let waiting: i64 = sqlx::query_scalar(waits).fetch_one(pool).await.unwrap();
            (waiting > 6).then_some(())
        })
        .await;
        taken.rollback().await.unwrap();
    };
    let (replies, ()) = tokio::join!(starts, release);
    assert_eq!(counted(&replies), BTreeMap::from([(201, 5), (429, 19)]));
    let chats = desk.test.get("/Chat", &desk.test.admin).await.expect(200);
    assert_eq!(chats["record_count"], 6);
    assert_eq!(wait_of(start(&beside, "open").await), 10);
    // Another profile, and those with credentials, are not concerned.
    desk.publish("other", json!([])).await;
    desk.visit_to("other").await;
    let help = json!({ "chatprofileid": "help" });
    desk.test.post("/Chat", &desk.test.admin, &help).await.expect(201);
    desk.test.clock.advance(TimeDelta::seconds(10));
    start(&beside, "open").await.expect(201);
    start(&desk.test, "open").await.refused(429);
}

#[tokio::test]
async fn an_address_starts_only_so_many_chats_whatever_the_profile_and_however_they_come() {
    let limits = [("ADDRESS_CHATS_PER_MINUTE_MAX", "3")];
    let desk = desk_with(&limits).await;
    desk.publish("other", json!([])).await;
    let start = async |address: &str, body: serde_json::Value| {
        let json = [("content-type".to_owned(), "application/json".to_owned())];
        desk.test.call_from(address, "POST", "/Chat", &json, Body::from(body.to_string())).await
    };
    let help = json!({ "chatprofileid": "help", "key": "open" });
    let other = json!({ "chatprofileid": "other", "key": "open" });
    start("192.0.2.1", json!([help, other])).await.expect(201);
    start("192.0.2.1", json!([help, other])).await.refused(429);
    start("192.0.2.1", other).await.expect(201);
    start("192.0.2.1", help.clone()).await.refused(429);
    start("192.0.2.2", help).await.expect(201);
}

#[tokio::test]
async fn what_only_says_that_it_is_slack_counts_and_what_slack_has_signed_does_not() {
    let test = TestApp::with(&[("ADDRESS_REQUESTS_PER_MINUTE_MAX", "3")]).await;
    let event = async |address: &str| {
        let json = [("content-type".to_owned(), "application/json".to_owned())];
        let reply = test.call_from(address, "POST", "/Slack/Event", &json, Body::from("{}")).await;
        reply.status.as_u16()
    };
    for status in [401, 401, 401, 429] {
        assert_eq!(event("192.0.2.1").await, status);
    }
    assert_eq!(event("192.0.2.2").await, 401);
}

#[tokio::test]
async fn buckets_that_are_full_again_are_forgotten() {
    let limits = [("PROFILE_CHATS_PER_MINUTE_MAX", "6")];
    let desk = desk_with(&limits).await;
    desk.visit().await;
    // Addresses that somebody signs in from are remembered for longer.
    let tomorrow = desk.test.app.clock.now() + TimeDelta::days(1);
    let rows = async || {
        let count = sqlx::query_scalar::<_, i64>("select count(*) from rate_buckets where full_at < $1");
        count.bind(tomorrow).fetch_one(&desk.test.app.pool).await.unwrap()
    };
    assert!(rows().await > 0);
    desk.test.clock.advance(TimeDelta::hours(2));
    aureole::service::sweeper::clean_up(&desk.test.app).await.unwrap();
    assert_eq!(rows().await, 0);
}
