//! News by NATS: a real server of it, which comes and goes.

use std::{
    env,
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use tokio::time::timeout;

use crate::{
    client::Client,
    harness::{Folder, eventually},
    program::free_address,
    server::Server,
    soak,
    support::database::TestDatabase,
};

const ASK_AGAIN: Duration = Duration::from_millis(100);
const WAIT_MAX: Duration = Duration::from_mins(1);

struct Nats {
    child: Child,
    address: SocketAddr,
}

impl Nats {
    async fn start(address: SocketAddr) -> Self {
        let mut command = Command::new(program());
        command.args(["-a", &address.ip().to_string(), "-p", &address.port().to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("nats-server is installed: ./dev test sees to it");
        let nats = Self { child, address };
        eventually("NATS", || async { TcpStream::connect(address).ok().map(drop) }).await;
        nats
    }

    fn url(&self) -> String {
        format!("nats://{}", self.address)
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `./dev` unpacks it, or wherever the system has it.
fn program() -> String {
    env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned())
}

/// Reads a chat's stream at another server until it says this.
async fn hears(stream: &mut reqwest::Response, word: &str) {
    let mut text = String::new();
    while !text.contains(word) {
        let chunk = stream.chunk().await.expect("the stream goes on").expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
}

/// Who types is never stored: it is seen at another server only if news travels.
async fn see_typing(chat: i64, here: &Client, there: &mut reqwest::Response) {
    let typing = json!({ "chat_id": chat, "sender_id": 1 });
    let seen = async {
        let seen = hears(there, "\"typing\":[{");
        tokio::pin!(seen);
        // Each is told once, and to those who listen at that moment.
        while timeout(ASK_AGAIN, &mut seen).await.is_err() {
            here.post("/ChatMessage/IsTyping", &typing, None).await.expect("the server answers");
        }
    };
    timeout(WAIT_MAX, seen).await.expect("typing is seen at the other server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_travels_by_nats_and_messages_arrive_without_it() {
    let nats = Nats::start(free_address()).await;
    let database = TestDatabase::new().await;
    let folders = [Folder::new(), Folder::new()];
    let news = [("NEWS_URL", &*nats.url())];
    let one = Server::start_on_with(&database, &folders[0].0, &news).await;
    let two = Server::start_on_with(&database, &folders[1].0, &news).await;
    let staff = one.sign_in().await;
    let chat = staff.start_chats(1).await.remove(0);
    let here = &chat.visitor;
    let path = format!("/ChatMessage/Stream?chat_id={}", chat.id);
    let mut there = staff.at(&two.base()).open(&path).await.expect("a stream");
    see_typing(chat.id, here, &mut there).await;
    let address = nats.address;
    drop(nats);
    here.post("/ChatMessage", &json!({ "chat_id": chat.id, "text": "without" }), None).await.unwrap();
    hears(&mut there, "without").await;
    let _nats = Nats::start(address).await;
    see_typing(chat.id, here, &mut there).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_miss_nothing_when_news_travels_by_nats() {
    let nats = Nats::start(free_address()).await;
    soak::run(soak::MESSAGES_DEFAULT / 2, &[("NEWS_URL", &*nats.url())]).await;
}
