//! The contract is a file: `openapi.yaml` says what the handlers do.

use std::{env, fs};

use serde_json::{Value, json};

use crate::harness::TestApp;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");

#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let current = aureole::api::openapi_yaml();
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(FILE, current).unwrap();
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
    let schemas = &document["components"]["schemas"];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|words| words.ends_with('.')),
                "{name}: summary"
            );
            assert!(operation["operationId"].is_string(), "{name}: operation id");
            let responses = operation["responses"].as_object().unwrap();
            let is_success = |status: &String| status.starts_with('2') || status == "101";
            assert!(responses.keys().any(is_success), "{name}: success");
            let bodies = responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, body)| body);
            for body in bodies.chain(operation.get("requestBody")) {
                // Slack's own formats, and answers without a body, are described by Slack.
                if path.starts_with("/Slack/") && path != "/Slack/Manifest" {
                    continue;
                }
                let content = body["content"].as_object().unwrap().values().next().unwrap();
                let has_one = content.get("example").is_some() || has_example(&content["schema"], schemas);
                assert!(has_one, "{name}: an example");
            }
        }
    }
}

fn has_example(schema: &Value, schemas: &Value) -> bool {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return has_example(&schemas[name], schemas);
    }
    let forms = ["oneOf", "allOf"].into_iter().filter_map(|form| schema[form].as_array()).flatten();
    schema.get("example").is_some()
        || has_items(schema, schemas)
        || forms.into_iter().any(|form| has_example(form, schemas))
}

fn has_items(schema: &Value, schemas: &Value) -> bool {
    schema["type"] == "array" && has_example(&schema["items"], schemas)
}

#[tokio::test]
async fn the_examples_of_what_can_be_posted_are_taken_as_they_stand() {
    let test = TestApp::new().await;
    let document = serde_json::to_value(aureole::api::openapi_document()).unwrap();
    for (path, object) in [
        ("/Team", "SectionDetail"),
        ("/Agent", "Uname"),
        ("/FieldInfo", "FieldInfo"),
        ("/ChatProfile", "ChatProfile"),
        ("/Users", "Users"),
        ("/KBArticle", "KBEntry"),
        ("/Service", "ServSite"),
        ("/TicketType", "RequestType"),
        ("/Tickets", "Faults"),
        ("/Feedback", "Feedback"),
        ("/CannedText", "CannedText"),
        ("/SlackChatApp", "SlackChatApp"),
        ("/SlackDetails", "SlackDetails"),
    ] {
        let mut example = document["components"]["schemas"][object]["example"].clone();
        // The ids in the examples are of another installation.
        if path != "/ChatProfile" {
            example["id"] = json!(0);
        }
        for reference in ["teams", "agents"] {
            example.as_object_mut().unwrap().remove(reference);
        }
        test.post(path, &test.admin, &json!([example])).await.expect(201);
    }
}
