//! Kill cycles: the server or its database is killed at any moment, while clients with retries post,
//! answer the flow and close chats. Every chat has exactly the log that it would have had without.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    client::{Chat, Client},
    harness::{Folder, eventually, random_below},
    server::Server,
};

/// Unless `AUREOLE_KILL_CYCLES` says otherwise; `./dev kill-cycles` does.
const CYCLES: usize = 6;
const CLIENTS: usize = 32;
/// What a visitor posts once people are to have the chat.
const POSTS: usize = 6;
/// Between a start and the next kill, so many requests are acknowledged at the most.
const ACKNOWLEDGED_BETWEEN_KILLS_MAX: usize = 300;

/// Two questions, and then the queue.
fn profile(team: &Value) -> Value {
    json!({ "name": "Cycles", "key": "open-sesame", "access_type": 1, "greeting": "Hello", "steps": [
        { "step_id": 1, "isstart": true, "steptype": 1, "message": "Go on?",
          "actions": [{ "action_name": "Yes", "end_step": 2 }] },
        { "step_id": 2, "steptype": 2, "message": "Which?", "actions": [{ "end_step": 3 }] },
        { "step_id": 3, "steptype": 8, "message": "You said $answer", "chat_teams": [{ "id": team }] }
    ] })
}

#[derive(Clone)]
struct Crowd {
    staff: Client,
    profile: String,
    acknowledged: Arc<AtomicUsize>,
}

/// An entry as far as it is the same in every chat: its number, its kind, its words.
type Line = (i64, i64, String);

/// A chat that is closed, and the entries that were acknowledged one by one.
struct Walked {
    chat: Chat,
    name: String,
    acknowledged: Vec<Line>,
}

fn line(entry: &Value) -> Line {
    let number = |member: &str| entry[member].as_i64().expect("an entry has numbers");
    (number("id"), number("system_id"), entry["textplain"].as_str().unwrap_or_default().to_owned())
}

impl Crowd {
    async fn insist(&self, caller: &Client, path: &str, body: &Value) -> Value {
        let answer = caller.insist(path, body).await;
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
        answer
    }

    /// One chat from its start to its end.
    async fn walk(&self, name: String) -> Walked {
        let start = json!({ "chatprofileid": self.profile, "display_name": name });
        let chat = self.staff.chat(&self.insist(&self.staff, "/Chat", &start).await);
        let words = ["Yes".to_owned(), format!("{name} answers")].into_iter();
        let words = words.chain((0..POSTS).map(|post| format!("{name} says {post}")));
        let mut acknowledged = Vec::new();
        for text in words {
            let message = json!({ "chat_id": chat.id, "text": text });
            acknowledged.push(line(&self.insist(&chat.visitor, "/ChatMessage", &message).await));
        }
        let close = json!({ "id": chat.id, "isclosed": true });
        self.insist(&self.staff, "/Chat", &close).await;
        Walked { chat, name, acknowledged }
    }

    async fn log(&self, chat: &Chat) -> Vec<Line> {
        let log = self.staff.read(&format!("/ChatMessage?chat_id={}&last_id=0", chat.id)).await;
        log.as_array().expect("a log is a list").iter().map(line).collect()
    }

    /// What is wrong with a chat that was walked through, if something is.
    async fn faults(&self, walked: &Walked, pattern: &[Line]) -> Vec<String> {
        let log = self.log(&walked.chat).await;
        let named = |(number, code, text): &Line| (*number, *code, text.replace("NAME", &walked.name));
        let expected: Vec<Line> = pattern.iter().map(named).collect();
        let mut faults = Vec::new();
        for one in &walked.acknowledged {
            if !log.contains(one) {
                faults.push(format!("{one:?} was acknowledged and is not there"));
            }
        }
        if log != expected {
            faults.push(format!("the log is {log:?}"));
        }
        let header = self.staff.read(&format!("/Chat/{}", walked.chat.id)).await;
        let last = log.last().map_or(0, |entry| entry.0);
        let told = (&header["lastmessageid"], &header["isclosed"], &header["state"]);
        if told != (&json!(last), &json!(true), &json!("closed")) || header["dateclosed"].is_null() {
            faults.push(format!("the header says {header}"));
        }
        faults
    }

    async fn progress(&self, more: usize) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + more;
        let has_come = || self.acknowledged.load(Ordering::Relaxed) >= goal;
        eventually("requests to be acknowledged", || std::future::ready(has_come().then_some(()))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_cycles_lose_nothing_and_double_nothing() {
    let cycles = env::var("AUREOLE_KILL_CYCLES").map_or(CYCLES, |cycles| cycles.parse().expect("a number"));
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let team = staff.insist("/Team", &json!({ "name": "People" })).await["id"].clone();
    let made = staff.insist("/ChatProfile", &profile(&team)).await;
    let profile = made["id"].as_str().expect("a profile's id is text").to_owned();
    let crowd = Crowd { staff, profile, acknowledged: Arc::default() };
    // How a chat looks that nothing happens to.
    let calm = crowd.walk("NAME".to_owned()).await;
    let pattern = crowd.log(&calm.chat).await;
    assert_eq!(crowd.faults(&calm, &pattern).await, [""; 0]);
    let stopped = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for index in 0..CLIENTS {
        let (crowd, stopped) = (crowd.clone(), stopped.clone());
        clients.spawn(async move {
            let mut walked = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                walked.push(crowd.walk(format!("c{index}n{}", walked.len())).await);
            }
            walked
        });
    }
    for cycle in 0..cycles {
        crowd.progress(1 + random_below(ACKNOWLEDGED_BETWEEN_KILLS_MAX)).await;
        if cycle % 2 == 0 {
            server.kill(false);
            server.restart().await;
        } else {
            server.kill_database().await;
        }
    }
    stopped.store(true, Ordering::Relaxed);
    let walked = clients.join_all().await;
    let mut faults = Vec::new();
    for one in walked.iter().flatten() {
        let found = crowd.faults(one, &pattern).await;
        faults.extend(found.into_iter().map(|fault| format!("chat {}: {fault}", one.chat.id)));
    }
    let chats: usize = walked.iter().map(Vec::len).sum();
    // Every start was acknowledged in the end, so there is no chat that nobody knows of.
    let listed = crowd.staff.read("/Chat?pageinate=true&page_size=1").await;
    assert_eq!(listed["record_count"], chats + 1, "one chat for each start");
    let acknowledged = crowd.acknowledged.load(Ordering::Relaxed);
    println!("{cycles} kills, {acknowledged} acknowledged, {chats} chats of {} entries each", pattern.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
