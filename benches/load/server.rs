//! The server under load: a release build with its own durable database in a temporary folder.

use std::{
    env, fs,
    fs::File,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf, absolute},
    process::Stdio,
    time::Duration,
};

use aureole::postgres::{Embedded, EmbeddedSettings};
use sqlx::postgres::PgConnectOptions;
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::wire::{self, Connection};

const CLIENT_ID: &str = "load";
const CLIENT_SECRET: &str = "only-for-this-run";
const START_MAX: Duration = Duration::from_mins(1);
const STOP_MAX: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

pub struct Server {
    process: Child,
    pub address: SocketAddr,
    /// Of an API client with scope `all`.
    pub token: String,
    // Below the process, so removed after it has ended.
    folder: Folder,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}

impl Server {
    pub async fn start(parent: &Path) -> Self {
        let parent = absolute(parent).expect("a path can be made absolute");
        let folder = Folder(parent.join(format!("aureole-load-{}", Uuid::new_v4().simple())));
        fs::create_dir(&folder.0).expect("the folder can be made");
        // The account that Postgres runs as must be able to pass.
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).expect("it is ours");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = port.expect("there is a free port");
        let process = spawn(&folder.0, address);
        let mut server = Self { process, address, token: String::new(), folder };
        let ready = tokio::time::timeout(START_MAX, server.ready()).await;
        assert!(ready.is_ok(), "the server did not start: {}", server.log());
        let mut connection = server.connect().await;
        let answer = connection.call(&wire::sign_in(CLIENT_ID, CLIENT_SECRET)).await;
        let token = answer["access_token"].as_str().expect("the client is known");
        token.clone_into(&mut server.token);
        server
    }

    async fn ready(&mut self) {
        loop {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("the server ended with {status}: {}", self.log());
            }
            if let Ok(mut connection) = Connection::open(self.address).await
                && let Ok(answer) = connection.exchange(&wire::get("/health/ready", "")).await
                && answer.status == 200
            {
                return;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.0.join("server.log")).unwrap_or_default()
    }

    pub fn folder(&self) -> &Path {
        &self.folder.0
    }

    pub fn pid(&self) -> u32 {
        self.process.id().expect("it runs until it is stopped")
    }

    pub async fn connect(&self) -> Connection {
        Connection::open(self.address).await.expect("the server listens")
    }

    /// The way into its database.
    pub fn database(&self) -> PgConnectOptions {
        let settings = EmbeddedSettings {
            data_dir: self.folder.0.join("data"),
            data_dir_is_default: false,
            binaries: None,
            durable: true,
        };
        let running = Embedded::running(&settings).expect("the folder is ours");
        running.expect("the server runs it")
    }

    /// Ends it as an operator would.
    pub async fn stop(mut self) {
        if let Ok(pid) = i32::try_from(self.pid()) {
            // SAFETY: kill touches no memory, and the child has not been waited for.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
        if tokio::time::timeout(STOP_MAX, self.process.wait()).await.is_err() {
            eprintln!("the server did not stop: {}", self.log());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only after a failure it runs still. Its database ends with it, and needs its folder
        // until then.
        while matches!(self.process.try_wait(), Ok(None)) {
            let _ = self.process.start_kill();
            std::thread::sleep(POLL);
        }
        let postmaster = self.folder.0.join("data/postgres/data/postmaster.pid");
        let deadline = std::time::Instant::now() + STOP_MAX;
        while postmaster.exists() && std::time::Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
    }
}

fn spawn(folder: &Path, address: SocketAddr) -> Child {
    let log = File::create(folder.join("server.log")).expect("the folder is ours");
    Command::new(env!("CARGO_BIN_EXE_aureole"))
        .env_clear()
        .envs(env::vars().filter(|(name, _)| ["PATH", "AUREOLE_POSTGRES_BIN"].contains(&name.as_str())))
        .current_dir(folder)
        .env("DATA_DIR", folder.join("data"))
        .env("LISTEN_ADDR", address.to_string())
        .env("ADMIN_CLIENT_ID", CLIENT_ID)
        .env("ADMIN_CLIENT_SECRET", CLIENT_SECRET)
        // All come from here.
        .env("STREAMS_PER_ADDRESS_MAX", "20000")
        .env("STREAMS_MAX", "20000")
        .env("ADDRESS_REQUESTS_PER_MINUTE_MAX", "1000000000")
        .env("VISITOR_POSTS_PER_MINUTE_MAX", "1000000000")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .expect("cargo has built the binary")
}
