//! The `aureole` program as an operator runs it, for tests that start and end it; include it with
//! `#[path = "../support/program.rs"] mod program;`.

use std::{
    env,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use serde_json::Value;

const CLIENT_ID: &str = "operator";
const CLIENT_SECRET: &str = "only for these tests";
/// 32 bytes in base64.
const SECRET_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Below the ports that the system gives to clients: a client that retries against a server that
/// is down could otherwise be given the server's port, and connect to itself.
const PORTS: std::ops::Range<u16> = 10_000..32_000;
/// Beyond any honest answer; a request that hangs is a failure.
const REQUEST_MAX: Duration = Duration::from_secs(40);

/// The program with an operator's variables, in a folder of its own; without a database to connect to it
/// brings its own.
pub fn command(dir: &Path, database_url: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aureole"));
    command
        // A variable of whoever runs the tests, or a `.env`, must not decide what is tested.
        .env_clear()
        .envs(env::vars().filter(|(name, _)| ["PATH", "AUREOLE_POSTGRES_BIN"].contains(&name.as_str())))
        .current_dir(dir)
        .env("DATA_DIR", dir.join("data"))
        .env("ADMIN_CLIENT_ID", CLIENT_ID)
        .env("ADMIN_CLIENT_SECRET", CLIENT_SECRET)
        .stdin(Stdio::null());
    if let Some(url) = database_url {
        command.env("DATABASE_URL", url).env("SECRET_KEY", SECRET_KEY);
    }
    command
}

/// Where nobody listens, and no client is.
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

pub fn http() -> reqwest::Client {
    // A client is not made without TLS, although these never use it. A second one finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(REQUEST_MAX).build().expect("TLS has its provider")
}

/// A token of the administrator's client, with scope `all`.
pub async fn sign_in(http: &reqwest::Client, base: &str) -> String {
    let form = format!("grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}");
    let request = http
        .post(format!("{base}/auth/token"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(form.replace(' ', "+"));
    let response = request.send().await.expect("the server is ready");
    let body: Value = response.json().await.expect("every answer is JSON");
    body["access_token"].as_str().expect("the client is known").to_owned()
}
