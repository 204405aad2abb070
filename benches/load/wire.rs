//! HTTP/1.1 over a connection that is kept: as little work as possible, so that what is measured
//! is the server.

use std::{io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const BUFFER_BYTES: usize = 16 * 1024;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Sends a request and reads the whole answer to it.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled).await?;
            if let Some(head) = Head::of(&self.buffer[..filled]) {
                break head;
            }
        };
        while filled < head.end() {
            filled += self.read(filled).await?;
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.bytes..head.end()] })
    }

    async fn read(&mut self, filled: usize) -> io::Result<usize> {
        if filled == self.buffer.len() {
            self.buffer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => Ok(count),
        }
    }

    /// A request of the preparations: it must succeed, and answers JSON.
    pub async fn call(&mut self, request: &[u8]) -> Value {
        let answer = self.exchange(request).await.expect("the server answers");
        let body = String::from_utf8_lossy(answer.body);
        assert!(answer.status < 300, "{} {body}: {}", answer.status, String::from_utf8_lossy(request));
        serde_json::from_str(&body).expect("the answer is JSON")
    }
}

struct Head {
    status: u16,
    bytes: usize,
    content_length: usize,
}

impl Head {
    /// None: there is more of it to come.
    fn of(received: &[u8]) -> Option<Self> {
        let bytes = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let text = str::from_utf8(&received[..bytes]).expect("heads are ASCII");
        let status = text.get(9..12).and_then(|status| status.parse().ok()).expect("it begins with a status");
        let content_length = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.parse().ok())
            .expect("the server knows the length of its answers");
        Some(Self { status, bytes, content_length })
    }

    const fn end(&self) -> usize {
        self.bytes + self.content_length
    }
}

pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

pub fn post(path: &str, token: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The request for the first token.
pub fn sign_in(id: &str, secret: &str) -> Vec<u8> {
    let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let length = body.len();
    format!(
        "POST /auth/token HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
