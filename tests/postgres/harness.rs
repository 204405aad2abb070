//! Clusters in folders of their own, the `aureole` process around one, and waiting with a deadline.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aureole::postgres::EmbeddedSettings;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

const WAIT_MAX: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A folder that the database account can reach, also when the checkout is root's.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = format!("aureole-launcher-{}", Uuid::new_v4().simple());
        let path = Path::new("/tmp").join(name);
        fs::create_dir(&path).expect("/tmp is there for everybody");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        Self(path)
    }

    /// Quick to start; a crash may lose the last rows.
    pub fn settings(&self) -> EmbeddedSettings {
        EmbeddedSettings {
            data_dir: self.0.join("data"),
            data_dir_is_default: false,
            binaries: None,
            durable: false,
        }
    }

    pub fn durable(&self) -> EmbeddedSettings {
        EmbeddedSettings { durable: true, ..self.settings() }
    }

    pub fn postmaster_pid(&self) -> Option<i32> {
        let text = fs::read_to_string(self.0.join("data/postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A test that failed may have left more than can be removed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn is_root() -> bool {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() == 0 }
}

pub fn kill(pid: i32) {
    assert!(pid > 1, "only a process of our own");
    // SAFETY: kill touches no memory.
    let code = unsafe { libc::kill(pid, libc::SIGKILL) };
    assert_eq!(code, 0, "the process is there");
}

/// A whole `aureole` process around a durable cluster.
pub struct Process {
    child: Child,
    pub options: PgConnectOptions,
}

impl Process {
    pub fn start(data_dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aureole"))
            .arg("embedded-postgres")
            .arg(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cargo has built the binary");
        let output = child.stdout.take().expect("it was asked for");
        let sockets = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ready ").map(str::to_owned))
            .expect("it becomes ready");
        let options = PgConnectOptions::new_without_pgpass()
            .socket(sockets)
            .port(5432)
            .username("aureole")
            .database("aureole");
        Self { child, options }
    }

    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it is our child");
    }

    /// Ends its input, which asks it to end.
    pub fn end(mut self) {
        drop(self.child.stdin.take());
        let status = self.child.wait().expect("it is our child");
        assert!(status.success(), "{status}");
    }
}

pub async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.expect("the server answers")
}

/// Polls until the answer is there; the only place in these tests that sleeps.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(POLL).await;
    }
}
