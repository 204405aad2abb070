//! A new server with everything posted to it that the examples' README names.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use crate::harness::TestApp;

const README: &str = include_str!("../../examples/README.md");

/// The posts of the README, in order: (resource, file).
pub fn posts() -> Vec<(&'static str, &'static str)> {
    let posts = README.lines().filter_map(|line| line.strip_prefix("post /")?.split_once(' '));
    posts.collect()
}

pub fn read(file: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A new server after all posts. Its clock stands at nine o'clock of a Monday, and its tokens
/// outlive the day.
pub async fn new() -> TestApp {
    let test = TestApp::with(&[("ACCESS_TOKEN_SECONDS", "172800")]).await;
    for (resource, file) in posts() {
        test.post(&format!("/{resource}"), &test.admin, &read(file)).await.expect(201);
    }
    test
}

/// Gives a team somebody who can be reached.
pub async fn staff(test: &TestApp, team: i64, name: &str) {
    let agent = json!({ "name": name, "email": format!("{name}@harbour-it.example") });
    let agent = test.post("/Agent", &test.admin, &agent).await.expect(201)["id"].clone();
    let team = json!({ "id": team, "agents": [{ "agent_id": agent }] });
    test.post("/Team", &test.admin, &team).await.expect(201);
    let status = json!({ "techID": agent, "agent_status": 1 });
    test.post("/OnlineStatus", &test.admin, &status).await.expect(201);
}
