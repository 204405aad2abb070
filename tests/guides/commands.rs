//! `aureole flow diagram --file`, as the guide tells it.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

fn diagram(posted: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aureole"))
        .args(["flow", "diagram", "--file", "-"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(posted.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_flow_is_drawn_from_what_would_be_posted() {
    let profile = r#"{"steps": [{"step_id": "1", "name": "Bye", "isstart": true, "steptype": 16}]}"#;
    for posted in [profile.to_owned(), format!("[{profile}]")] {
        let output = diagram(&posted);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        assert!(text(&output.stdout).contains("s1([\"1 Bye<br>end\"])"), "{output:?}");
    }
}

#[test]
fn a_broken_flow_is_drawn_and_its_problems_told() {
    let output = diagram(r#"{"steps": [{"step_id": 1, "name": "Ask", "isstart": true, "steptype": 7}]}"#);
    assert!(output.status.success(), "{output:?}");
    assert!(text(&output.stdout).starts_with("flowchart TD\n"), "{output:?}");
    let problems = "step 1 (Ask) has no success link\nstep 1 (Ask) has no failure link\n";
    assert_eq!(text(&output.stderr), problems);
}

#[test]
fn what_is_no_profile_is_refused_in_one_line() {
    for posted in ["", "7", "[]", "[{}, {}]", r#"{"steps": 7}"#] {
        let output = diagram(posted);
        assert!(!output.status.success() && output.stdout.is_empty(), "{posted}: {output:?}");
        assert_eq!(text(&output.stderr).lines().count(), 1, "{output:?}");
    }
}
