//! Three processes, writers and watchers of every kind, kills and restarts: `./dev soak MESSAGES`.

use std::{
    collections::BTreeMap,
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::PgPool;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    check::check,
    client::{Chat, Client},
    follower::Seen,
    harness::{Folder, WRITERS},
    server::Server,
    support::database::TestDatabase,
    watcher::{Transport, Watcher, random},
    writer::{Length, Writers},
};

const PROCESSES: usize = 3;
/// What CI has time for.
pub const MESSAGES_DEFAULT: usize = 1_600;
const MESSAGES_PER_CHAT: usize = 400;
const CHATS_MIN: usize = 20;
const KILLS: usize = 9;
const WATCHERS_MAX: usize = 50;
const FEEDS: usize = 3;
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

fn messages() -> usize {
    env::var("AUREOLE_SOAK_MESSAGES")
        .map_or(MESSAGES_DEFAULT, |text| text.parse().expect("a number of messages"))
}

/// Watches a chat until everything that was ever written into it has been seen.
async fn watch(mut watcher: Watcher, chat: Chat, staff: Client, written: Arc<AtomicBool>) -> Seen {
    loop {
        let is_last = written.load(Ordering::Acquire);
        watcher.watch().await;
        if is_last {
            let header = staff.read(&format!("/Chat/{}", chat.id)).await;
            if header["lastmessageid"].as_i64() == watcher.seen.last().map(|entry| entry.number) {
                return Seen::from([(chat.id, watcher.seen)]);
            }
        }
    }
}

/// Follows the feed of all chats, with a cut every now and then, until every last version was seen.
async fn watch_all(servers: Vec<Client>, chats: Vec<Chat>, written: Arc<AtomicBool>) {
    let (mut versions, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let is_last = written.load(Ordering::Acquire);
        follow_feed(&servers[random(servers.len() as u128)], &mut versions, &mut cursor).await;
        if is_last && has_all(&servers[0], &chats, &versions).await {
            return;
        }
    }
}

async fn follow_feed(server: &Client, versions: &mut BTreeMap<i64, i64>, cursor: &mut String) -> Option<()> {
    let path = format!("/Chat/Stream?cursor={cursor}");
    let mut response = timeout(Duration::from_secs(5), server.open(&path)).await.ok()??;
    let mut text = String::new();
    let cut = Instant::now() + Duration::from_millis(200 + random(3_000) as u64);
    while Instant::now() < cut {
        let chunk = timeout(Duration::from_millis(500), response.chunk()).await.ok()?.ok()??;
        text.push_str(std::str::from_utf8(&chunk).expect("frames are text and come whole"));
        while let Some(end) = text.find("\n\n") {
            let block: String = text.drain(..end + 2).collect();
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if field("event: ") == Some("header") {
                let header: serde_json::Value = serde_json::from_str(field("data: ")?).expect("data is JSON");
                let (chat, version) = (header["id"].as_i64()?, header["version"].as_i64()?);
                let before = versions.insert(chat, version);
                assert!(before <= Some(version), "chat {chat}: version {version} after {before:?}");
            }
            if let Some(id) = field("id: ") {
                id.clone_into(cursor);
            }
        }
    }
    Some(())
}

/// Does what autovacuum does for a database in use, and test databases are without: over a long run,
/// plans that were made for empty tables would read whole ones.
async fn keep_up(database: PgPool) {
    let mut interval = tokio::time::interval(UPKEEP_INTERVAL);
    loop {
        interval.tick().await;
        sqlx::query("vacuum (analyze)").execute(&database).await.expect("the database runs");
    }
}

async fn has_all(server: &Client, chats: &[Chat], versions: &BTreeMap<i64, i64>) -> bool {
    for chat in chats {
        let header = server.read(&format!("/Chat/{}", chat.id)).await;
        if header["version"].as_i64().as_ref() != versions.get(&chat.id) {
            return false;
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_watcher_of_three_processes_that_are_killed_sees_every_message_once_and_in_order() {
    run(messages(), &[]).await;
}

/// So many messages, to servers with these of the operator's variables.
pub async fn run(messages: usize, variables: &[(&str, &str)]) {
    let database = TestDatabase::new().await;
    let folders: Vec<Folder> = (0..PROCESSES).map(|_| Folder::new()).collect();
    let mut servers = Vec::new();
    for folder in &folders {
        servers.push(Server::start_on_with(&database, &folder.0, variables).await);
    }
    let staff = servers[0].sign_in().await;
    let callers: Vec<Client> = servers.iter().map(|server| staff.at(&server.base())).collect();
    let chats = staff.start_chats((messages / MESSAGES_PER_CHAT).max(CHATS_MIN)).await;
    let written = Arc::new(AtomicBool::new(false));
    let mut watchers = JoinSet::new();
    for (index, chat) in chats.iter().step_by(chats.len().div_ceil(WATCHERS_MAX)).enumerate() {
        let watcher = Watcher::new(chat.clone(), &callers, Transport::ALL[index % Transport::ALL.len()]);
        watchers.spawn(watch(watcher, chat.clone(), callers[index % PROCESSES].clone(), written.clone()));
    }
    let mut feeds = JoinSet::new();
    for _ in 0..FEEDS {
        feeds.spawn(watch_all(callers.clone(), chats.clone(), written.clone()));
    }
    let upkeep = tokio::spawn(keep_up(database.pool().await));
    let start = Instant::now();
    let writers = Writers::start(&callers, &chats, Length::Repeated(messages / WRITERS));
    for round in 0..KILLS {
        writers.reach(messages * (round + 1) / (KILLS + 1)).await;
        let server = &mut servers[round % PROCESSES];
        server.kill(false);
        server.restart().await;
    }
    let acknowledged = writers.join().await;
    println!("{} messages in {:.1} s, {KILLS} kills", acknowledged.len(), start.elapsed().as_secs_f64());
    written.store(true, Ordering::Release);
    let seen = watchers.join_all().await;
    feeds.join_all().await;
    println!(
        "all {} watchers and {FEEDS} feeds were done after {:.1} s",
        seen.len(),
        start.elapsed().as_secs_f64()
    );
    upkeep.abort();
    check(&staff, &chats, &acknowledged, &seen).await;
}
