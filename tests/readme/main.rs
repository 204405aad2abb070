//! The README's walk, run as it is printed, against a server that starts for the first time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod server;

use std::process::{Command, Output};

use serde_json::Value;

use crate::server::Server;

const README: &str = include_str!("../../README.md");
const BEGIN: &str = "<!-- walk: begin";
const END: &str = "<!-- walk: end -->";
/// The one line of the walk that depends on where the server listens.
const ADDRESS: &str = "AUREOLE=http://127.0.0.1:8080\n";

/// The README's shell commands between the marks, in order, and how many blocks they stand in.
fn walk() -> (String, usize) {
    let (_, rest) = README.split_once(BEGIN).unwrap();
    let (section, _) = rest.split_once(END).unwrap();
    let blocks: Vec<&str> =
        section.split("\n```sh\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    (blocks.concat(), blocks.len())
}

#[test]
fn every_shell_block_of_the_readme_belongs_to_the_walk() {
    let (_, blocks) = walk();
    assert_eq!(blocks, README.matches("```sh\n").count());
    assert!(blocks > 5, "the walk was found");
}

#[test]
fn the_walk_leads_to_a_chat_that_is_closed_and_rated() {
    let server = Server::start();
    let (commands, _) = walk();
    assert_eq!(commands.matches(ADDRESS).count(), 1, "the walk says where the server is");
    let commands = commands.replace(ADDRESS, &format!("AUREOLE={}\n", server.address()));

    let shown = run(&server, &commands);

    let answers: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header = answers.last().unwrap();
    assert_eq!(header["state"], "closed", "{header}");
    assert_eq!(header["agent_name"], "Robin", "{header}");
    assert_eq!(header["feedbacksubmitted"], true, "{header}");
    let was_queued = |answer: &Value| answer["chats"][0]["state"] == "queued";
    assert!(answers.iter().any(was_queued), "the agent saw the queue: {shown}");
    assert!(shown.contains("Hello! I am Aura."), "the bot greeted: {shown}");
    server.stop();
}

/// Runs the commands where a reader would: in the folder that holds the server's data.
fn run(server: &Server, commands: &str) -> String {
    let script = server.folder().join("walk.sh");
    std::fs::write(&script, commands).unwrap();
    // Settings of whoever runs the tests, such as a proxy, are not part of the walk.
    let Output { status, stdout, stderr } = Command::new("sh")
        .arg("-eu")
        .arg(script)
        .current_dir(server.folder())
        .env("HOME", server.folder())
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .expect("there is a shell");
    let (shown, complaints) = (String::from_utf8(stdout).unwrap(), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "the walk stopped (it needs curl):\n{shown}\n{complaints}");
    shown
}
