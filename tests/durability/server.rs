//! An `aureole serve` process that can be killed and started again at the same address.

use std::{
    fs,
    fs::File,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use crate::{
    client::Client,
    harness::eventually,
    program::{self, free_address},
    support::database::TestDatabase,
};

pub struct Server {
    child: Child,
    address: SocketAddr,
    dir: PathBuf,
    database_url: Option<String>,
    /// Of the operator's, beside those that every test has.
    variables: Vec<(String, String)>,
    http: reqwest::Client,
}

impl Server {
    /// With a durable database of its own in `dir`.
    pub async fn start(dir: &Path) -> Self {
        Self::launch(dir, None, &[]).await
    }

    /// The same, with more of the operator's variables.
    pub async fn start_with(dir: &Path, variables: &[(&str, &str)]) -> Self {
        Self::launch(dir, None, variables).await
    }

    /// On a database that others may use as well.
    pub async fn start_on(database: &TestDatabase, dir: &Path) -> Self {
        Self::start_on_with(database, dir, &[]).await
    }

    /// The same, with more of the operator's variables.
    pub async fn start_on_with(database: &TestDatabase, dir: &Path, variables: &[(&str, &str)]) -> Self {
        Self::launch(dir, Some(database.url()), variables).await
    }

    /// The same by this address, with more of the operator's variables.
    pub async fn start_at(database_url: &str, dir: &Path, variables: &[(&str, &str)]) -> Self {
        Self::launch(dir, Some(database_url.to_owned()), variables).await
    }

    async fn launch(dir: &Path, database_url: Option<String>, variables: &[(&str, &str)]) -> Self {
        let address = free_address();
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: Vec<_> = variables.iter().map(own).collect();
        let child = spawn(dir, address, database_url.as_deref(), &variables);
        let (dir, http) = (dir.to_owned(), program::http());
        let mut server = Self { child, address, dir, database_url, variables, http };
        server.ready().await;
        server
    }

    /// Runs another command where this server runs, or ran, and waits for its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = command(&self.dir, self.database_url.as_deref(), &self.variables);
        command.args(arguments).output().expect("cargo has built the binary")
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Kills the process, and on request its database with it, which then has no time for a clean
    /// end.
    pub fn kill(&mut self, with_database: bool) {
        let postmaster = with_database.then(|| self.postmaster_pid()).flatten();
        self.child.kill().expect("it was running");
        if let Some(pid) = postmaster {
            // SAFETY: kill touches no memory. The process may have ended with its parent.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
        self.child.wait().expect("it is our child");
    }

    /// Kills the database alone; the server finds out, and starts it again. Returns once it is ready.
    pub async fn kill_database(&mut self) {
        let killed = eventually("the database to run", || std::future::ready(self.postmaster_pid())).await;
        // SAFETY: kill touches no memory.
        unsafe { libc::kill(killed, libc::SIGKILL) };
        eventually("another database", || {
            std::future::ready(self.postmaster_pid().filter(|pid| *pid != killed))
        })
        .await;
        self.ready().await;
    }

    fn postmaster_pid(&self) -> Option<i32> {
        let text = fs::read_to_string(self.dir.join("data/postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok().filter(|pid| *pid > 1)
    }

    /// Starts it again, at the same address.
    pub async fn restart(&mut self) {
        self.child = spawn(&self.dir, self.address, self.database_url.as_deref(), &self.variables);
        self.ready().await;
    }

    async fn ready(&mut self) {
        let url = format!("{}/health/ready", self.base());
        eventually("the server to be ready", || {
            if let Ok(Some(status)) = self.child.try_wait() {
                let log = fs::read_to_string(self.dir.join("server.log")).unwrap_or_default();
                panic!("the server ended with {status}: {log}");
            }
            let answer = self.http.get(&url).send();
            async { answer.await.ok()?.status().is_success().then_some(()) }
        })
        .await;
    }

    /// The administrator's client, with scope `all`.
    pub async fn sign_in(&self) -> Client {
        let token = program::sign_in(&self.http, &self.base()).await;
        Client::new(self.http.clone(), self.base(), &token)
    }
}

/// Runs a command of the operator's to its end; what it said, and whether it did it.
pub async fn run(dir: &Path, database_url: Option<&str>, arguments: &[&str]) -> (bool, String) {
    let mut command = tokio::process::Command::from(command(dir, database_url, &[]));
    let output = command.args(arguments).output().await.expect("cargo has built the binary");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("it speaks UTF-8"))
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already; its database ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(
    dir: &Path,
    address: SocketAddr,
    database_url: Option<&str>,
    variables: &[(String, String)],
) -> Child {
    let log = File::options().create(true).append(true).open(dir.join("server.log"));
    let mut command = command(dir, database_url, variables);
    command
        .env("LISTEN_ADDR", address.to_string())
        .stdout(Stdio::null())
        .stderr(log.expect("the folder is ours to write to"));
    command.spawn().expect("cargo has built the binary")
}

/// The program as these tests run it.
fn command(dir: &Path, database_url: Option<&str>, variables: &[(String, String)]) -> Command {
    let mut command = program::command(dir, database_url);
    command
        .env("RUST_LOG", "warn")
        // All visitors are here, and write as fast as they can.
        .env("ADDRESS_REQUESTS_PER_MINUTE_MAX", "1000000000")
        .env("VISITOR_POSTS_PER_MINUTE_MAX", "1000000000")
        // The systems that flows call are here as well.
        .env("OUTBOUND_ALLOW", "127.0.0.1")
        .envs(variables.iter().map(|(name, value)| (name, value)));
    command
}
