//! Moving a chat to a step.

use aureole::service::outbox;
use serde_json::json;

use crate::harness::{Desk, TestApp};

#[tokio::test]
async fn a_visitor_jumps_only_where_the_step_permits_it() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let jump = async |token: &str, step: i64| {
        desk.test.post("/ChatFlow", token, &json!([{ "chat_id": visit.chat, "flow_step": step }])).await
    };
    assert_eq!(jump(&visit.token, 3).await.expect(201)["flow_step"], 3);
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log.last().unwrap(), "Robin: Which?");
    jump(&visit.token, 2).await.refused(400);
    jump(&desk.test.admin, 77).await.refused(400);
    assert_eq!(jump(&desk.test.admin, 2).await.expect(201)["state"], "queued");
    assert!(jump(&visit.token, 3).await.refused(400).contains("bot"), "people have it now");
    let other = desk.visit().await;
    jump(&other.token, 3).await.refused(404);
}

#[tokio::test]
async fn an_answer_reaches_the_texts_that_come_after_it() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    desk.say(&visit, json!({ "text": "answer" })).await;
    desk.say(&visit, json!({ "text": "<i>42</i>" })).await;
    let log = desk.log(visit.chat, &visit.token, 0).await;
    let last = &log[log.len() - 2];
    assert_eq!((&last["text"], &last["input_id"]), (&json!("You said 42"), &json!(null)));
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "closed");
}

#[tokio::test]
async fn fields_check_and_normalise_what_is_typed() {
    let desk = Desk::new().await;
    let field = json!({ "name": "age", "label": "Age", "type": 7 });
    let field = desk.test.post("/FieldInfo", &desk.test.admin, &field).await.expect(201);
    let steps = json!({ "id": "ask", "name": "Ask", "key": "k", "steps": [
        { "step_id": 1, "isstart": true, "steptype": 2, "message": "How old?", "input_field_id": field["id"],
          "actions": [{ "end_step": 2 }] },
        { "step_id": 2, "steptype": 3,
          "step_conditions": [{ "id": 1, "fieldname": "$age", "type": 5, "value_int": 17 }],
          "actions": [{ "end_step": 3, "approval_result": 1 }, { "end_step": 4, "approval_result": 2 }] },
        { "step_id": 3, "steptype": 16, "message": "$age is old enough" },
        { "step_id": 4, "steptype": 16, "message": "$age is too young" } ] });
    desk.test.post("/ChatProfile", &desk.test.admin, &steps).await.expect(201);
    for (typed, verdict) in [(" 44 ", "44 is old enough"), ("12", "12 is too young")] {
        let start = json!({ "chatprofileid": "ask", "key": "k" });
        let started = desk.test.post("/Chat", "", &start).await.expect(201);
        let (chat, token) = (started["id"].as_i64().unwrap(), started["access_token"].as_str().unwrap());
        desk.say_as(token, chat, json!({ "text": "old" })).await.expect(201);
        let asked_again = desk.log(chat, token, 3).await;
        assert_eq!(asked_again[0]["next_input_id"], 1, "the same question");
        let stored = desk.say_as(token, chat, json!({ "text": typed })).await.expect(201);
        assert_eq!(stored["value_int"], typed.trim().parse::<i64>().unwrap());
        let log = desk.transcript(chat, token).await;
        assert!(log.contains(&format!("Ask: {verdict}")), "{log:?}");
    }
}

#[tokio::test]
async fn phone_numbers_of_the_operators_country_need_no_country_code() {
    for (country, stored) in [("", None), ("gb", Some("+442079460123"))] {
        let desk = Desk::over(TestApp::with(&[("PHONE_COUNTRY", country)]).await).await;
        let field = json!({ "name": "phone", "label": "Phone", "type": 10 });
        let field = desk.test.post("/FieldInfo", &desk.test.admin, &field).await.expect(201);
        let steps = json!({ "id": "ask", "name": "Ask", "key": "k", "steps": [
            { "step_id": 1, "isstart": true, "steptype": 2, "message": "Which?", "input_field_id": field["id"],
              "actions": [{ "end_step": 2 }] },
            { "step_id": 2, "steptype": 16, "message": "Calling $phone" } ] });
        desk.test.post("/ChatProfile", &desk.test.admin, &steps).await.expect(201);
        let start = json!({ "chatprofileid": "ask", "key": "k" });
        let started = desk.test.post("/Chat", "", &start).await.expect(201);
        let (chat, token) = (started["id"].as_i64().unwrap(), started["access_token"].as_str().unwrap());
        desk.say_as(token, chat, json!({ "text": "020 7946 0123" })).await.expect(201);
        let log = desk.transcript(chat, token).await;
        let called = stored.map(|number| format!("Ask: Calling {number}"));
        assert_eq!(called.is_some_and(|line| log.contains(&line)), stored.is_some(), "{country}: {log:?}");
    }
}

#[tokio::test]
async fn of_two_jumps_to_a_call_in_one_request_the_last_is_made() {
    let desk = Desk::new().await;
    let call = json!({ "url": "https://192.0.2.1/" }).to_string();
    let steps = json!([
        { "step_id": 1, "isstart": true, "steptype": 11, "allowstartoverride": true, "content": call,
          "actions": [{ "end_step": 2, "approval_result": 1 }, { "end_step": 2, "approval_result": 2 }] },
        { "step_id": 2, "steptype": 16, "message": "Bye" }
    ]);
    desk.publish("call", steps).await;
    let visit = desk.visit_to("call").await;
    let jump = json!({ "chat_id": visit.chat, "flow_step": 1 });
    desk.test.post("/ChatFlow", &visit.token, &json!([jump, jump])).await.expect(201);
    // The one that it was started with, which nobody waits for any more, and the last.
    assert_eq!(outbox::drain(&desk.test.app).await.unwrap(), 2);
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "closed");
}
