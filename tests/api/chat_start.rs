//! Starting a chat: the profile's door, and what is behind it.

use serde_json::{Value, json};

use crate::harness::Desk;

#[tokio::test]
async fn a_visitor_gets_a_token_the_header_and_what_the_bot_said_first() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let started = &visit.started;
    assert_eq!(started["state"], "bot");
    assert_eq!(started["token_type"], "Bearer");
    assert_eq!(started["expires_in"], 86400);
    assert!(started["refresh_token"].is_string() && started["unknown_id"].is_string());
    assert_eq!(
        desk.transcript(visit.chat, &visit.token).await,
        ["Ada [1]", "Robin: Hello Ada", "Robin: Person or answer?"]
    );
    assert_eq!(started["messages"].as_array().unwrap().len(), 3);
    let ask = &started["messages"][2];
    assert_eq!(ask["next_input_id"], 1);
    assert_eq!(ask["next_input_fieldinfo"]["type"], "choice");
    assert_eq!(ask["next_input_fieldinfo"]["lookup_values"][0], json!({ "value": "1", "label": "Person" }));
    assert_eq!((&ask["chatprofileid"], &ask["sender_id"]), (&json!("help"), &json!(0)));
}

#[tokio::test]
async fn the_profile_opens_with_its_key_or_with_a_token() {
    let desk = Desk::new().await;
    let start = async |token: &str, body: Value| desk.test.post("/Chat", token, &body).await;
    let known = start("", json!({ "chatprofile_id": "help", "key": "wrong" })).await.refused(404);
    let unknown = start("", json!({ "chatprofile_id": "none", "key": "wrong" })).await.refused(404);
    assert_eq!(known.replace("help", "none"), unknown, "a wrong key looks the same as a missing profile");
    start("", json!({ "chatprofileid": "help" })).await.refused(401);
    start(&desk.anna_token, json!({ "chatprofileid": "help" })).await.expect(201);
}

#[tokio::test]
async fn a_profile_for_signed_in_people_lets_no_stranger_in() {
    let desk = Desk::new().await;
    desk.test
        .post("/ChatProfile", &desk.test.admin, &json!({ "id": "help", "access_type": 0 }))
        .await
        .expect(201);
    let body = json!({ "chatprofileid": "help", "chatprofilekey": "open" });
    desk.test.post("/Chat", "", &body).await.refused(401);
    desk.test.post("/Chat", &desk.test.admin, &body).await.expect(201);
}

#[tokio::test]
async fn an_empty_body_names_what_is_missing_unless_an_agent_wants_a_chat_of_its_own() {
    let desk = Desk::new().await;
    let empty = async |token: &str| {
        desk.test.call("POST", "/Chat", &crate::harness::bearer(token), axum::body::Body::empty()).await
    };
    assert!(empty(&desk.test.admin).await.refused(400).contains("chatprofileid"));
    let own = empty(&desk.anna_token).await.expect(201);
    assert_eq!((&own["istech"], &own["state"]), (&json!(true), &json!("live")));
    assert_eq!(own["agent_id"], desk.anna);
    assert!(own.get("access_token").is_none());
}

#[tokio::test]
async fn a_page_may_name_a_step_to_start_at_if_the_step_permits_it() {
    let desk = Desk::new().await;
    let body = |step: i64| json!({ "chatprofileid": "help", "key": "open", "flow_step": step });
    let started = desk.test.post("/Chat", "", &body(3)).await.expect(201);
    assert_eq!(started["messages"][2]["text"], "Which?");
    assert!(desk.test.post("/Chat", "", &body(2)).await.refused(400).contains("step 2"));
}

#[tokio::test]
async fn chats_stay_on_the_version_of_the_profile_that_they_met() {
    let desk = Desk::new().await;
    let early = desk.visit().await;
    let change = json!({ "id": "help", "greeting": "Welcome", "steps": [
        { "step_id": 1, "isstart": true, "steptype": 16, "message": "We have moved" } ] });
    desk.test.post("/ChatProfile", &desk.test.admin, &change).await.expect(201);
    desk.say(&early, json!({ "text": "2" })).await;
    let log = desk.transcript(early.chat, &early.token).await;
    assert_eq!(log.last().unwrap(), "Robin: Which?");
    let late = desk.visit().await;
    assert_eq!(late.started["state"], "closed");
    assert_eq!(
        desk.transcript(late.chat, &late.token).await,
        ["Ada [1]", "Robin: Welcome", "Robin: We have moved", "Robin [4]"]
    );
}

#[tokio::test]
async fn a_profile_without_steps_goes_straight_into_the_queue() {
    let desk = Desk::new().await;
    let body = json!({ "id": "plain", "key": "k", "name": "Plain", "greeting": "Hi" });
    let profile = desk.test.post("/ChatProfile", &desk.test.admin, &body).await.expect(201);
    assert_eq!(profile["access_type"], 1, "defaults are filled");
    let started =
        desk.test.post("/Chat", "", &json!({ "chatprofileid": "plain", "key": "k" })).await.expect(201);
    assert_eq!(started["state"], "queued");
    assert_eq!(started["queue_position"], 1);
    // Nobody's in particular, so any agent may take it.
    let chat = started["id"].as_i64().unwrap();
    desk.say_as(&desk.carla_token, chat, json!({ "text": "Hello" })).await.expect(201);
}

#[tokio::test]
async fn several_chats_start_together_or_not_at_all() {
    let desk = Desk::new().await;
    let good = json!({ "chatprofileid": "help", "key": "open" });
    let both = desk.test.post("/Chat", "", &json!([good, good])).await.expect(201);
    assert_ne!(both[0]["access_token"], both[1]["access_token"]);
    let before = desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"].clone();
    desk.test.post("/Chat", "", &json!([good, { "chatprofileid": "none", "key": "x" }])).await.refused(404);
    assert_eq!(desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"], before);
}

#[tokio::test]
async fn what_is_too_long_to_be_kept_is_refused() {
    let desk = Desk::new().await;
    let limits = [
        ("display_name", 255),
        ("name", 255),
        ("email", 320),
        ("pageurl", 8_000),
        ("teams_conversation_id", 255),
    ];
    // Four bytes each, and nothing that could be packed.
    let text = |length| -> String {
        (0..length).filter_map(|n| char::from_u32(0x20000 + n * 7919 % 40000)).collect()
    };
    for (member, longest) in limits {
        let start =
            |length| json!({ "chatprofileid": "help", "chatprofilekey": "open", member: text(length) });
        desk.test.post("/Chat", "", &start(longest)).await.expect(201);
        let problem = desk.test.post("/Chat", "", &start(longest + 1)).await.refused(400);
        assert_eq!(problem, format!("{member} is longer than {longest} characters"));
    }
    let visit = desk.visit().await;
    let rename = json!({ "id": visit.chat, "name": text(9_000) });
    desk.test.post("/Chat", &visit.token, &rename).await.refused(400);
}
