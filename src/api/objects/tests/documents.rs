//! Documents as clients send them, good and bad.

use serde_json::{Map, Value, json};

use super::super::kept::NESTING_MAX;
use super::super::normalise::{Normalised, PROBLEMS_MAX, merge, normalise};

fn members(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("{value} is not an object") };
    members
}

fn read(value: Value) -> Normalised {
    normalise("ChatProfile", members(value)).unwrap()
}

fn problems(value: Value) -> Vec<String> {
    let problems = normalise("ChatProfile", members(value)).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn values_are_read_leniently_and_kept_in_one_form() {
    let sent = json!({
        "name": 5, "icon_size": "50", "logticket": 2.0, "theme": true,
        "enable_feedback": "True", "wait_message_loop": 0, "default_wait_time": "4",
        "icon": "", "bubble_type": "", "validate_lifetime": null, "nonsense": { "a": 1 },
    });
    let kept = json!({
        "name": "5", "icon_size": 50, "logticket": 2, "theme": "true",
        "enable_feedback": true, "wait_message_loop": false, "default_wait_time": 4.0,
        "icon": "", "bubble_type": null, "validate_lifetime": null,
    });
    assert_eq!(Value::Object(read(sent).stored), kept);
}

#[test]
fn dates_and_uuids_are_kept_in_one_form() {
    for (sent, kept) in [
        ("2024-06-20T14:45:15.9746271Z", "2024-06-20T14:45:15.9746271Z"),
        ("2024-06-20T14:45:15.500Z", "2024-06-20T14:45:15.500Z"),
        ("2024-06-20T14:45:15", "2024-06-20T14:45:15Z"),
        ("2024-06-20 14:45:15Z", "2024-06-20T14:45:15Z"),
        ("2024-06-20T14:45:15+02:00", "2024-06-20T12:45:15Z"),
        ("2024-06-20", "2024-06-20T00:00:00Z"),
    ] {
        let stored = read(json!({ "banners": [{ "id": 1, "start_date": sent }] })).stored;
        assert_eq!(stored["banners"][0]["start_date"], json!(kept), "{sent}");
    }
    let sent = json!({ "actions": { "action_guid": "{A34F0EB2-5F48-44AF-87F7-5BA3307339A9}" } });
    let stored = read(json!({ "steps": sent })).stored;
    let guid = &stored["steps"][0]["actions"][0]["action_guid"];
    assert_eq!(guid, &json!("a34f0eb2-5f48-44af-87f7-5ba3307339a9"));
}

#[test]
fn one_where_many_may_stand_is_a_list_of_one() {
    let stored = read(json!({ "steps": { "step_id": "1", "name": null, "odd": 1 } })).stored;
    assert_eq!(stored["steps"], json!([{ "step_id": 1 }]));
    let stored = normalise("SlackDetails", members(json!({ "scopes": "chat:write" }))).unwrap();
    assert_eq!(stored.stored["scopes"], json!(["chat:write"]));
}

#[test]
fn anything_is_kept_whole() {
    let user = json!({ "name": "Ada", "none": null, "deep": [{ "er": 1.5 }] });
    let rules = json!([{ "id": 1, "user": user }]);
    let stored = read(json!({ "steps": [{ "rules": rules }] })).stored;
    assert_eq!(stored["steps"][0]["rules"], rules);
}

#[test]
fn commands_and_secrets_are_set_apart_and_what_is_ours_is_ignored() {
    let read = read(json!({
        "name": "Help", "intent": "draft", "new_hmac_secret": "tell nobody",
        "_chat_available": "not even a truth value", "workdays_name": "Week",
    }));
    assert_eq!(Value::Object(read.stored.clone()), json!({ "name": "Help" }));
    assert_eq!(Value::Object(read.commands.clone()), json!({ "intent": "draft" }));
    assert_eq!(Value::Object(read.secrets.clone()), json!({ "new_hmac_secret": "tell nobody" }));
    let printed = format!("{read:?} {read:#?}");
    assert!(printed.contains("new_hmac_secret"));
    assert!(!printed.contains("tell nobody"));
}

#[test]
fn all_problems_are_told_with_their_places() {
    let mut found = problems(json!({
        "icon_size": "big",
        "colour": "#1234567",
        "steps": [
            { "step_id": 1 },
            { "step_id": 4_000_000_000_u32, "actions": "none" },
            { "actions": [{ "end_step": "x", "conditions": [{ "value_datetime": 5 }] }, 7] },
        ],
        "cors_whitelist_list": 5,
        "name": ["a"],
    }));
    found.sort();
    assert_eq!(
        found,
        [
            "colour is longer than 7 characters",
            "cors_whitelist_list is not a list",
            "icon_size is not a whole number",
            "name is not text",
            "steps[1].actions is not a list",
            "steps[1].step_id is a whole number that does not fit in 32 bits",
            "steps[2].actions[0].conditions[0].value_datetime is not a date and time such as \
             2026-01-02T03:04:05Z",
            "steps[2].actions[0].end_step is not a whole number",
            "steps[2].actions[1] is not an object",
        ]
    );
}

#[test]
fn problems_end_somewhere() {
    let steps = vec![json!({ "step_id": "x" }); 100];
    assert_eq!(problems(json!({ "steps": steps, "icon_size": "x" })).len(), PROBLEMS_MAX);
}

#[test]
fn lengths_count_characters() {
    read(json!({ "name": "é".repeat(255), "steps": [{ "message": "é".repeat(4000) }] }));
    let sent = json!({ "name": "é".repeat(256), "steps": [{ "message": "é".repeat(4001) }] });
    assert_eq!(
        problems(sent),
        ["name is longer than 255 characters", "steps[0].message is longer than 4000 characters"]
    );
}

#[test]
fn nul_is_refused_wherever_it_hides() {
    const NUL: &str = "a\0b";
    assert_eq!(problems(json!({ "name": NUL })), ["name contains a NUL character"]);
    for user in [json!(NUL), json!([{ "a": NUL }])] {
        let sent = json!({ "steps": [{ "rules": [{ "user": user }] }] });
        assert_eq!(problems(sent), ["steps[0].rules[0].user contains a NUL character"]);
    }
    let sent = json!({ "steps": [{ "rules": [{ "user": { NUL: 1 } }] }] });
    assert_eq!(problems(sent), ["steps[0].rules[0].user has a name that contains a NUL character"]);
}

#[test]
fn nesting_ends_somewhere() {
    let deep = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let sent = |levels| json!({ "steps": [{ "rules": [{ "user": deep(levels) }] }] });
    read(sent(NESTING_MAX - 5));
    assert_eq!(
        problems(sent(NESTING_MAX)),
        [format!("steps[0].rules[0].user holds more than {NESTING_MAX} levels")]
    );
    // Known objects that hold one another are bound by the same rule.
    let nested = (0..NESTING_MAX).fold(json!({}), |inner, _| json!({ "sub_lookup": [inner] }));
    let refused = normalise("Lookup", members(nested)).unwrap_err();
    assert!(refused[0].problem.contains("levels deep"), "{refused:?}");
}

#[test]
fn a_change_keeps_clears_and_replaces() {
    let kept = members(json!({ "name": "Help", "icon": "x", "steps": [1, 2] }));
    let change = members(json!({ "name": "Sales", "icon": null, "key": "k", "theme": null }));
    let merged = json!({ "name": "Sales", "steps": [1, 2], "key": "k" });
    assert_eq!(Value::Object(merge(kept, change)), merged);
}
