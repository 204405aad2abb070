//! An erasure while everybody writes.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use super::{erase, planted::CANARY};
use crate::harness::{Desk, Visit, canary::places_of};

const OTHERS: usize = 4;
const POSTS: usize = 40;

/// Posts until somebody says no; how many were taken.
async fn post(desk: &Desk, visit: &Visit, words: &str) -> usize {
    for number in 0..POSTS {
        let reply =
            desk.say_as(&visit.token, visit.chat, json!({ "text": format!("{words} {number}") })).await;
        if reply.status != 201 {
            assert!(matches!(reply.status.as_u16(), 400 | 401), "{}", reply.body);
            return number;
        }
    }
    POSTS
}

#[tokio::test]
async fn nobody_elses_words_are_lost_while_a_person_is_erased_who_goes_on_writing() {
    let desk = Desk::new().await;
    let mut person = Vec::new();
    for _ in 0..6 {
        person.push(desk.queued().await);
    }
    // The same visitor in all of them, as a site's own client says.
    sqlx::query("update chat_participants set unknown_id = 'browser-1' where unknown_id is not null")
        .execute(&desk.test.app.pool)
        .await
        .unwrap();
    let mut others = Vec::new();
    for _ in 0..OTHERS {
        others.push(desk.queued().await);
    }
    let theirs = join_all(others.iter().map(|visit| post(&desk, visit, "Grace")));
    let its = join_all(person.iter().map(|visit| post(&desk, visit, CANARY)));
    let erased = async {
        // Begins when everybody is writing.
        desk.say(&person[0], json!({ "text": CANARY })).await;
        erase(&desk, json!({ "unknown_id": "browser-1" })).await
    };
    let (taken, stopped, report) = tokio::join!(theirs, its, erased);
    assert_eq!(taken, [POSTS; OTHERS]);
    assert!(stopped.iter().any(|posts| *posts < POSTS), "the erasure came in between: {stopped:?}");
    assert_eq!(report["removed"]["chats"], 6);
    assert_eq!(places_of(&desk.test.app.pool, CANARY).await, BTreeSet::new());
    for visit in &others {
        let log = desk.log(visit.chat, &visit.token, 0).await;
        let said = log
            .iter()
            .filter(|entry| entry["textplain"].as_str().is_some_and(|text| text.starts_with("Grace")));
        assert_eq!(said.count(), POSTS);
    }
    for visit in &person {
        crate::rebuild::must_be_the_same(&desk, visit, &[]).await;
    }
}
