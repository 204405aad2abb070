//! What is kept of a person: given out whole, removed for good, and nobody else's touched.

mod at_once;
pub mod planted;
mod retention;

use std::collections::BTreeSet;

use aureole::domain::chat::Stage;
use serde_json::{Value, json};

use self::planted::{CANARY, EMAIL, Planted};
use crate::harness::{Desk, canary::places_of, token};

async fn erase(desk: &Desk, person: Value) -> Value {
    desk.test.post("/Privacy/Erase", &desk.test.admin, &person).await.expect(200)
}

/// Where a person of whom everything is kept is found.
const EVERYWHERE: [&str; 27] = [
    "attachment_chunks.bytes",
    "attachments.filename",
    "chat_matching_data.content",
    "chat_message_history.html",
    "chat_message_history.plain",
    "chat_messages.detail",
    "chat_messages.extra",
    "chat_messages.html",
    "chat_messages.plain",
    "chat_messages.value_multi",
    "chat_participants.email",
    "chat_participants.name",
    "chats.flow_position",
    "chats.name",
    "chats.page_url",
    "chats.teams_conversation_id",
    "chats.variables",
    "feedback.document",
    "idempotency_keys.key",
    "outbox.payload",
    "slack_inbox.payload",
    "slack_people.name",
    "ticket_actions.document",
    "tickets.document",
    "tickets.name",
    "users.document",
    "users.email",
];

#[tokio::test]
async fn after_an_erasure_a_person_is_nowhere_and_the_others_are_as_they_were() {
    let desk = Planted::desk(&[]).await;
    let other = planted::other(&desk).await;
    let before = planted::everything_of(&desk, &other).await;
    let planted = Planted::plant(&desk).await;
    let pool = &desk.test.app.pool;
    let places = places_of(pool, CANARY).await;
    for place in EVERYWHERE {
        assert!(places.contains(place), "{place} is not among {places:?}");
    }
    let report = erase(&desk, json!({ "email": EMAIL.to_uppercase() })).await;
    assert_eq!(places_of(pool, CANARY).await, BTreeSet::new(), "{report}");
    assert_eq!(report["complete"], true);
    let removed = &report["removed"];
    assert_eq!(removed["chats"], json!(planted.visits.len()));
    for kind in [
        "messages",
        "former_texts",
        "attachments",
        "participants",
        "sessions",
        "feedback",
        "tickets",
        "actions",
        "outbox",
        "users",
        "matching_data",
        "idempotency_keys",
        "slack_people",
        "slack_requests",
    ] {
        assert!(removed[kind].as_u64().is_some_and(|rows| rows > 0), "{kind}: {report}");
    }
    assert_eq!(planted::everything_of(&desk, &other).await, before);
    for visit in &planted.visits {
        crate::rebuild::must_be_the_same(&desk, visit, &[]).await;
        desk.test.get(&format!("/ChatMessage?chat_id={}", visit.chat), &visit.token).await.refused(401);
        let log = desk.log(visit.chat, &desk.test.admin, 0).await;
        let numbers: Vec<i64> = log.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
        assert!(numbers.iter().copied().eq((1..).take(numbers.len())), "an entry is missing: {numbers:?}");
    }
    assert_eq!(erase(&desk, json!({ "email": EMAIL })).await["removed"], json!({}), "there is no more");
}

#[tokio::test]
async fn an_export_has_everything_and_is_told_in_the_audit_without_the_address() {
    let desk = Planted::desk(&[]).await;
    let other = planted::other(&desk).await;
    let planted = Planted::plant(&desk).await;
    let reply = desk.test.post("/Privacy/Export", &desk.test.admin, &json!({ "email": EMAIL })).await;
    assert_eq!(reply.headers["cache-control"], "no-store");
    let export = reply.expect(200);
    let chats: Vec<i64> =
        export["chats"].as_array().unwrap().iter().map(|chat| chat["id"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = planted.visits.iter().map(|visit| visit.chat).collect();
    assert_eq!(chats, expected);
    assert!(!chats.contains(&other.chat));
    let text = export.to_string();
    for part in ["former_texts", "attachments", "feedback", "tickets", "actions", "messages", "calls"] {
        let rows: usize =
            export["chats"].as_array().unwrap().iter().map(|chat| chat[part].as_array().unwrap().len()).sum();
        assert!(rows > 0, "{part}");
    }
    assert_eq!(export["users"][0]["email"], EMAIL);
    assert!(export["slack_people"][0]["user_id"].as_str().is_some_and(|id| id.contains("UKANARIENVOGEL")));
    assert!(!text.contains("key_hash") && !text.contains("blob_id"));
    let audit = desk.test.get("/Audit?action=exported", &desk.test.admin).await.expect(200);
    assert_eq!(audit["entries"][0]["fields"], json!(["email"]));
    assert!(!audit.to_string().contains(CANARY), "{audit}");
}

#[tokio::test]
async fn a_visitor_whom_nobody_knows_is_named_by_a_chat() {
    let desk = Desk::new().await;
    let (one, other) = (desk.live().await, desk.live().await);
    desk.say(&one, json!({ "text": CANARY })).await;
    let log = desk.log(other.chat, &desk.anna_token, 0).await;
    let report = erase(&desk, json!({ "chat_id": one.chat })).await;
    assert_eq!(report["removed"]["chats"], 1);
    assert_eq!(places_of(&desk.test.app.pool, CANARY).await, BTreeSet::new());
    assert_eq!(desk.log(other.chat, &desk.anna_token, 0).await, log, "they only share a name");
    let header = desk.header(one.chat, &desk.anna_token).await;
    assert_eq!((&header["name"], &header["state"]), (&json!("Erased"), &json!("closed")));
    let gone = desk.test.post("/Privacy/Erase", &desk.test.admin, &json!({ "chat_id": one.chat })).await;
    gone.refused(404);
}

#[tokio::test]
async fn a_chat_that_was_erased_takes_nothing_any_more() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    erase(&desk, json!({ "chat_id": visit.chat })).await;
    let reopen = json!({ "id": visit.chat, "isclosed": false });
    let refused = desk.test.post("/Chat", &desk.anna_token, &reopen).await.refused(400);
    assert!(refused.contains("was erased"), "{refused}");
    desk.say_as(&desk.test.admin, visit.chat, json!({ "text": "hello" })).await.refused(400);
    let rate = json!({ "system_id": 9, "value_int": 5, "sender_id": 1 });
    let refused = desk.say_as(&desk.test.admin, visit.chat, rate).await.refused(400);
    assert!(refused.contains("was erased"), "{refused}");
    let closed = crate::rebuild::rebuild(&desk, visit.chat).await;
    assert!(matches!(closed.stage, Stage::Live { .. }) && closed.closing.is_some());
}

#[tokio::test]
async fn a_user_is_erased_with_the_chats_of_the_users_address() {
    let desk = token::desk_with(json!({})).await;
    let claims = json!({ "sub": "1", "name": "Grace", "email": "grace@x.test" });
    let signed_in = token::start(&desk, &token::token(token::SECRET, claims)).await.expect(201);
    let said =
        json!({ "chatprofileid": "help", "key": "open", "display_name": "G", "email": "Grace@X.test" });
    desk.test.post("/Chat", "", &said).await.expect(201);
    let user = signed_in["user_id"].clone();
    let report = erase(&desk, json!({ "user_id": user })).await;
    assert_eq!((&report["removed"]["chats"], &report["removed"]["users"]), (&json!(2), &json!(1)));
    assert_eq!(places_of(&desk.test.app.pool, "grace").await, BTreeSet::new());
    desk.test.get(&format!("/Users/{user}"), &desk.test.admin).await.refused(404);
    let audit = desk.test.get(&format!("/Audit?resource=Users&resource_id={user}"), &desk.test.admin).await;
    assert_eq!(audit.expect(200)["entries"][0]["action"], "erased");
}

#[tokio::test]
async fn only_administrators_ask_and_name_one_person() {
    let desk = Desk::new().await;
    for path in ["/Privacy/Export", "/Privacy/Erase"] {
        let person = json!({ "email": "a@b.test" });
        desk.test.post(path, "", &person).await.refused(401);
        desk.test.post(path, &desk.anna_token, &person).await.refused(403);
        for wrong in [json!({}), json!({ "email": "" }), json!({ "email": "a@b.test", "user_id": 1 })] {
            desk.test.post(path, &desk.test.admin, &wrong).await.refused(400);
        }
        desk.test.post(path, &desk.test.admin, &json!({ "chat_id": 404 })).await.refused(404);
    }
}
