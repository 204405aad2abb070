//! Whose files are whose.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::harness::Desk;

#[tokio::test]
async fn a_visitor_reaches_the_files_of_its_own_chat_and_no_others() {
    let desk = Desk::new().await;
    let (own, other) = (desk.live().await, desk.live().await);
    let file = desk.test.upload(&other.token, other.chat, "a.txt", b"words").await.expect(201);
    let path = format!("/Attachment/{}", file["id"]);
    let stranger = desk.test.get(&path, &own.token).await.refused(404);
    let missing = desk.test.get("/Attachment/999", &own.token).await.refused(404);
    assert_eq!(stranger.replace(&file["id"].to_string(), "999"), missing);
    desk.test.get(&format!("{path}?includedetails=true"), &own.token).await.refused(404);
    desk.test.get(&format!("/Attachment?chat_id={}", other.chat), &own.token).await.refused(404);
    desk.test.upload(&own.token, other.chat, "a.txt", b"words").await.refused(404);
    let named = [("chat_id", &*other.chat.to_string())];
    desk.test.upload_form(&own.token, &[("a.txt", b"words")], &named).await.refused(404);
    desk.test.delete(&path, &other.token).await.refused(403);
    // What an agent sends is there for the visitor, unless it is the desk's.
    let shown = desk.test.upload(&desk.anna_token, own.chat, "b.txt", b"words").await.expect(201);
    let hidden = json!({ "chat_id": own.chat, "filename": "c.txt", "showforusers": false,
        "data_base64": BASE64_STANDARD.encode("words") });
    let hidden = desk.test.post("/Attachment", &desk.anna_token, &hidden).await.expect(201);
    assert_eq!((&shown["agent_id"], &hidden["showforusers"]), (&json!(desk.anna), &json!(false)));
    assert_eq!(desk.test.download(&own.token, &shown).await.bytes, "words");
    desk.test.download(&own.token, &hidden).await.refused(404);
    desk.test.download(&desk.bert_token, &hidden).await.expect(200);
    let seen = async |token: &str| {
        let list = desk.test.get(&format!("/Attachment?chat_id={}", own.chat), token).await.expect(200);
        list["attachments"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(seen(&own.token).await, [shown["id"].clone()]);
    assert_eq!(seen(&desk.anna_token).await, [shown["id"].clone(), hidden["id"].clone()]);
}

#[tokio::test]
async fn agents_reach_the_files_of_chats_that_they_may_see() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = desk.test.upload(&visit.token, visit.chat, "a.txt", b"words").await.expect(201);
    let path = format!("/Attachment/{}", file["id"]);
    desk.test.get(&path, &desk.anna_token).await.expect(200);
    desk.test.get(&path, &desk.test.admin).await.expect(200);
    desk.test.get(&path, &desk.carla_token).await.refused(404);
    desk.test.delete(&path, &desk.carla_token).await.refused(404);
    desk.test.upload(&desk.carla_token, visit.chat, "b.txt", b"words").await.refused(404);
    desk.test.get(&format!("/Attachment?chat_id={}", visit.chat), &desk.carla_token).await.refused(404);
    desk.test.get("/Attachment", &desk.anna_token).await.refused(400);
    let gone = desk.test.delete(&path, &desk.anna_token).await.expect(200);
    assert_eq!(gone["filename"], "a.txt");
    desk.test.get(&path, &visit.token).await.refused(404);
    let count =
        "select (select count(*) from attachment_chunks) + (select count(*) from attachment_leftovers)";
    let left: i64 = sqlx::query_scalar(count).fetch_one(&desk.test.app.pool).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_tickets_files_are_the_desks() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let ticket = desk.set_up("/Tickets", json!({ "summary": "Broken" })).await;
    let body = |chat: Option<i64>| {
        json!({ "ticket_id": ticket, "chat_id": chat, "filename": "a.txt",
            "data_base64": BASE64_STANDARD.encode("words") })
    };
    let file = desk.test.post("/Attachment", &desk.anna_token, &body(None)).await.expect(201);
    assert_eq!((&file["ticket_id"], &file["chat_id"]), (&json!(ticket), &json!(null)));
    desk.test.download(&desk.carla_token, &file).await.expect(200);
    desk.test.download(&visit.token, &file).await.refused(404);
    let both = desk.test.post("/Attachment", &desk.anna_token, &body(Some(visit.chat))).await.expect(201);
    let listed = async |token: &str| {
        let list = desk.test.get(&format!("/Attachment?ticket_id={ticket}"), token).await.expect(200);
        (list["record_count"].clone(), list["attachments"].as_array().unwrap().len())
    };
    assert_eq!(listed(&desk.anna_token).await, (json!(2), 2));
    assert_eq!(listed(&desk.carla_token).await, (json!(1), 1), "the chat is not Carla's");
    desk.test.download(&desk.carla_token, &both).await.refused(404);
    let mut unknown = body(None);
    unknown["ticket_id"] = json!(999);
    let refused = desk.test.post("/Attachment", &desk.anna_token, &unknown).await.refused(400);
    assert_eq!(refused, "ticket 999 does not exist");
    // A visitor's ticket is not its own to name.
    let file = desk.test.post("/Attachment", &visit.token, &body(None)).await.expect(201);
    assert_eq!((&file["ticket_id"], &file["chat_id"]), (&json!(null), &json!(visit.chat)));
}

#[tokio::test]
async fn a_closed_chat_takes_no_files_and_keeps_those_it_has() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = desk.test.upload(&visit.token, visit.chat, "a.txt", b"words").await.expect(201);
    let close = json!({ "id": visit.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    let refused = desk.test.upload(&visit.token, visit.chat, "b.txt", b"words").await.refused(400);
    assert!(refused.contains("closed"), "{refused}");
    desk.test.upload(&desk.anna_token, visit.chat, "b.txt", b"words").await.refused(400);
    desk.test.download(&visit.token, &file).await.expect(200);
}
