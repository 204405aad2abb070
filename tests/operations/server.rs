//! An `aureole serve` process, its log, and a client for it.

use std::{
    env, fs,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::eventually;

const CLIENT_ID: &str = "operations";
const CLIENT_SECRET: &str = "only-for-these-tests";
/// 32 bytes in base64.
const SECRET_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Below the ports that the system gives to clients.
const PORTS: std::ops::Range<u16> = 10_000..20_000;
/// Beyond any honest answer; a request that hangs is a failure.
const REQUEST_MAX: Duration = Duration::from_secs(40);

pub struct Server {
    child: Child,
    pub base: String,
    dir: PathBuf,
    pub http: reqwest::Client,
}

impl Server {
    /// Starts, and waits until it is ready.
    pub async fn start(database_url: &str, variables: &[(&str, &str)]) -> Self {
        let mut server = Self::spawn(database_url, variables);
        server.ready().await;
        server
    }

    /// Starts, and does not wait.
    pub fn spawn(database_url: &str, variables: &[(&str, &str)]) -> Self {
        let dir = Path::new("/tmp").join(format!("aureole-operations-{}", Uuid::new_v4().simple()));
        fs::create_dir(&dir).expect("/tmp is there for everybody");
        let address = free_address();
        let log = File::create(dir.join("log")).expect("the folder is ours to write to");
        let child = Command::new(env!("CARGO_BIN_EXE_aureole"))
            // A variable of whoever runs the tests, or a `.env`, must not decide what is tested.
            .env_clear()
            .envs(env::vars().filter(|(name, _)| name == "PATH"))
            .current_dir(&dir)
            .env("DATABASE_URL", database_url)
            .env("SECRET_KEY", SECRET_KEY)
            .env("DATA_DIR", dir.join("data"))
            .env("LISTEN_ADDR", address.to_string())
            .env("ADMIN_CLIENT_ID", CLIENT_ID)
            .env("ADMIN_CLIENT_SECRET", CLIENT_SECRET)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("cargo has built the binary");
        // A client is not made without TLS, although these never use it. A second one finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(REQUEST_MAX).build().expect("TLS has its provider");
        Self { child, base: format!("http://{address}"), dir, http }
    }

    pub async fn ready(&mut self) {
        eventually("the server to be ready", || {
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("the server ended with {status}: {}", self.log());
            }
            let answer = self.get("/health/ready");
            async { (answer.await?.0 == 200).then_some(()) }
        })
        .await;
    }

    /// Status and body; none: nobody answers.
    pub fn get(&self, path: &str) -> impl Future<Output = Option<(u16, String)>> + use<> {
        let request = self.http.get(format!("{}{path}", self.base));
        async move {
            let answer = request.send().await.ok()?;
            Some((answer.status().as_u16(), answer.text().await.ok()?))
        }
    }

    /// A token of the administrator's client.
    pub async fn sign_in(&self) -> String {
        let form =
            format!("grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
        let request = self.http.post(format!("{}/auth/token", self.base)).body(form);
        let answer =
            request.header("Content-Type", "application/x-www-form-urlencoded").send().await.unwrap();
        let body: Value = answer.json().await.unwrap();
        body["access_token"].as_str().expect("the client is known").to_owned()
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 201, "{body}");
        body
    }

    /// A profile whose visitors wait for a team at once; its id is `wait`.
    pub async fn publish(&self, token: &str) -> i64 {
        let team = self.post("/Team", token, &json!({ "name": "Support" })).await["id"].as_i64().unwrap();
        let step = json!({ "step_id": 1, "isstart": true, "steptype": 8, "message": "Wait",
            "chat_teams": [{ "id": team }] });
        let profile =
            json!({ "id": "wait", "key": "open", "name": "Wait", "access_type": 1, "steps": [step] });
        self.post("/ChatProfile", token, &profile).await;
        team
    }

    /// A visitor's chat: its number and its token.
    pub async fn visit(&self) -> (i64, String) {
        let body = json!({ "chatprofileid": "wait", "chatprofilekey": "open", "display_name": "Ada" });
        let chat = self.post("/Chat", "", &body).await;
        (chat["id"].as_i64().unwrap(), chat["access_token"].as_str().unwrap().to_owned())
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    pub fn terminate(&self) {
        let pid = i32::try_from(self.child.id()).expect("a process id is an int");
        // SAFETY: kill touches no memory, and the child has not been waited for.
        unsafe { libc::kill(pid, libc::SIGTERM) };
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        self.child.wait().expect("it is our child")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let width = PORTS.end - PORTS.start;
    // Several test processes start at different places.
    let first = u16::try_from(std::process::id() % u32::from(width)).expect("it is below the width");
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(step < width, "no port is free");
        let address = SocketAddr::from(([127, 0, 0, 1], PORTS.start + (first + step) % width));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
