//! Whoever guesses has to wait, and nobody else does.

use axum::body::Body;
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::harness::{Desk, PASSWORD, Reply, TestApp};

/// A desk whose accounts take few failures, and the client that its agents sign in with.
struct Door {
    desk: Desk,
    client: String,
}

impl Door {
    async fn new(variables: &[(&str, &str)]) -> Self {
        let desk = Desk::over(TestApp::with(variables).await).await;
        let (id, secret) = desk.test.client_credentials(&["all"], None).await;
        Self { client: format!("client_id={id}&client_secret={secret}"), desk }
    }

    async fn try_at(&self, test: &TestApp, address: &str, username: &str, password: &str) -> Reply {
        let form = format!("grant_type=password&{}&username={username}&password={password}", self.client);
        let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        test.call_from(address, "POST", "/auth/token", &headers, Body::from(form)).await
    }

    async fn attempt(&self, address: &str, username: &str, password: &str) -> Reply {
        self.try_at(&self.desk.test, address, username, password).await
    }
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

const ANNA: &str = "anna@desk.test";
const OFFICE: &str = "192.0.2.1";

#[tokio::test]
async fn of_guesses_at_once_at_two_processes_exactly_as_many_are_looked_at_as_may_fail() {
    let limits = [("SIGN_IN_FAILURES_PER_HOUR_MAX", "4")];
    let door = Door::new(&limits).await;
    let beside = TestApp::beside(&door.desk.test, &limits).await;
    let both = [&door.desk.test, &beside];
    let guesses = (0..16).map(|turn| door.try_at(both[turn % 2], OFFICE, ANNA, "a guess"));
    let replies = join_all(guesses).await;
    assert_eq!((count(&replies, 400), count(&replies, 429)), (4, 12));
    // The right word has to wait as well: otherwise a refusal would tell a guess from it.
    let early = door.attempt(OFFICE, ANNA, PASSWORD).await;
    assert_eq!(early.headers["retry-after"], "900");
    early.refused(429);
    door.desk.test.clock.advance(TimeDelta::seconds(899));
    door.attempt(OFFICE, ANNA, PASSWORD).await.refused(429);
    door.desk.test.clock.advance(TimeDelta::seconds(1));
    door.attempt(OFFICE, ANNA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_refused_in_the_same_words() {
    let door = Door::new(&[("SIGN_IN_FAILURES_PER_HOUR_MAX", "2")]).await;
    let mut told = Vec::new();
    for username in [ANNA, "nobody@desk.test"] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            let reply = door.attempt(OFFICE, username, "a guess").await;
            answers.push((reply.status, reply.headers.get("retry-after").cloned(), reply.body));
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][2].0, 429);
    // However it is written.
    door.attempt(OFFICE, " ANNA@desk.test", "a guess").await.refused(429);
}

#[tokio::test]
async fn whoever_guesses_locks_out_nobody_at_another_address() {
    let limits = [("SIGN_IN_FAILURES_PER_HOUR_MAX", "2"), ("ACCOUNT_SIGN_IN_FAILURES_PER_HOUR_MAX", "6")];
    let door = Door::new(&limits).await;
    for _ in 0..5 {
        door.attempt("198.51.100.1", ANNA, "a guess").await;
    }
    door.attempt(OFFICE, ANNA, PASSWORD).await.expect(200);
    // Many addresses together use up what the account has left,
    for last in 2..=5 {
        for _ in 0..2 {
            door.attempt(&format!("198.51.100.{last}"), ANNA, "a guess").await;
        }
    }
    door.attempt("203.0.113.1", ANNA, PASSWORD).await.refused(429);
    // which does not concern the address that Anna works at,
    door.attempt(OFFICE, ANNA, PASSWORD).await.expect(200);
    // and is over soon elsewhere.
    door.desk.test.clock.advance(TimeDelta::minutes(10));
    door.attempt("203.0.113.1", ANNA, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_has_to_wait() {
    let door = Door::new(&[("ADDRESS_SIGN_IN_FAILURES_PER_HOUR_MAX", "3")]).await;
    for turn in 0..3 {
        assert_eq!(door.attempt(OFFICE, &format!("agent{turn}"), "a guess").await.status, 400);
    }
    door.attempt(OFFICE, "bert@desk.test", PASSWORD).await.refused(429);
    door.attempt("192.0.2.2", "bert@desk.test", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_secret_of_an_api_client_is_not_to_be_guessed_either() {
    let door = Door::new(&[("SIGN_IN_FAILURES_PER_HOUR_MAX", "2")]).await;
    let test = &door.desk.test;
    let (id, secret) = test.client_credentials(&["all"], None).await;
    let form = |secret: &str| {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        async move { test.form("/auth/token", &form).await }
    };
    for status in [401, 401, 429] {
        assert_eq!(form("a guess").await.status, status);
    }
    form(&secret).await.refused(429);
    // Agents who mistype do not use up what their client has.
    for _ in 0..4 {
        door.attempt(OFFICE, ANNA, "a guess").await;
    }
    door.attempt(OFFICE, "bert@desk.test", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn whoever_knows_the_password_may_use_it_as_often_and_as_much_at_once_as_it_likes() {
    let door = Door::new(&[("SIGN_IN_FAILURES_PER_HOUR_MAX", "4")]).await;
    let replies = join_all((0..12).map(|_| door.attempt(OFFICE, ANNA, PASSWORD))).await;
    assert_eq!(count(&replies, 200), 12);
    for status in [400, 400, 400, 400, 429] {
        assert_eq!(door.attempt(OFFICE, ANNA, "a guess").await.status, status);
    }
}
