//! Two servers on one database: the same promises as one.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    check::check,
    client::Client,
    follower::Followers,
    harness::{Folder, scaled},
    server::Server,
    support::database::TestDatabase,
    writer::{Length, Writers},
};

/// Kept in this order: the servers end before the database is dropped.
struct Pair {
    _servers: [Server; 2],
    callers: [Client; 2],
    _folders: [Folder; 2],
    _database: TestDatabase,
}

impl Pair {
    async fn start() -> Self {
        let database = TestDatabase::new().await;
        let folders = [Folder::new(), Folder::new()];
        // At once: both find their schema, and make the same client.
        let (one, two) = tokio::join!(
            Server::start_on(&database, &folders[0].0),
            Server::start_on(&database, &folders[1].0)
        );
        let staff = one.sign_in().await;
        let callers = [staff.clone(), staff.at(&two.base())];
        Self { _servers: [one, two], callers, _folders: folders, _database: database }
    }
}

async fn write_and_follow(chats: usize) {
    let pair = Pair::start().await;
    let chats = pair.callers[0].start_chats(chats).await;
    let followers = Followers::start(&pair.callers, &chats);
    let writers = Writers::start(&pair.callers, &chats, Length::Messages(scaled(1_000, 1)));
    let acknowledged = writers.join().await;
    let seen = followers.finish().await;
    check(&pair.callers[1], &chats, &acknowledged, &seen).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_write_into_one_chat_without_a_gap() {
    write_and_follow(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_write_into_many_chats_without_a_gap() {
    write_and_follow(20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_meets_itself_at_two_servers_makes_one_message() {
    let pair = Pair::start().await;
    let chat = pair.callers[0].start_chats(1).await.remove(0);
    for round in 0..scaled(100, 10) {
        let key = Uuid::new_v4().to_string();
        let body = json!({"chat_id": chat.id, "text": format!("w0-{round}")});
        let mut posts = JoinSet::new();
        for caller in pair.callers.iter().cycle().take(6) {
            let (caller, body, key) = (caller.clone(), body.clone(), key.clone());
            posts.spawn(async move { caller.post("/ChatMessage", &body, Some(&key)).await.unwrap() });
        }
        let answers: BTreeSet<String> =
            posts.join_all().await.into_iter().map(|(status, body)| format!("{status} {body}")).collect();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let stored = pair.callers[1].log(chat.id).await;
        let times = stored.iter().filter(|entry| entry.text == format!("w0-{round}")).count();
        assert_eq!(times, 1, "{answers:?}");
    }
}
