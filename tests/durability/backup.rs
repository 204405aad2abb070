//! A backup that is made under load is one moment of the database, and starts elsewhere.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    client::{Chat, Client},
    harness::{Folder, eventually, scaled},
    server::{Server, run},
    support::database::TestDatabase,
};

const WRITERS: usize = 8;
const CHATS: usize = 6;
/// Acknowledged before the backup begins, and again after it has ended.
const POSTS: usize = 4_000;
const POSTS_MIN: usize = 200;
const IN_FOLDER: [(&str, &str); 1] = [("ATTACHMENT_STORE", "file")];

/// A message, and when it was sent and acknowledged.
struct Posted {
    chat: i64,
    number: i64,
    text: String,
    begun: Instant,
    acknowledged: Instant,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_one_moment_and_starts_elsewhere() {
    let (here, there) = (Folder::new(), Folder::new());
    let server = Server::start_with(&here.0, &IN_FOLDER).await;
    let staff = server.sign_in().await;
    let chats = staff.start_chats(CHATS).await;
    let mut files = Vec::new();
    for chat in &chats {
        files.push(upload(&chat.visitor, chat.id).await);
    }
    let (count, stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut writers = JoinSet::new();
    for index in 0..WRITERS {
        writers.spawn(write(index, staff.clone(), chats.clone(), count.clone(), stopped.clone()));
    }
    let more = scaled(POSTS, POSTS_MIN);
    progress(&count, more).await;
    let file = here.0.join("whole.backup");
    let begun = Instant::now();
    let (is_made, said) = run(&here.0, None, &["backup", &file.to_string_lossy()]).await;
    let ended = Instant::now();
    assert!(is_made && said.contains("SECRET_KEY is not in it"), "{said}");
    progress(&count, more).await;
    stopped.store(true, Ordering::Relaxed);
    let posted: Vec<Posted> = writers.join_all().await.into_iter().flatten().collect();
    let (is_restored, said) = run(&there.0, None, &["restore", &file.to_string_lossy()]).await;
    assert!(is_restored && said.contains("sealed with another SECRET_KEY"), "{said}");
    let other = Server::start_with(&there.0, &IN_FOLDER).await;
    let reader = other.sign_in().await;
    let (mut stored, mut held_back) = (0, 0);
    for chat in &chats {
        let (live, restored) = (log(&staff, chat.id).await, log(&reader, chat.id).await);
        assert!(restored.len() <= live.len());
        assert!(restored[..] == live[..restored.len()], "chat {} is another than it was", chat.id);
        let length = i64::try_from(restored.len()).unwrap();
        assert_eq!(restored.last().unwrap()["id"], length, "no entry is missing");
        let header = reader.read(&format!("/Chat/{}", chat.id)).await;
        assert_eq!(header["lastmessageid"], length);
        for one in posted.iter().filter(|one| one.chat == chat.id) {
            let entry = usize::try_from(one.number - 1).ok().and_then(|at| restored.get(at));
            let is_there = entry.is_some_and(|entry| entry["text"] == one.text.as_str());
            assert!(is_there || one.acknowledged >= begun, "{} was acknowledged before", one.text);
            assert!(!is_there || one.begun <= ended, "{} was sent after", one.text);
            stored += usize::from(is_there);
            held_back += usize::from(!is_there);
        }
        // It goes on: tokens, numbers and counters are those of the moment.
        let visitor = chat.visitor.at(&other.base());
        let body = json!({ "chat_id": chat.id, "text": "Still here" });
        let (status, answer) = visitor.post("/ChatMessage", &body, None).await.unwrap();
        assert_eq!((status, &answer["id"]), (201, &json!(length + 1)), "{answer}");
    }
    assert!(stored >= more && held_back >= more, "{stored} of {} are in it", posted.len());
    for (id, bytes) in &files {
        let found = reader.open(&format!("/Attachment/{id}")).await.unwrap().bytes().await.unwrap();
        assert!(found[..] == bytes[..], "attachment {id} is another than it was");
    }
    reader.start_chat(&reader.publish().await).await;
    println!("{stored} messages in the backup, {held_back} after its moment; it took {:?}", ended - begun);
}

async fn write(
    index: usize,
    staff: Client,
    chats: Vec<Chat>,
    count: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
) -> Vec<Posted> {
    let mut posted = Vec::new();
    for turn in 0.. {
        if stopped.load(Ordering::Relaxed) {
            break;
        }
        let chat = &chats[(index + turn) % chats.len()];
        let caller = if index.is_multiple_of(2) { &chat.visitor } else { &staff };
        let (text, begun) = (format!("w{index}-{turn}"), Instant::now());
        let body = json!({ "chat_id": chat.id, "text": text });
        let (status, answer) = caller.post("/ChatMessage", &body, None).await.expect("the server answers");
        assert_eq!(status, 201, "{answer}");
        let number = answer["id"].as_i64().unwrap();
        posted.push(Posted { chat: chat.id, number, text, begun, acknowledged: Instant::now() });
        count.fetch_add(1, Ordering::Relaxed);
    }
    posted
}

/// Waits until so many more have been acknowledged.
async fn progress(count: &AtomicUsize, more: usize) {
    let goal = count.load(Ordering::Relaxed) + more;
    let has_come = || std::future::ready((count.load(Ordering::Relaxed) >= goal).then_some(()));
    eventually("posts to be acknowledged", has_come).await;
}

/// A picture with bytes that no other has; its id and its bytes.
async fn upload(caller: &Client, chat: i64) -> (i64, Vec<u8>) {
    let mut bytes =
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00".to_vec();
    while bytes.len() < 60_000 {
        bytes.extend_from_slice(Uuid::new_v4().as_bytes());
    }
    let body = json!({ "chat_id": chat, "filename": "a.png", "data_base64": BASE64_STANDARD.encode(&bytes) });
    let (status, answer) = caller.post("/Attachment", &body, None).await.unwrap();
    assert_eq!(status, 201, "{answer}");
    (answer["id"].as_i64().unwrap(), bytes)
}

/// Everything that the API says of a log's entries, but how far it has come since.
async fn log(caller: &Client, chat: i64) -> Vec<Value> {
    let mut log: Vec<Value> = Vec::new();
    loop {
        let last = log.last().map_or(0, |entry| entry["id"].as_i64().unwrap());
        let page = caller.read(&format!("/ChatMessage?chat_id={chat}&last_id={last}")).await;
        let mut page = page.as_array().unwrap().clone();
        if page.is_empty() {
            return log;
        }
        for entry in &mut page {
            entry.as_object_mut().unwrap().remove("lastmessageid");
        }
        log.extend(page);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_replaces_only_when_told_and_begins_another_history() {
    let folder = Folder::new();
    let database = TestDatabase::new().await;
    let url = database.url();
    let mut server = Server::start_on(&database, &folder.0).await;
    let staff = server.sign_in().await;
    let chats = staff.start_chats(1).await;
    let chat = chats[0].id;
    let before = log(&staff, chat).await;
    let file = folder.0.join("whole.backup");
    let path = file.to_string_lossy();
    let command = async |arguments: &[&str]| run(&folder.0, Some(&url), arguments).await;
    let refused = async |arguments: &[&str], why: &str| {
        let (is_done, said) = command(arguments).await;
        assert!(!is_done && said.contains(why), "{arguments:?}: {said}");
    };
    assert!(command(&["backup", &path]).await.0);
    refused(&["backup", &path], "overwrites nothing").await;
    let body = json!({ "chat_id": chat, "text": "after the backup" });
    assert_eq!(staff.post("/ChatMessage", &body, None).await.unwrap().0, 201);
    let cursor = cursor(&staff).await;
    refused(&["restore", &path, "--replace"], "stop them first").await;
    server.kill(false);
    // The database notices a moment later that its server is gone.
    eventually("the server's connections to end", async || {
        let (_, said) = command(&["restore", &path]).await;
        said.contains("the database is not empty").then_some(())
    })
    .await;
    refused(&["restore", &changed(&file)], "is damaged").await;
    refused(&["restore", &cut(&file)], "it ends in the middle").await;
    fs::write(folder.0.join("other"), "not a backup").unwrap();
    refused(&["restore", &folder.0.join("other").to_string_lossy()], "no backup").await;
    let (is_done, said) = command(&["restore", &path, "--replace"]).await;
    assert!(is_done, "{said}");
    server.restart().await;
    let staff = server.sign_in().await;
    assert_eq!(log(&staff, chat).await, before);
    let stream = staff.open(&format!("/Chat/Stream?cursor={cursor}")).await.unwrap();
    let first = read_until(stream, "event: ").await;
    assert!(first.contains("event: snapshot") && first.contains("expired"), "{first}");
    let audit = staff.read("/Audit?action=restored").await;
    assert_eq!(audit["entries"][0]["name"], "cli");
}

/// A copy with one bit that is another.
fn changed(file: &Path) -> String {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    copy(file, &bytes)
}

/// A copy without its last bytes.
fn cut(file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    copy(file, &bytes[..bytes.len() - 10])
}

fn copy(file: &Path, bytes: &[u8]) -> String {
    let copy = file.with_extension("damaged");
    fs::write(&copy, bytes).unwrap();
    copy.to_string_lossy().into_owned()
}

/// Where a feed of all chats is now.
async fn cursor(staff: &Client) -> String {
    let told = read_until(staff.open("/Chat/Stream").await.unwrap(), "event: current").await;
    let id = told.lines().rev().find_map(|line| line.strip_prefix("id: "));
    id.unwrap_or_else(|| panic!("{told}")).to_owned()
}

/// What a stream tells, up to the end of the event with these words.
async fn read_until(mut stream: reqwest::Response, words: &str) -> String {
    let mut told = String::new();
    loop {
        let piece = stream.chunk().await.unwrap().expect("the stream goes on");
        told.push_str(&String::from_utf8_lossy(&piece));
        if told.split_once(words).is_some_and(|(_, rest)| rest.contains("\n\n")) {
            return told;
        }
    }
}
