//! A client's end of a socket, at a server that listens.

use std::time::Duration;

use aureole::server;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use super::TestApp;

const WAIT_MAX: Duration = Duration::from_secs(20);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl TestApp {
    /// Listens, as a server does; answers the host and port.
    pub async fn listen(&self) -> String {
        self.listen_until(std::future::pending()).await.0
    }

    /// The same until it is told to end, with the end.
    pub async fn listen_until(
        &self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> (String, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = self.app.clone();
        let serving = tokio::spawn(async move { server::serve(app, listener, stop).await });
        (address.to_string(), serving)
    }
}

impl Socket {
    /// Connects; the status and the body of a refusal.
    pub async fn open(host: &str, path: &str, token: &str) -> Result<Self, (u16, Value)> {
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        if !token.is_empty() {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => {
                let body = response.body().clone().unwrap_or_default();
                Err((response.status().as_u16(), serde_json::from_slice(&body).unwrap_or_default()))
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn send(&mut self, frame: &Value) {
        self.0.send(Message::Text(frame.to_string().into())).await.unwrap();
    }

    /// The next frame; none: the socket was closed.
    pub async fn next(&mut self) -> Option<Value> {
        // Pings do not count: they come for ever.
        tokio::time::timeout(WAIT_MAX, self.read_frame()).await.expect("a frame comes in time")
    }

    async fn read_frame(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next frame of this name, whatever comes before it.
    pub async fn find(&mut self, name: &str) -> Value {
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("the socket was closed before {name}"));
            if frame["event"] == name {
                return frame;
            }
            assert_ne!(frame["event"], "error", "{frame}");
        }
    }
}
