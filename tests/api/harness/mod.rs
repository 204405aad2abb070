//! The API in this process, over a database of its own, with a clock that stands still.

pub mod canary;
mod chat;
mod clock;
mod files;
mod socket;
mod spread;
mod stream;
pub mod token;
pub mod web_api;

use std::{net::SocketAddr, sync::Arc};

use aureole::{
    api,
    app::App,
    clock::Clock,
    config::Config,
    server,
    service::auth::client::{self, NewClient},
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use bytes::Bytes;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::database::TestDatabase;

pub use chat::{Desk, PASSWORD, Visit};
pub use clock::TestClock;
pub use files::PNG;
pub use socket::Socket;
use spread::Spread;
pub use stream::{Event, Stream, eventually};

/// What secrets are sealed with unless a test says otherwise.
pub const SECRET_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A server to test, and the administrator's token for it.
pub struct TestApp {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub admin: String,
    api: api::Api,
    database: Arc<TestDatabase>,
    /// Takes the calls, where several processes share them.
    spread: Option<Arc<Spread>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    /// The body as it came.
    pub bytes: Bytes,
}

impl Reply {
    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The sentence of an error that must have this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> String {
        let body = self.expect(status);
        assert!(body["ClassName"].as_str().is_some_and(|name| name.starts_with("System.")), "{body}");
        assert_eq!(body["Message"], body["message"]);
        body["Message"].as_str().expect("an error says what is wrong").to_owned()
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// Never with others that share its calls: the test does something to this process itself.
    pub async fn alone() -> Self {
        Self::with(&[("LOG_FORMAT", "text")]).await
    }

    /// With some of the operator's variables set; then it is alone, for a limit of one process is not
    /// a limit of three.
    pub async fn with(variables: &[(&str, &str)]) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let mut test = Self::over(database, Arc::new(TestClock::new()), variables).await;
        test.admin = test.client(&["all"], None).await;
        test
    }

    /// Another process on the same database.
    pub async fn beside(other: &Self, variables: &[(&str, &str)]) -> Self {
        let mut test = Self::over(other.database.clone(), other.clock.clone(), variables).await;
        test.admin.clone_from(&other.admin);
        test
    }

    async fn over(database: Arc<TestDatabase>, clock: Arc<TestClock>, variables: &[(&str, &str)]) -> Self {
        let wanted = |name: &str| variables.iter().find(|(one, _)| *one == name).map(|(_, value)| *value);
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some("postgres://only.for.the/record".to_owned()),
            "SECRET_KEY" => Some(wanted(name).unwrap_or(SECRET_KEY).to_owned()),
            "PUBLIC_URL" => Some(wanted(name).unwrap_or("http://chat.test").to_owned()),
            // Clocks are moved by hours; sign-ins run out only where a test is about that.
            "ACCESS_TOKEN_SECONDS" => Some(wanted(name).unwrap_or("1000000").to_owned()),
            other => wanted(other).map(str::to_owned),
        };
        let config = || Config::from_lookup(&lookup).expect("the variables are well-formed");
        let any_clock = clock.clone() as Arc<dyn Clock>;
        let app = App::new(database.pool().await, any_clock.clone(), config());
        let api = api::service(app.clone());
        let spread = match variables {
            [] => Spread::beside(&app, &api, &database, &any_clock, config).await,
            _ => None,
        };
        Self { app, clock, admin: String::new(), api, database, spread }
    }

    /// A token of a new API client with these scopes.
    pub async fn client(&self, scopes: &[&str], agent: Option<i64>) -> String {
        let (id, secret) = self.client_credentials(scopes, agent).await;
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let token = self.form("/auth/token", &form).await.expect(200);
        token["access_token"].as_str().expect("there is a token").to_owned()
    }

    pub async fn client_credentials(&self, scopes: &[&str], agent: Option<i64>) -> (String, String) {
        let agent = agent.map(|id| i32::try_from(id).expect("ids are small"));
        let made = client::create(
            &self.app,
            NewClient {
                name: "Test client".to_owned(),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                agent: agent.map(aureole::domain::ids::AgentId::new),
                is_public: false,
                with_api_key: false,
            },
        )
        .await
        .expect("the client is well-formed");
        (made.client.id, made.secret.expect("it is not public").expose_secret().to_owned())
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.call("GET", path, &bearer(token), Body::empty()).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Reply {
        self.call("DELETE", path, &bearer(token), Body::empty()).await
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        self.post_with(path, token, &[], body).await
    }

    pub async fn post_with(&self, path: &str, token: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut all = bearer(token);
        all.push(("content-type".to_owned(), "application/json".to_owned()));
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.call("POST", path, &all, Body::from(body.to_string())).await
    }

    pub async fn form(&self, path: &str, form: &str) -> Reply {
        let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        self.call("POST", path, &headers, Body::from(form.to_owned())).await
    }

    pub async fn call(&self, method: &str, path: &str, headers: &[(String, String)], body: Body) -> Reply {
        self.answer(request(method, path, headers, body)).await
    }

    /// The same from this address.
    pub async fn call_from(
        &self,
        address: &str,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Body,
    ) -> Reply {
        let mut request = request(method, path, headers, body);
        let peer = SocketAddr::new(address.parse().expect("the test names an address"), 40_000);
        request.extensions_mut().insert(api::Peer(peer));
        self.answer(request).await
    }

    async fn answer(&self, request: Request) -> Reply {
        match &self.spread {
            Some(spread) => read(server::call(&spread.next().await, request).await).await,
            None => read(server::call(&self.api, request).await).await,
        }
    }
}

fn request(method: &str, path: &str, headers: &[(String, String)], body: Body) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(body).expect("the test writes well-formed requests")
}

async fn read(response: Response) -> Reply {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("the answer ends");
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap_or_else(|_| json!(String::from_utf8_lossy(&bytes)))
    };
    Reply { status: parts.status, headers: parts.headers, body, bytes }
}

/// No header at all for an empty token: a stranger.
pub fn bearer(token: &str) -> Vec<(String, String)> {
    if token.is_empty() {
        return Vec::new();
    }
    vec![("authorization".to_owned(), format!("Bearer {token}"))]
}
