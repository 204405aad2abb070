//! Servers on this machine, names that lead where a test wants them to, and calls to both.

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

use aureole::{
    config::Config,
    flow::HttpRequest,
    outbound::{Answer, FetchError, Lookup, Outbound, Resolver},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Counts who comes and never answers. A connection is counted when the system has made it, so
/// nobody waits for one that does not come.
pub struct Trap(TcpListener);

impl Trap {
    /// At every address of this machine.
    pub fn everywhere() -> Self {
        let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0"));
        Self::new(listener.unwrap())
    }

    fn new(listener: TcpListener) -> Self {
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// How many have connected since the last count.
    pub fn count(&self) -> usize {
        let mut count = 0;
        loop {
            match self.0.accept() {
                Ok(_) => count += 1,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return count,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let found = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} came twice");
        found
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An HTTP server that gives its answers in order, and the last one from then on.
pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub fn new(answers: Vec<Vec<u8>>) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), answers)
    }

    /// At 127.0.0.2, with a trap at the same port of 127.0.0.1.
    pub fn beside_a_trap(answers: Vec<Vec<u8>>) -> (Self, Trap) {
        let pair = || {
            let listener = TcpListener::bind("127.0.0.2:0").ok()?;
            let port = listener.local_addr().ok()?.port();
            Some((listener, TcpListener::bind(("127.0.0.1", port)).ok()?))
        };
        // Somebody else may have the one port when the other was free.
        let (listener, trap) = (0..100).find_map(|_| pair()).unwrap();
        (Self::on(listener, answers), Trap::new(trap))
    }

    fn on(listener: TcpListener, answers: Vec<Vec<u8>>) -> Self {
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                // One after the other, so that the answers stay in order.
                let Some(request) = read(&mut stream).await else { continue };
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request);
                    log.len() - 1
                };
                let answer = answers.get(number).or(answers.last()).unwrap();
                // Who has read enough hangs up.
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Self { address, seen }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read(stream: &mut tokio::net::TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut seen = Seen { method: first.next()?, target: first.next()?, headers, body: String::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = String::from_utf8(bytes[end..].to_vec()).unwrap();
    Some(seen)
}

/// The bytes of an answer; `headers` are whole lines.
pub fn answer(status: u16, headers: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len());
    for line in headers {
        head.push_str(line);
        head.push_str("\r\n");
    }
    head.push_str("connection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub fn redirect(status: u16, to: &str) -> Vec<u8> {
    answer(status, &[&format!("location: {to}")], "")
}

/// Gives the answers of a name in order, and the last one from then on; knows no other name.
#[derive(Default)]
pub struct Names {
    answers: BTreeMap<String, Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub fn with(mut self, name: &str, answers: &[&[&str]]) -> Self {
        let parsed = |list: &&[&str]| list.iter().map(|address| address.parse().unwrap()).collect();
        self.answers.insert(name.to_owned(), answers.iter().map(parsed).collect());
        self
    }

    pub fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == name).count()
    }
}

impl Resolver for Names {
    fn addresses<'a>(&'a self, name: &'a str) -> Lookup<'a> {
        let number = self.asked(name);
        self.asked.lock().unwrap().push(name.to_owned());
        let found = self.answers.get(name).and_then(|answers| answers.get(number).or(answers.last()));
        let found = found.cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        Box::pin(async move { found })
    }
}

pub fn config(variables: &[(&str, &str)]) -> Config {
    let lookup =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::from_lookup(&lookup).unwrap()
}

/// The way out, with what `OUTBOUND_ALLOW` says. A second is the shortest time-out there is.
pub fn outbound(allow: &str, names: &Arc<Names>) -> Outbound {
    let config = config(&[
        ("OUTBOUND_ALLOW", allow),
        ("HTTP_STEP_TIMEOUT_SECONDS", "1"),
        ("HTTP_STEP_BYTES_MAX", "1000"),
    ]);
    Outbound::with_resolver(&config, Arc::<Names>::clone(names))
}

/// The way out, to servers of this machine.
pub fn to_this_machine() -> Outbound {
    outbound("127.0.0.0/8", &Arc::default())
}

pub fn get_request(url: &str) -> HttpRequest {
    HttpRequest { method: "GET".to_owned(), url: url.to_owned(), ..HttpRequest::default() }
}

pub async fn get(outbound: &Outbound, url: &str) -> Result<Answer, FetchError> {
    outbound.fetch(&get_request(url), "key").await
}
