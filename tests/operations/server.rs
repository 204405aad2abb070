//! An `aureole serve` process, its log, and a client for it.

use std::{
    fs,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, ExitStatus, Stdio},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    eventually,
    program::{self, free_address},
};

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
        let child = program::command(&dir, Some(database_url))
            .env("LISTEN_ADDR", address.to_string())
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("cargo has built the binary");
        Self { child, base: format!("http://{address}"), dir, http: program::http() }
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
        program::sign_in(&self.http, &self.base).await
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
