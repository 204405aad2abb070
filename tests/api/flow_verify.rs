//! Proving who somebody is, and what comes of it.

use serde_json::json;

use super::flow_steps::{end, ways};
use crate::harness::Desk;

#[tokio::test]
async fn a_visitor_who_proves_to_be_a_user_is_one_and_so_is_the_ticket() {
    let desk = Desk::new().await;
    let field =
        desk.set_up("/FieldInfo", json!({ "name": "pet", "label": "Your pet's name", "type": 0 })).await;
    let user = json!({ "name": "Ann Lee", "emailaddress": "Ann@Example.com",
        "customfields": [{ "id": field, "value": "Rex" }] });
    let user = desk.set_up("/Users", user).await;
    let kind = desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
    desk.publish(
        "verify",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 4, "message": "Your e-mail?",
              "chat_step_questions": [{ "id": 1, "sequence": 1, "question": "Your pet?", "answer_field_id": field }],
              "actions": ways(2, 4) },
            { "step_id": 2, "steptype": 7, "message": "Ticket $ticketid, $username.", "content": "Help for $username",
              "newticket_tickettype_id": kind, "actions": ways(3, 4) },
            end(3, "Known: $known."), end(4, "Sorry.")
        ]),
    )
    .await;
    let visit = desk.visit_to("verify").await;
    for words in ["ann@example.com", "REX "] {
        desk.say(&visit, json!({ "text": words })).await;
    }
    let log = desk.log(visit.chat, &desk.test.admin, 0).await;
    let codes: Vec<i64> = log.iter().map(|entry| entry["system_id"].as_i64().unwrap()).collect();
    assert_eq!(codes, [1, 0, 0, 0, 0, 14, 10, 0, 0, 4], "{log:?}");
    let ticket = log[6]["ticket_id"].as_i64().unwrap();
    assert_eq!(log[7]["textplain"], format!("Ticket {ticket}, Ann Lee."));
    assert_eq!(log[8]["textplain"], "Known: true.");
    assert_eq!(log[5]["user_id"], user);
    let header = desk.header(visit.chat, &visit.token).await;
    assert_eq!((&header["ticket_id"], &header["user_id"]), (&json!(ticket), &json!(user)));
    let stored = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(stored["summary"], "Help for Ann Lee");
    assert_eq!(
        (&stored["user_id"], &stored["tickettype_id"], &stored["chat_id"]),
        (&json!(user), &json!(kind), &json!(visit.chat))
    );
    // The chat is over, and what was said in it is on the ticket.
    let actions = desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.test.admin).await.expect(200);
    let transcript = &actions["actions"][0];
    assert_eq!(transcript["chatid"], visit.chat);
    let note = transcript["note"].as_str().unwrap();
    let said: Vec<&str> = note.lines().map(|line| line.split_once("] ").unwrap().1).collect();
    assert_eq!(
        said,
        [
            "verify: Your e-mail?",
            "Ann Lee: ann@example.com",
            "verify: Your pet?",
            "Ann Lee: REX",
            &format!("verify: Ticket {ticket}, Ann Lee."),
            "verify: Known: true."
        ]
    );
    assert_eq!(actions["record_count"], 1);
}

#[tokio::test]
async fn a_proof_may_be_kept_as_a_number() {
    let desk = Desk::new().await;
    let field = desk.set_up("/FieldInfo", json!({ "name": "pin", "label": "PIN", "type": 7 })).await;
    let user = json!({ "name": "Ann", "emailaddress": "ann@example.com",
        "customfields": [{ "id": field, "value": 1815 }] });
    desk.set_up("/Users", user).await;
    let check = json!({ "step_id": 1, "isstart": true, "steptype": 4, "message": "E-mail?",
        "chat_step_questions": [{ "id": 1, "question": "PIN?", "answer_field_id": field }],
        "actions": ways(2, 3) });
    desk.publish("verify", json!([check, end(2, "Hello."), end(3, "Sorry.")])).await;
    let visit = desk.visit_to("verify").await;
    for words in ["ann@example.com", "1815"] {
        desk.say(&visit, json!({ "text": words })).await;
    }
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert!(log.contains(&"verify: Hello.".to_owned()), "{log:?}");
}

#[tokio::test]
async fn who_does_not_prove_it_is_nobody() {
    let desk = Desk::new().await;
    let field = desk.set_up("/FieldInfo", json!({ "name": "pet", "label": "Pet", "type": 0 })).await;
    let user = json!({ "name": "Ann", "emailaddress": "ann@example.com",
        "customfields": [{ "id": field, "value": "Rex" }] });
    desk.set_up("/Users", user).await;
    desk.publish(
        "verify",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 4, "message": "E-mail?", "message2": "No.",
              "chat_step_questions": [{ "id": 1, "question": "Pet?", "answer_field_id": field }],
              "actions": ways(2, 3) },
            end(2, "Hello."), end(3, "Sorry.")
        ]),
    )
    .await;
    let visit = desk.visit_to("verify").await;
    for email in ["ann@example.com", "nobody@example.com", "ann@example.com"] {
        desk.say(&visit, json!({ "text": email })).await;
        desk.say(&visit, json!({ "text": "Fido" })).await;
    }
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log[log.len() - 2..], ["verify: Sorry.", "verify [4]"], "{log:?}");
    assert_eq!(log.iter().filter(|line| *line == "verify: No.").count(), 2);
    assert_eq!(desk.header(visit.chat, &visit.token).await["user_id"], 0);
}
