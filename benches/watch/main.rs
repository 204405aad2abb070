//! How soon watchers see what is written, and what those cost who wait: `cargo bench --bench watch`.
//!
//! Everything runs here and over loopback: a server in a release build with its own durable Postgres, the
//! writers and the watchers. Raise the limit of open files (`ulimit -n`) for many streams.

#[expect(dead_code, reason = "the other bench also looks into the database")]
#[path = "../load/server.rs"]
mod server;
#[path = "../load/wire.rs"]
mod wire;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use clap::Parser;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::MissedTickBehavior,
};

use self::server::Server;

const WRITERS: u32 = 4;

/// How soon watchers see what is written, and what those cost who wait.
#[derive(Parser)]
#[command(bin_name = "cargo bench --bench watch --")]
struct Options {
    /// Chats with a watcher each that are written into.
    #[arg(long, default_value_t = 1_000)]
    chats: usize,
    /// Messages a second.
    #[arg(long, default_value_t = 500)]
    rate: u32,
    #[arg(long, default_value_t = 10)]
    seconds: u32,
    /// Streams that wait, after that.
    #[arg(long, default_value_t = 5_000)]
    idle: usize,
    /// Where to make the temporary folder.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
    /// Cargo says so when it measures; without it, it only wants to know whether this builds.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let options = Options::parse();
    if !options.bench {
        println!("nothing measured: use cargo bench --bench watch");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a process can have a runtime").block_on(measure(&options));
}

async fn measure(options: &Options) {
    let server = Server::start(&options.folder).await;
    save_profile(&server).await;
    let watchers = Watchers { address: server.address, start: Instant::now(), seen: Arc::default() };
    measure_news(&server, &watchers, options).await;
    measure_idleness(&server, &watchers, options).await;
    server.stop().await;
}

/// How soon what is written is seen.
async fn measure_news(server: &Server, watchers: &Watchers, options: &Options) {
    let chats = start_chats(server, options.chats).await;
    watchers.watch(&chats).await;
    let acknowledged = write(server, &chats, options, watchers.start).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen = std::mem::take(&mut watchers.seen.lock().expect("nobody panics").messages);
    println!(
        "{} posts at {}/s into {} chats, {} seen",
        acknowledged.len(),
        options.rate,
        options.chats,
        seen.len()
    );
    let delays = seen.iter().map(|(sent, seen)| seen.saturating_sub(Duration::from_micros(*sent)));
    report(
        "from sending to the acknowledgment",
        acknowledged.iter().map(|(sent, at)| at.saturating_sub(*sent)).collect(),
    );
    report("from sending to the event, commit included", delays.collect());
    let acknowledged: HashMap<u128, Duration> =
        acknowledged.iter().map(|(sent, at)| (sent.as_micros(), *at)).collect();
    let after = seen.iter().filter_map(|(sent, seen)| Some((acknowledged.get(&u128::from(*sent))?, seen)));
    report(
        "from the acknowledgment to the event; 0: seen before it",
        after.map(|(at, seen)| seen.saturating_sub(*at)).collect(),
    );
}

fn report(what: &str, mut delays: Vec<Duration>) {
    delays.sort_unstable();
    println!("{what}: p50 {:.1} ms, p99 {:.1} ms", percentile(&delays, 50), percentile(&delays, 99));
}

/// What streams cost that wait, and whether others still get in.
async fn measure_idleness(server: &Server, watchers: &Watchers, options: &Options) {
    let more = start_chats(server, options.idle.saturating_sub(options.chats)).await;
    watchers.watch(&more).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("{} idle streams: {} MB resident", watchers.count(), resident_megabytes(server.pid()));
    let began = Instant::now();
    start_chats(server, 1).await;
    println!("a new visitor's chat started in {:.1} ms", began.elapsed().as_secs_f64() * 1_000.0);
    save_profile(server).await;
    let began = Instant::now();
    start_chats(server, 1).await;
    println!(
        "another's, while every token is checked again: {:.1} ms; {} MB resident",
        began.elapsed().as_secs_f64() * 1_000.0,
        resident_megabytes(server.pid())
    );
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(f64::NAN, |delay| delay.as_secs_f64() * 1_000.0)
}

fn resident_megabytes(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok()).unwrap_or(0) / 1_024
}

/// Saves the profile that the chats are of, whereupon what was known of tokens counts no more.
async fn save_profile(server: &Server) {
    let profile = json!({
        "id": "watch", "name": "Watch", "key": "open-sesame", "access_type": 1,
        "steps": [{"step_id": 1, "name": "Ask", "steptype": 1, "isstart": true, "message": "Go on?",
            "actions": [{"id": 1, "action_name": "Yes", "end_step": 1}]}]
    });
    server.connect().await.call(&wire::post("/ChatProfile", &server.token, &profile)).await;
}

async fn start_chats(server: &Server, count: usize) -> Vec<(i64, String)> {
    let mut connection = server.connect().await;
    let start = wire::post("/Chat", &server.token, &json!({"chatprofileid": "watch", "display_name": "Ada"}));
    let mut chats = Vec::with_capacity(count);
    for _ in 0..count {
        let answer = connection.call(&start).await;
        let token = answer["access_token"].as_str().expect("a visitor gets a token");
        chats.push((answer["id"].as_i64().expect("a chat has an id"), token.to_owned()));
    }
    chats
}

/// What all streams have told.
#[derive(Default)]
struct Seen {
    streams: usize,
    /// When each message was sent, in microseconds, and when it was seen.
    messages: Vec<(u64, Duration)>,
}

struct Watchers {
    address: SocketAddr,
    start: Instant,
    seen: Arc<Mutex<Seen>>,
}

impl Watchers {
    /// Opens a stream of each chat, until all have told the header.
    async fn watch(&self, chats: &[(i64, String)]) {
        let wanted = self.count() + chats.len();
        for (_, token) in chats {
            tokio::spawn(follow(self.address, token.clone(), self.start, self.seen.clone()));
        }
        while self.count() < wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn count(&self) -> usize {
        self.seen.lock().expect("nobody panics").streams
    }
}

/// Reads a stream and notes when each message came that says when it was sent.
async fn follow(address: SocketAddr, token: String, start: Instant, seen: Arc<Mutex<Seen>>) {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(&wire::get("/ChatMessage/Stream", &token)).await.expect("the server reads");
    let (mut buffer, mut is_counted, mut text) = (vec![0; 4_096], false, String::new());
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        let now = start.elapsed();
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        if !is_counted && text.contains("event: header") {
            is_counted = true;
            seen.lock().expect("nobody panics").streams += 1;
        }
        while let Some(end) = text.find("\n\n") {
            let block: String = text.drain(..end + 2).collect();
            let data = block.lines().find_map(|line| line.strip_prefix("data: "));
            let sent = data.and_then(|data| serde_json::from_str::<Value>(data).ok());
            let sent = sent.and_then(|entry| entry["textplain"].as_str()?.parse().ok());
            if let Some(sent) = sent {
                seen.lock().expect("nobody panics").messages.push((sent, now));
            }
        }
    }
}

/// Writes at an even rate; when each post was sent, to the microsecond, and when acknowledged.
async fn write(
    server: &Server,
    chats: &[(i64, String)],
    options: &Options,
    start: Instant,
) -> Vec<(Duration, Duration)> {
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let mut connection = server.connect().await;
        let (token, chats) = (server.token.clone(), chats.to_vec());
        let (posts, rate) = (options.rate * options.seconds / WRITERS, options.rate);
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            let mut interval = tokio::time::interval(Duration::from_secs(1) * WRITERS / rate);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for turn in 0..posts {
                interval.tick().await;
                let (chat, _) = &chats[(turn * WRITERS + writer) as usize % chats.len()];
                let sent = start.elapsed();
                let text = sent.as_micros().to_string();
                connection
                    .call(&wire::post("/ChatMessage", &token, &json!({"chat_id": chat, "text": text})))
                    .await;
                acknowledged.push((sent, start.elapsed()));
            }
            acknowledged
        });
    }
    writers.join_all().await.into_iter().flatten().collect()
}
