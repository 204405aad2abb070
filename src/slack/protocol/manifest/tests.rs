//! What is accepted is valid by Slack's own schema, and what is refused says which field.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value;

use super::{Addresses, END_DESCRIPTION, Problem, Texts, build};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = include_str!("../../../../tests/fixtures/slack/manifest/manifest.schema.2.0.0.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
});

fn addresses() -> Addresses {
    let url = |path| format!("https://chat.example.com/slacknotify/{path}");
    Addresses { event: url("event"), command: url("command"), interactivity: url("interactivity") }
}

fn named(name: &str) -> Texts {
    Texts { name: Some(name.to_owned()), ..Texts::default() }
}

fn assert_valid(manifest: &Value) {
    let errors: Vec<_> = SCHEMA.iter_errors(manifest).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

fn refused(texts: &Texts) -> Vec<&'static str> {
    build(texts, &addresses()).unwrap_err().iter().map(|problem| problem.field).collect()
}

#[test]
fn a_name_is_enough() {
    let manifest = build(&named("Support"), &addresses()).unwrap();
    assert_valid(&manifest);
    insta::assert_snapshot!(serde_json::to_string_pretty(&manifest["features"]).unwrap(), @r#"
    {
      "app_home": {
        "home_tab_enabled": false,
        "messages_tab_enabled": true,
        "messages_tab_read_only_enabled": false
      },
      "bot_user": {
        "always_online": true,
        "display_name": "Support"
      },
      "shortcuts": [
        {
          "callback_id": "start_chat",
          "description": "Start a chat with us",
          "name": "Start a chat",
          "type": "global"
        },
        {
          "callback_id": "end_chat",
          "description": "End the chat",
          "name": "End the chat",
          "type": "global"
        }
      ],
      "slash_commands": [
        {
          "command": "/start-chat",
          "description": "Start a chat with us",
          "should_escape": true,
          "url": "https://chat.example.com/slacknotify/command"
        },
        {
          "command": "/end-chat",
          "description": "End the chat",
          "should_escape": true,
          "url": "https://chat.example.com/slacknotify/command"
        }
      ]
    }
    "#);
    assert_eq!(manifest["display_information"], serde_json::json!({ "name": "Support" }));
}

#[test]
fn long_names_and_descriptions_are_cut_to_what_slack_takes() {
    let long = "x".repeat(5000);
    let texts = Texts {
        short_description: Some(long.clone()),
        start_description: Some(long.clone()),
        ..named(&long)
    };
    let manifest = build(&texts, &addresses()).unwrap();
    assert_valid(&manifest);
    let length = |pointer: &str| manifest.pointer(pointer).unwrap().as_str().unwrap().chars().count();
    assert_eq!(length("/display_information/name"), 35);
    assert_eq!(length("/display_information/description"), 140);
    assert_eq!(length("/features/bot_user/display_name"), 80);
    assert_eq!(length("/features/slash_commands/0/description"), 2000);
    assert_eq!(length("/features/shortcuts/0/description"), 150);
    assert_eq!(manifest["features"]["slash_commands"][1]["description"], END_DESCRIPTION);
}

#[test]
fn a_missing_or_blank_name_is_refused() {
    for name in [None, Some(""), Some(" \u{0}\n")] {
        let texts = Texts { name: name.map(str::to_owned), ..Texts::default() };
        assert_eq!(refused(&texts), ["name"]);
    }
}

#[test]
fn a_long_description_has_175_to_4000_characters_or_is_left_out() {
    let long = |count| Texts { long_description: Some("x".repeat(count)), ..named("Support") };
    for count in [0, 175, 4000] {
        assert_valid(&build(&long(count), &addresses()).unwrap());
    }
    for count in [1, 174, 4001] {
        assert_eq!(refused(&long(count)), ["longDescription"]);
    }
    let problems = build(&long(174), &addresses()).unwrap_err();
    let message = "longDescription must have 175 to 4000 characters or be left out; it has 174";
    assert_eq!(problems, [Problem { field: "longDescription", message: message.to_owned() }]);
}

#[test]
fn control_characters_do_not_get_through() {
    let texts = Texts { short_description: Some("one\r\ntwo\u{7}\u{0}".to_owned()), ..named("A\u{1b}B") };
    let manifest = build(&texts, &addresses()).unwrap();
    assert_eq!(manifest["display_information"]["name"], "AB");
    assert_eq!(manifest["display_information"]["description"], "one two");
}

#[test]
fn an_address_that_slack_would_refuse_is_named() {
    let broken = Addresses { command: "chat.example.com".to_owned(), ..addresses() };
    assert_eq!(build(&named("Support"), &broken).unwrap_err()[0].field, "command");
}

fn text() -> impl Strategy<Value = Option<String>> {
    let long =
        (any::<char>(), 0..5000_usize).prop_map(|(character, count)| character.to_string().repeat(count));
    let odd = prop::collection::vec(
        prop_oneof![Just("\u{200f}"), Just("👩‍👩‍👧"), Just("\0"), Just(" "), Just("ß")],
        0..90,
    );
    proptest::option::of(prop_oneof![".{0,40}", any::<String>(), long, odd.prop_map(|parts| parts.concat())])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_is_accepted_is_valid_and_whatever_is_refused_is_named(
        name in text(),
        short_description in text(),
        long_description in text(),
        start_description in text(),
        end_description in text(),
    ) {
        let texts = Texts { name, short_description, long_description, start_description, end_description };
        match build(&texts, &addresses()) {
            Ok(manifest) => assert_valid(&manifest),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in problems {
                    prop_assert!(["name", "longDescription"].contains(&problem.field));
                    prop_assert!(problem.message.contains(problem.field));
                }
            }
        }
    }
}
