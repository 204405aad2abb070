//! How a chat ends: tickets by themselves, transcripts, ratings that are asked for.

use serde_json::{Value, json};

use crate::harness::{Desk, Visit};

async fn desk_with(members: Value) -> (Desk, Visit) {
    let desk = Desk::new().await;
    let mut profile = json!({ "id": "ends", "key": "open", "name": "ends", "bot_name": "ends", "access_type": 1,
        "steps": [{ "step_id": 1, "isstart": true, "steptype": 8, "message": "A moment.",
            "chat_teams": [{ "id": desk.team }] }] });
    profile.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
    let visit = desk.visit_to("ends").await;
    (desk, visit)
}

async fn close(desk: &Desk, visit: &Visit) {
    desk.test
        .post("/Chat", &desk.test.admin, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_ticket_is_logged_when_people_get_the_chat_and_has_the_transcript_in_the_end() {
    let (desk, visit) = desk_with(
        json!({ "logticket": 1, "tickettype_id": 3, "default_ticket_clientsite": 8, "bot_name": "Iris" }),
    )
    .await;
    let ticket = desk.header(visit.chat, &visit.token).await["ticket_id"].as_i64().unwrap();
    let stored = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!((&stored["tickettype_id"], &stored["site_id"]), (&json!(3), &json!(8)));
    assert_eq!((&stored["chat_id"], &stored["summary"]), (&json!(visit.chat), &json!("Chat with Ada")));
    desk.say(&visit, json!({ "text": "Is 1 < 2?" })).await;
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "<b>Yes</b>" })).await.expect(201);
    let note = json!({ "id": visit.chat, "_note": "A difficult one" });
    desk.test.post("/Chat", &desk.anna_token, &note).await.expect(201);
    close(&desk, &visit).await;
    let actions = desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(actions["record_count"], 1);
    let action = &actions["actions"][0];
    let note = action["note"].as_str().unwrap();
    let said: Vec<&str> = note.lines().map(|line| line.split_once("] ").unwrap().1).collect();
    assert_eq!(said, ["Iris: A moment.", "Ada: Is 1 < 2?", "Anna: Yes"]);
    let html = action["note_html"].as_str().unwrap();
    assert!(html.contains("Is 1 &lt; 2?") && html.contains("<b>Yes</b>"), "{html}");
    assert_eq!(desk.header(visit.chat, &visit.token).await["ticket_id"], ticket, "there is one");
}

#[tokio::test]
async fn a_ticket_is_logged_when_the_chat_ends() {
    let (desk, visit) = desk_with(json!({ "logticket": 2 })).await;
    assert_eq!(desk.header(visit.chat, &visit.token).await["ticket_id"], 0);
    close(&desk, &visit).await;
    let ticket = desk.header(visit.chat, &visit.token).await["ticket_id"].as_i64().unwrap();
    assert!(ticket > 0);
    let actions = desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(actions["record_count"], 1);
    let codes: Vec<i64> = desk
        .log(visit.chat, &visit.token, 0)
        .await
        .iter()
        .map(|entry| entry["system_id"].as_i64().unwrap())
        .collect();
    assert_eq!(codes, [1, 0, 5, 4, 10]);
}

#[tokio::test]
async fn the_end_asks_for_a_rating_and_thanks_for_it() {
    let feedback = json!({ "logticket": 2, "enable_feedback": true, "feedback_message_before": "How was it?<script>",
        "feedback_message_after": "Thanks!", "enable_feedback_comments": true,
        "feedback_message_before_comments": "Why?" });
    let (desk, visit) = desk_with(feedback).await;
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Hello" })).await.expect(201);
    close(&desk, &visit).await;
    let asked = desk.log(visit.chat, &visit.token, 0).await.pop().unwrap();
    assert_eq!(
        (&asked["text"], &asked["next_input_fieldinfo"]["type"]),
        (&json!("How was it?"), &json!("rating"))
    );
    desk.say(&visit, json!({ "system_id": 9, "value_int": 2 })).await;
    let asked = desk.log(visit.chat, &visit.token, 0).await.pop().unwrap();
    assert_eq!((&asked["text"], &asked["next_input_fieldinfo"]["type"]), (&json!("Why?"), &json!("memo")));
    desk.say(&visit, json!({ "system_id": 9, "text": "Too slow" })).await;
    let last = desk.log(visit.chat, &visit.token, 0).await.pop().unwrap();
    assert_eq!(last["text"], "Thanks!");
    let feedback = desk.test.get("/Feedback", &desk.test.admin).await.expect(200);
    assert_eq!(feedback["record_count"], 1);
    let record = &feedback["feedback"][0];
    assert_eq!((&record["score"], &record["comment"]), (&json!(2), &json!("Too slow")));
    desk.say_as(&visit.token, visit.chat, json!({ "system_id": 9, "value_int": 5 })).await.refused(400);
    // All of that is on the ticket as well, in the one transcript that it has.
    let ticket = desk.header(visit.chat, &visit.token).await["ticket_id"].clone();
    let actions = desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(actions["record_count"], 1);
    let note = actions["actions"][0]["note"].as_str().unwrap();
    for words in ["How was it?", "2/5", "Why?", "Too slow", "Thanks!"] {
        assert!(note.contains(words), "{words:?} is not in {note}");
    }
}

#[tokio::test]
async fn who_has_left_or_has_met_nobody_is_asked_nothing() {
    let (desk, visit) = desk_with(json!({ "enable_feedback": true })).await;
    let alone = desk.visit_to("ends").await;
    close(&desk, &alone).await;
    assert_eq!(desk.log(alone.chat, &alone.token, 0).await.pop().unwrap()["system_id"], 4);
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Hello" })).await.expect(201);
    desk.say(&visit, json!({ "_abandoned": true })).await;
    let last = desk.log(visit.chat, &desk.test.admin, 0).await.pop().unwrap();
    assert_eq!(last["system_id"], 7);
}
