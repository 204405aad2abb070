//! A stand-in for a collector of traces: takes what is posted, and looks for words in it.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};

/// One batch as it came: the headers, and protobuf, in which text stands as it is.
pub type Batch = (HeaderMap, Bytes);

#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<Batch>>>);

impl Collector {
    /// Listens; answers its base address too.
    pub async fn start() -> (Self, String) {
        let collector = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/v1/traces", post(take)).with_state(collector.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        (collector, base)
    }

    pub fn batches(&self) -> Vec<Batch> {
        self.0.lock().unwrap().clone()
    }

    pub fn holds(&self, bytes: &[u8]) -> bool {
        self.batches().iter().any(|(_, batch)| batch.windows(bytes.len()).any(|window| window == bytes))
    }
}

async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) {
    collector.0.lock().unwrap().push((headers, body));
}
