//! The guides' examples: each one may be saved, and the picture below it is drawn from it.
//! `UPDATE_GUIDES=1 cargo test --test guides` draws the pictures anew.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;

use std::{fs, path::PathBuf};

use aureole::{api, flow, flow::FlowSource, store::profile_document};
use serde_json::Value;

const JSON: &str = "```json\n";
const MERMAID: &str = "```mermaid\n";
const END: &str = "```\n";

fn guide() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/flows.md")
}

/// An example of the guide, and the picture that stands below it.
struct Example<'a> {
    json: &'a str,
    picture: &'a str,
}

/// The examples of a guide; every one has its picture as the next block.
fn examples(guide: &str) -> Vec<Example<'_>> {
    let after_json = guide.split(JSON).skip(1);
    after_json
        .map(|rest| {
            let (json, rest) = rest.split_once(END).unwrap();
            let picture = rest.trim_start().strip_prefix(MERMAID);
            let picture = picture.unwrap_or_else(|| panic!("no picture stands below the example\n{json}"));
            Example { json, picture: picture.split_once(END).unwrap().0 }
        })
        .collect()
}

/// The flow of a profile as it would be stored.
fn read(json: &str) -> FlowSource {
    let Value::Object(body) = serde_json::from_str(json).unwrap() else { panic!("no object:\n{json}") };
    profile_document::flow(&api::read_posted_profile(body).unwrap())
}

#[test]
fn every_example_may_be_saved() {
    let guide = fs::read_to_string(guide()).unwrap();
    for example in examples(&guide) {
        if let Err(problems) = flow::compile(&read(example.json)) {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            panic!("{}\n{}", problems.join("\n"), example.json);
        }
    }
}

#[test]
fn every_kind_of_step_has_an_example() {
    let guide = fs::read_to_string(guide()).unwrap();
    let shown: Vec<i32> =
        examples(&guide).iter().flat_map(|example| read(example.json).steps).map(|step| step.kind).collect();
    for kind in 0..=16 {
        assert!(shown.contains(&kind), "steptype {kind} has no example");
    }
}

#[test]
fn every_picture_is_drawn_from_its_example() {
    let mut guide_text = fs::read_to_string(guide()).unwrap();
    let drawn: Vec<(String, String)> = examples(&guide_text)
        .iter()
        .map(|example| (format!("{}{END}", example.json), flow::diagram(&read(example.json))))
        .collect();
    if std::env::var_os("UPDATE_GUIDES").is_some() {
        for (json, picture) in &drawn {
            let at = guide_text.find(json).unwrap() + json.len();
            let begin = at + guide_text[at..].find(MERMAID).unwrap() + MERMAID.len();
            let end = begin + guide_text[begin..].find(END).unwrap();
            guide_text.replace_range(begin..end, picture);
        }
        fs::write(guide(), &guide_text).unwrap();
    }
    for (example, (_, picture)) in examples(&guide_text).iter().zip(&drawn) {
        assert_eq!(example.picture, picture, "UPDATE_GUIDES=1 draws it anew:\n{}", example.json);
    }
}
