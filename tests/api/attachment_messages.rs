//! Messages that bring files along.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::harness::{Desk, PNG};

/// A file of the caller's that belongs to no chat.
async fn loose(desk: &Desk, token: &str, name: &str) -> Value {
    let file = json!({ "filename": name, "data_base64": BASE64_STANDARD.encode("words") });
    desk.test.post("/Attachment", token, &file).await.expect(201)
}

#[tokio::test]
async fn attachments_are_one_set_of_pairs_with_their_real_names() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut ids = Vec::new();
    for name in ["a.png", "b.png", "c.png"] {
        ids.push(desk.test.upload(&visit.token, visit.chat, name, PNG).await.expect(201)["id"].clone());
    }
    let body = json!({ "text": "see", "attachment_id": ids[2],
        "attachment_ids": [ids[0], { "id": ids[1], "name": "virus.exe" }, ids[0].to_string(), 0] });
    let stored = desk.say(&visit, body).await;
    let pairs = json!([{ "id": ids[0], "name": "a.png" }, { "id": ids[1], "name": "b.png" },
        { "id": ids[2], "name": "c.png" }]);
    assert_eq!((&stored["attachment_ids"], &stored["attachment_id"]), (&pairs, &ids[0]));
    let read = desk.log(visit.chat, &desk.anna_token, stored["id"].as_i64().unwrap() - 1).await;
    assert_eq!(read[0]["attachment_ids"], pairs);
}

#[tokio::test]
async fn an_attachment_alone_is_a_message_and_nothing_alone_is_none() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = desk.test.upload(&visit.token, visit.chat, "a.png", PNG).await.expect(201);
    let stored = desk.say(&visit, json!({ "attachment_id": file["id"] })).await;
    assert_eq!((&stored["text"], &stored["attachment_ids"][0]["name"]), (&json!(""), &json!("a.png")));
    desk.say_as(&visit.token, visit.chat, json!({ "attachment_ids": [] })).await.refused(400);
}

#[tokio::test]
async fn the_transcript_on_a_ticket_names_the_files() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let ticket = desk.set_up("/Tickets", json!({ "summary": "Broken" })).await;
    sqlx::query("update chats set ticket_id = $1")
        .bind(i32::try_from(ticket).unwrap())
        .execute(&desk.test.app.pool)
        .await
        .unwrap();
    let file = desk.test.upload(&visit.token, visit.chat, "a & b.png", PNG).await.expect(201);
    desk.say(&visit, json!({ "attachment_id": file["id"] })).await;
    let close = json!({ "id": visit.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    let path = format!("/Actions?ticket_id={ticket}");
    let actions = desk.test.get(&path, &desk.test.admin).await.expect(200);
    let action = &actions["actions"][0];
    assert!(action["note"].as_str().unwrap().ends_with("Ada: [a & b.png]"), "{action}");
    assert!(action["note_html"].as_str().unwrap().ends_with("<b>Ada</b>: [a &amp; b.png]</p>"), "{action}");
}

#[tokio::test]
async fn an_unknown_attachment_is_named_and_the_message_is_not_stored() {
    let desk = Desk::new().await;
    let (visit, other) = (desk.live().await, desk.live().await);
    let (chat, log) = (visit.chat, desk.log(visit.chat, &visit.token, 0).await.len());
    let others = desk.test.upload(&other.token, other.chat, "a.png", PNG).await.expect(201);
    let bertas = loose(&desk, &desk.bert_token, "b.txt").await;
    let note =
        json!({ "chat_id": chat, "filename": "n.txt", "showforusers": false, "data_base64": "d29yZHM=" });
    let hidden = desk.test.post("/Attachment", &desk.anna_token, &note).await.expect(201);
    for (token, id) in [
        (&visit.token, &json!(999)),
        (&visit.token, &others["id"]),
        (&desk.anna_token, &others["id"]),
        (&desk.anna_token, &bertas["id"]),
        (&visit.token, &hidden["id"]),
    ] {
        let message = json!({ "text": "see", "attachment_ids": [id] });
        let refused = desk.say_as(token, chat, message).await.refused(400);
        assert_eq!(refused, format!("attachment {id} does not exist in chat {chat}"));
    }
    let huge = json!({ "text": "see", "attachment_ids": [5_000_000_000_i64] });
    assert!(desk.say_as(&visit.token, chat, huge).await.refused(400).contains("5000000000"));
    desk.say_as(&visit.token, chat, json!({ "attachment_ids": ["x"] })).await.refused(400);
    assert_eq!(desk.log(chat, &visit.token, 0).await.len(), log);
}

#[tokio::test]
async fn a_file_without_a_chat_goes_to_that_of_its_authors_message() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = loose(&desk, &desk.anna_token, "a.txt").await;
    desk.test.download(&desk.anna_token, &file).await.expect(200);
    desk.test.download(&desk.bert_token, &file).await.refused(404);
    // A refused request moves no file, though its first message was fine.
    let both = json!([{ "chat_id": visit.chat, "attachment_ids": [file["id"]] },
        { "chat_id": visit.chat, "text": "" }]);
    desk.test.post("/ChatMessage", &desk.anna_token, &both).await.refused(400);
    desk.test.download(&visit.token, &file).await.refused(404);
    let message = json!({ "text": "Here", "attachment_ids": [file["id"]] });
    desk.say_as(&desk.anna_token, visit.chat, message).await.expect(201);
    assert_eq!(desk.test.download(&visit.token, &file).await.bytes, "words");
    desk.test.download(&desk.bert_token, &file).await.expect(200);
    let other = desk.queued().await;
    let again = json!({ "text": "Here too", "attachment_ids": [file["id"]] });
    desk.say_as(&desk.anna_token, other.chat, again).await.refused(400);
}

#[tokio::test]
async fn what_a_note_brings_along_stays_the_desks() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = loose(&desk, &desk.anna_token, "internal.txt").await;
    let note = json!({ "system_id": 17, "text": "see", "attachment_ids": [file["id"]] });
    desk.say_as(&desk.anna_token, visit.chat, note).await.expect(201);
    desk.test.download(&desk.bert_token, &file).await.expect(200);
    desk.test.download(&visit.token, &file).await.refused(404);
    let list = desk.test.get("/Attachment", &visit.token).await.expect(200);
    assert_eq!(list["record_count"], 0);
}
