//! The contract is a file: `openapi.yaml` says what the handlers do.

use std::{env, fs};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");

#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let current = aureole::api::openapi_yaml();
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(FILE, &current).unwrap();
    }
    let committed = fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        committed == current,
        "openapi.yaml is out of date; write it anew with `UPDATE_OPENAPI=1 cargo test --test api openapi`"
    );
}

#[test]
fn every_operation_says_what_it_does_and_how_it_refuses() {
    let document = serde_json::to_value(aureole::api::openapi_document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|words| words.ends_with('.')),
                "{name}: summary"
            );
            assert!(operation["operationId"].is_string(), "{name}: operation id");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2')), "{name}: success");
        }
    }
}
