//! `GET /Chat/Stream`: every chat that its reader may see, as it changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Desk, Event, Stream, TestApp, Visit, eventually};

/// Events up to the one that says that everything was told.
async fn snapshot(stream: &mut Stream) -> Vec<Event> {
    let mut told = Vec::new();
    while told.last().is_none_or(|event: &Event| event.name != "current") {
        told.push(stream.next().await.unwrap());
    }
    told
}

async fn transfer(desk: &Desk, visit: &Visit, team: i64) {
    let transfer = json!({ "id": visit.chat, "team_id": team });
    desk.test.post("/Chat", &desk.test.admin, &transfer).await.expect(201);
}

fn ids(told: &[Event], name: &str) -> Vec<i64> {
    told.iter().filter(|event| event.name == name).map(|event| event.data["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_feed_begins_with_the_open_chats_and_goes_on_with_what_changes() {
    let desk = Desk::new().await;
    let (one, two, closed) = (desk.queued().await, desk.live().await, desk.live().await);
    let bot = desk.visit().await;
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": closed.chat, "isclosed": true }))
        .await
        .expect(201);
    let mut feed = desk.test.stream("/Chat/Stream", &desk.bert_token).await;
    let told = snapshot(&mut feed).await;
    assert_eq!((told[0].name.as_str(), &told[0].data["reason"]), ("snapshot", &json!("start")));
    assert_eq!(ids(&told, "header"), [two.chat, one.chat]);
    desk.say(&two, json!({ "text": "more" })).await;
    let event = feed.next().await.unwrap();
    assert_eq!(event.data, desk.header(two.chat, &desk.bert_token).await);
    assert!(event.id.is_some(), "it resumes from here");
    desk.say(&bot, json!({ "text": "Person" })).await;
    assert_eq!(feed.find("header").await.data["id"], bot.chat, "a chat comes into sight");
    desk.test.get("/Chat/Stream", &one.token).await.refused(403);
}

#[tokio::test]
async fn a_feed_resumes_with_what_changed_meanwhile() {
    let desk = Desk::new().await;
    let (one, two) = (desk.queued().await, desk.live().await);
    let mut feed = desk.test.stream("/Chat/Stream", &desk.anna_token).await;
    let cursor = snapshot(&mut feed).await.pop().unwrap().id.unwrap();
    drop(feed);
    for text in ["a", "b", "c"] {
        desk.say(&two, json!({ "text": text })).await;
    }
    let mut feed = desk.test.stream(&format!("/Chat/Stream?cursor={cursor}"), &desk.anna_token).await;
    let event = feed.next().await.unwrap();
    assert_eq!(event.data, desk.header(two.chat, &desk.anna_token).await, "only the latest is told");
    let seen = [("last-event-id", event.id.as_deref().unwrap())];
    let mut feed = desk.test.stream_with("/Chat/Stream", &desk.anna_token, &seen).await;
    desk.say(&one, json!({ "text": "next" })).await;
    assert_eq!(feed.next().await.unwrap().data["id"], one.chat, "nothing is told twice");
}

#[tokio::test]
async fn a_chat_that_leaves_the_sight_is_removed_at_once_and_after_a_resume() {
    let desk = Desk::new().await;
    let (visit, stays) = (desk.queued().await, desk.queued().await);
    let mut feed = desk.test.stream("/Chat/Stream", &desk.bert_token).await;
    let cursor = snapshot(&mut feed).await.pop().unwrap().id.unwrap();
    let sales = desk.set_up("/Team", json!({ "name": "More sales" })).await;
    transfer(&desk, &visit, sales).await;
    let removed = feed.next().await.unwrap();
    assert_eq!((removed.name.as_str(), &removed.data), ("removed", &json!({ "id": visit.chat })));
    // What happens there from now on is nothing to those who no longer see it.
    desk.say(&visit, json!({ "text": "anybody?" })).await;
    desk.say(&stays, json!({ "text": "hello" })).await;
    assert_eq!(feed.next().await.unwrap().data["id"], stays.chat);
    let mut resumed = desk.test.stream(&format!("/Chat/Stream?cursor={cursor}"), &desk.bert_token).await;
    assert_eq!(resumed.find("removed").await.data["id"], visit.chat);
    // Whoever never saw it is not told that it is there.
    let mut carla = desk.test.stream("/Chat/Stream", &desk.carla_token).await;
    snapshot(&mut carla).await;
    transfer(&desk, &visit, desk.team).await;
    transfer(&desk, &stays, sales).await;
    desk.test.app.news.stop();
    assert_eq!(carla.next().await.unwrap().data["reason"], "shutdown");
}

#[tokio::test]
async fn a_cursor_of_other_rights_or_of_nowhere_begins_with_a_snapshot() {
    let desk = Desk::new().await;
    desk.queued().await;
    let mut feed = desk.test.stream("/Chat/Stream", &desk.carla_token).await;
    let cursor = snapshot(&mut feed).await.pop().unwrap().id.unwrap();
    for cursor in [cursor.as_str(), "nonsense"] {
        let mut feed = desk.test.stream(&format!("/Chat/Stream?cursor={cursor}"), &desk.bert_token).await;
        let told = snapshot(&mut feed).await;
        assert_eq!(told[0].data["reason"], "expired");
        assert_eq!(ids(&told, "header").len(), 1);
    }
}

#[tokio::test]
async fn an_agent_who_changes_teams_sees_the_other_teams_chats_from_then_on() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let mut carla = desk.test.stream("/Chat/Stream", &desk.carla_token).await;
    assert_eq!(ids(&snapshot(&mut carla).await, "header"), [] as [i64; 0]);
    let me = desk.test.get("/Agent/me", &desk.carla_token).await.expect(200);
    let team = json!({ "id": desk.team, "agents": [{ "id": desk.anna }, { "id": me["id"] }] });
    desk.test.post("/Team", &desk.test.admin, &team).await.expect(201);
    let told = snapshot(&mut carla).await;
    assert_eq!(told[0].data["reason"], "rights");
    assert_eq!(ids(&told, "header"), [visit.chat]);
}

#[tokio::test]
async fn an_agent_who_watches_is_online() {
    let desk = Desk::new().await;
    let mut feed = desk.test.stream("/Chat/Stream", &desk.anna_token).await;
    snapshot(&mut feed).await;
    let is_there = || async {
        let list = desk.test.get("/OnlineStatus", &desk.test.admin).await.expect(200);
        list.to_string().contains(&format!("\"techID\":{}", desk.anna)).then_some(())
    };
    eventually("the agent to be online", is_there).await;
}

/// Writers at two processes and long transactions elsewhere; the feed is cut again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_is_cut_again_and_again_ends_with_the_last_version_of_every_chat() {
    let desk = Desk::new().await;
    let other = TestApp::beside(&desk.test, &[]).await;
    desk.test.hear_news().await;
    other.hear_news().await;
    let mut visits = Vec::new();
    for _ in 0..4 {
        visits.push(desk.live().await);
    }
    let mut versions: BTreeMap<i64, i64> = BTreeMap::new();
    let mut cursor = String::new();
    let write = async {
        for round in 0..30 {
            let posts = visits.iter().enumerate().map(|(at, visit)| {
                let test = if at % 2 == 0 { &desk.test } else { &other };
                let body = json!({ "chat_id": visit.chat, "text": format!("round {round}") });
                async move { test.post("/ChatMessage", &visit.token, &body).await.expect(201) }
            });
            futures_util::future::join_all(posts).await;
        }
    };
    let follow = async {
        loop {
            let mut feed = desk.test.stream(&format!("/Chat/Stream?cursor={cursor}"), &desk.anna_token).await;
            for _ in 0..5 {
                let event = feed.next().await.unwrap();
                if event.name == "header" {
                    let (chat, version) =
                        (event.data["id"].as_i64().unwrap(), event.data["version"].as_i64().unwrap());
                    let before = versions.insert(chat, version);
                    assert!(before <= Some(version), "versions never fall");
                }
                if let Some(id) = event.id {
                    cursor = id;
                }
                if is_complete(&desk, &visits, &versions).await {
                    return;
                }
            }
        }
    };
    tokio::join!(write, follow);
}

async fn is_complete(desk: &Desk, visits: &[Visit], versions: &BTreeMap<i64, i64>) -> bool {
    let mut rounds = 0;
    for visit in visits {
        let header: Value = desk.header(visit.chat, &desk.anna_token).await;
        let is_last = versions.get(&visit.chat) == header["version"].as_i64().as_ref();
        let entries = header["lastmessageid"].as_i64().unwrap();
        rounds += usize::from(is_last && entries >= 30);
    }
    rounds == visits.len()
}
