//! What is posted comes back as it was sent, and the profiles are what they are said to be.

use std::collections::BTreeSet;

use aureole::{domain::document::Document, flow, store::profile_document};
use serde_json::Value;

use crate::server::{posts, read};

fn profiles() -> Vec<Value> {
    posts()
        .into_iter()
        .filter(|(resource, _)| *resource == "ChatProfile")
        .map(|(_, file)| read(file))
        .collect()
}

#[tokio::test]
async fn every_file_is_posted_once_and_the_numbers_are_those_of_a_new_server() {
    let test = crate::server::new().await;
    let files: BTreeSet<&str> = posts().into_iter().map(|(_, file)| file).collect();
    let mut found = BTreeSet::new();
    for folder in ["examples/setup", "examples/profiles"] {
        for entry in std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
        {
            found.insert(format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap()));
        }
    }
    assert_eq!(files, found.iter().map(String::as_str).collect());
    assert_eq!(files.len(), posts().len());
    for (resource, file) in posts().into_iter().filter(|(resource, _)| *resource != "ChatProfile") {
        for (place, sent) in read(file).as_array().unwrap().iter().enumerate() {
            let path = format!("/{resource}/{}", place + 1);
            assert_eq!(test.get(&path, &test.admin).await.expect(200)["name"], sent["name"], "{path}");
        }
    }
}

/// Every member that was sent is in what came back; rows may have more.
fn holds(stored: &Value, sent: &Value) -> bool {
    match (stored, sent) {
        (Value::Object(stored), Value::Object(sent)) => {
            sent.iter().all(|(name, value)| stored.get(name).is_some_and(|kept| holds(kept, value)))
        }
        (Value::Array(stored), Value::Array(sent)) => {
            stored.len() == sent.len() && stored.iter().zip(sent).all(|(kept, value)| holds(kept, value))
        }
        // 1 and 1.0 are the same number.
        (Value::Number(stored), Value::Number(sent)) => stored.as_f64() == sent.as_f64(),
        (stored, sent) => stored == sent,
    }
}

#[tokio::test]
async fn a_profile_is_kept_whole() {
    let test = crate::server::new().await;
    for sent in profiles() {
        let path = format!("/ChatProfile/{}?includedetails=true", sent["id"].as_str().unwrap());
        let stored = test.get(&path, &test.admin).await.expect(200);
        assert!(holds(&stored, &sent), "{stored:#}");
    }
}

/// Every link of the profile.
fn links(profile: &Value) -> impl Iterator<Item = &Value> {
    let steps = profile["steps"].as_array().unwrap().iter();
    steps.filter_map(|step| step["actions"].as_array()).flatten()
}

#[test]
fn every_profile_uses_what_a_real_one_would() {
    for profile in profiles() {
        let name = &profile["id"];
        let steps = profile["steps"].as_array().unwrap();
        assert!(links(&profile).any(|link| link["time_limit_mins"].as_f64() > Some(0.0)), "{name}");
        assert!(steps.iter().any(|step| step["allowstartoverride"] == true), "{name}");
        assert!(steps.iter().any(|step| step["chat_input_suggestions"].is_array()), "{name}");
        assert!(profile["translations"].is_array() && profile["flow_chart_json"].is_string(), "{name}");
        assert!(!profile["start_message_mappings"].as_array().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn no_question_holds_a_visitor_who_has_gone_and_every_failure_leads_on() {
    for profile in profiles() {
        let source = profile_document::flow(&Document::from_json(profile.to_string()));
        flow::compile(&source).unwrap();
        for step in &source.steps {
            let name = format!("{} step {}", profile["id"], step.step_id.unwrap());
            let has = |outcome: i32| step.links.iter().any(|link| link.approval_result == outcome);
            match step.kind {
                1 | 2 | 4 | 13 | 14 => {
                    assert!(step.links.iter().any(|link| link.time_limit_mins > Some(0.0)), "{name}");
                }
                5..=8 => assert!(has(2), "{name}"),
                12 => assert!(step.links.iter().any(|link| link.approval_result == 0), "{name}"),
                16 => {}
                _ => assert!(!step.links.is_empty(), "{name}"),
            }
        }
    }
}

#[test]
fn the_contact_form_asks_for_every_type_of_field() {
    let fields = read("examples/setup/fields.json");
    let kinds: BTreeSet<i64> = profiles()
        .iter()
        .filter(|profile| profile["id"] == "sales-contact")
        .flat_map(|profile| profile["steps"].as_array().unwrap().clone())
        .filter_map(|step| step["input_field_id"].as_u64())
        .map(|id| fields[usize::try_from(id).unwrap() - 1]["type"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, (0..12).collect());
}
