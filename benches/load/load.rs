//! The load: connections that each send the next request as soon as the last one is answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::wire::Connection;

pub const WARM_UP: Duration = Duration::from_secs(1);

/// What a measurement came to.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Figures {
    /// Of some or all of the times that `count` requests took.
    pub fn new(count: usize, length: Duration, mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let part = |per_cent: usize| times.get(times.len() * per_cent / 100).copied().unwrap_or_default();
        let count = u32::try_from(count).expect("a machine of today is not that fast");
        Self { per_second: f64::from(count) / length.as_secs_f64(), p50: part(50), p99: part(99) }
    }
}

/// Sends the requests round and round, each connection beginning at another one.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    requests: Vec<Vec<u8>>,
    length: Duration,
) -> Figures {
    let requests = Arc::new(requests);
    let begin = Instant::now() + WARM_UP;
    let end = begin + length;
    let mut tasks = JoinSet::new();
    for index in 0..connections {
        let requests = requests.clone();
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await.expect("the server listens");
            let first = index * requests.len() / connections;
            let mut times = Vec::new();
            for request in requests.iter().cycle().skip(first) {
                let sent = Instant::now();
                if sent >= end {
                    break;
                }
                let answer = connection.exchange(request).await.expect("the server answers");
                assert!(answer.status < 300, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
                let answered = Instant::now();
                if sent >= begin && answered < end {
                    times.push(answered - sent);
                }
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    Figures::new(times.len(), length, times)
}
