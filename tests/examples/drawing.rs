//! `aureole flow diagram` over a database.

use std::process::{Command, Output};

use aureole::{domain::document::Document, flow, store::profile_document};
use sqlx::ConnectOptions as _;

use crate::{
    harness::TestApp,
    server::{self, read},
};

/// Runs the binary beside the server that is tested, over the same database.
fn diagram(test: &TestApp, profile: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aureole"))
        .args(["flow", "diagram", profile])
        .env_clear()
        .env("DATABASE_URL", test.app.pool.connect_options().to_url_lossy().as_str())
        .env("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_stored_profile_is_drawn_as_its_file_is() {
    let test = server::new().await;
    let output = diagram(&test, "out-of-hours");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let file = Document::from_json(read("examples/profiles/out-of-hours.json").to_string());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), flow::diagram(&profile_document::flow(&file)));
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_said_so() {
    let test = TestApp::new().await;
    let output = diagram(&test, "nobody");
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "aureole: there is no chat profile nobody\n");
}
