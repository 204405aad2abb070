//! Reading a stream of events, and waiting with a deadline.

use std::time::{Duration, Instant};

use aureole::{server, service::news};
use axum::{
    body::{Body, BodyDataStream, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
};
use futures_util::StreamExt;
use serde_json::Value;

use super::{Reply, TestApp, bearer};

/// Longer than anything that is waited for, on a busy machine.
const WAIT_MAX: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

/// One event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Value,
}

/// A stream that is being read.
pub struct Stream {
    pub headers: HeaderMap,
    body: BodyDataStream,
    read: String,
}

impl TestApp {
    /// Hears news of other processes from now on, and looks for what it does not hear.
    pub async fn hear_news(&self) {
        // Processes that share the calls hear news from the start.
        if self.spread.is_none() {
            tokio::spawn(news::run(self.app.clone()));
        }
        let is_current = || async { self.app.news.trust().map(drop) };
        eventually("news to be heard", is_current).await;
    }

    /// An operation whose answer may never end: its status, and the body of what is no stream.
    pub async fn knock(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Body,
    ) -> (StatusCode, Value) {
        let response = server::call(&self.api, super::request(method, path, headers, body)).await;
        let status = response.status();
        let kind = response.headers().get("content-type");
        if kind.is_some_and(|kind| kind == "text/event-stream") {
            return (status, Value::Null);
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    pub async fn stream(&self, path: &str, token: &str) -> Stream {
        self.stream_with(path, token, &[]).await
    }

    pub async fn stream_with(&self, path: &str, token: &str, headers: &[(&str, &str)]) -> Stream {
        let mut request = Request::builder().uri(path);
        for (name, value) in bearer(token) {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = server::call(&self.api, request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let (parts, body) = response.into_parts();
        Stream { headers: parts.headers, body: body.into_data_stream(), read: String::new() }
    }

    /// An answer that is waited for in the background.
    pub fn wait_for(&self, path: &str, token: &str) -> tokio::task::JoinHandle<Reply> {
        let (api, request) = (self.api.clone(), super::request("GET", path, &bearer(token), Body::empty()));
        tokio::spawn(async move { super::read(server::call(&api, request).await).await })
    }
}

impl Stream {
    /// The next event; none: the stream has ended.
    pub async fn next(&mut self) -> Option<Event> {
        // Comments do not count: they come for ever.
        tokio::time::timeout(WAIT_MAX, self.read_event()).await.expect("the next event comes in time")
    }

    async fn read_event(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let event = parse(&self.read[..end]);
                self.read.drain(..end + 2);
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let chunk = self.body.next().await?.expect("a stream is whole");
            self.read.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event of this name, whatever comes before it.
    pub async fn find(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before {name}"));
            if event.name == name {
                return event;
            }
        }
    }

    /// Texts of the next entries, up to this one.
    pub async fn texts_until(&mut self, last: &str) -> Vec<String> {
        let mut texts = Vec::new();
        while texts.last().is_none_or(|text| text != last) {
            texts.push(self.find("message").await.data["text"].as_str().unwrap().to_owned());
        }
        texts
    }
}

/// Comments and the hint when to come back are no events.
fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    Some(Event {
        name: field("event: ")?,
        id: field("id: "),
        data: serde_json::from_str(&field("data: ")?).expect("data is JSON"),
    })
}

/// Polls until the answer is there.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(POLL).await;
    }
}
