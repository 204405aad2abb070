//! The manifest from which Slack makes an app whose conversations are chats.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::TestApp;

const PATH: &str = "/Slack/Manifest";

fn texts() -> Value {
    json!({
        "name": "Help desk", "shortDescription": "Answers", "longDescription": "x".repeat(175),
        "startChatDescription": "Begin", "endChatDescription": "Finish"
    })
}

async fn manifest(test: &TestApp, body: &Value) -> Value {
    test.post(PATH, &test.admin, body).await.expect(201)
}

/// Every address in a manifest.
fn addresses(manifest: &Value) -> Vec<&str> {
    let places = [
        "/settings/event_subscriptions/request_url",
        "/settings/interactivity/request_url",
        "/settings/interactivity/message_menu_options_url",
        "/features/slash_commands/0/url",
        "/features/slash_commands/1/url",
    ];
    places.map(|place| manifest.pointer(place).and_then(Value::as_str).unwrap()).to_vec()
}

#[tokio::test]
async fn the_five_texts_stand_in_their_places() {
    let test = TestApp::new().await;
    let made = manifest(&test, &texts()).await;
    for (place, text) in [
        ("/display_information/name", "Help desk"),
        ("/display_information/description", "Answers"),
        ("/features/bot_user/display_name", "Help desk"),
        ("/features/slash_commands/0/description", "Begin"),
        ("/features/slash_commands/1/description", "Finish"),
        ("/features/shortcuts/0/description", "Begin"),
        ("/features/shortcuts/1/description", "Finish"),
    ] {
        assert_eq!(made.pointer(place).unwrap(), text, "{place}");
    }
    assert_eq!(made["display_information"]["long_description"], "x".repeat(175));
    let home = &made["features"]["app_home"];
    assert_eq!(home["messages_tab_enabled"], true);
    assert_eq!(home["messages_tab_read_only_enabled"], false);
    assert_eq!(made["settings"]["token_rotation_enabled"], false);
}

#[tokio::test]
async fn a_name_is_enough_and_nulls_are_left_out() {
    let test = TestApp::new().await;
    let made =
        manifest(&test, &json!({ "name": "Desk", "shortDescription": "", "longDescription": null })).await;
    assert_eq!(made["display_information"], json!({ "name": "Desk" }));
}

#[tokio::test]
async fn its_addresses_are_this_servers_and_its_own() {
    let test = TestApp::with(&[("PUBLIC_URL", "https://chat.example.com/desk/")]).await;
    let mut keys = BTreeSet::new();
    for _ in 0..2 {
        let made = manifest(&test, &texts()).await;
        let found = addresses(&made);
        let key = found[0].rsplit_once("?app=").unwrap().1.to_owned();
        let address = |route| format!("https://chat.example.com/desk/Slack/{route}?app={key}");
        let (interactivity, command) = (address("Interactivity"), address("Command"));
        assert_eq!(found, [&address("Event"), &interactivity, &interactivity, &command, &command]);
        keys.insert(key);
    }
    assert_eq!(keys.len(), 2, "each manifest makes one app");
}

#[tokio::test]
async fn what_slack_would_refuse_is_refused_by_its_name() {
    let test = TestApp::new().await;
    for (field, value) in [
        ("name", json!(null)),
        ("name", json!(" ")),
        ("name", json!({})),
        ("longDescription", json!("x".repeat(174))),
        ("longDescription", json!("x".repeat(4001))),
    ] {
        let mut body = texts();
        body[field] = value;
        let problem = test.post(PATH, &test.admin, &body).await.refused(400);
        assert!(problem.contains(field), "{field}: {problem}");
    }
    let both = json!({ "longDescription": "short" });
    let problem = test.post(PATH, &test.admin, &both).await.refused(400);
    assert!(problem.contains("name") && problem.contains("longDescription"), "{problem}");
}

#[tokio::test]
async fn what_is_too_long_for_its_place_is_cut() {
    let test = TestApp::new().await;
    let mut long = texts();
    for field in ["name", "shortDescription", "startChatDescription", "endChatDescription"] {
        long[field] = json!("x".repeat(5000));
    }
    let made = manifest(&test, &long).await;
    for (place, most) in [
        ("/display_information/name", 35),
        ("/display_information/description", 140),
        ("/features/bot_user/display_name", 80),
        ("/features/slash_commands/0/description", 2000),
        ("/features/shortcuts/1/description", 150),
    ] {
        assert_eq!(made.pointer(place).unwrap().as_str().unwrap().chars().count(), most, "{place}");
    }
}

#[tokio::test]
async fn it_is_one_object_and_for_administrators() {
    let test = TestApp::new().await;
    test.post(PATH, &test.admin, &json!([texts()])).await.refused(400);
    test.call("POST", PATH, &crate::harness::bearer(&test.admin), axum::body::Body::empty())
        .await
        .refused(400);
    let staff = test.client(&["access:chat"], None).await;
    test.post(PATH, &staff, &texts()).await.refused(403);
}
