//! Read marks, and what is unread after them.

use serde_json::{Value, json};

use crate::harness::{Desk, Reply, Visit};

async fn read(desk: &Desk, token: &str, visit: &Visit, up_to: i64) -> Reply {
    desk.test.post("/Chat", token, &json!({ "id": visit.chat, "readid": up_to })).await
}

async fn unread(desk: &Desk, token: &str, visit: &Visit) -> i64 {
    desk.header(visit.chat, token).await["unread"].as_i64().unwrap()
}

/// The read mark of the participant of this number.
async fn mark(desk: &Desk, visit: &Visit, number: usize) -> Value {
    desk.header(visit.chat, &desk.test.admin).await["participants"][number - 1]["readid"].clone()
}

#[tokio::test]
async fn marks_only_go_forward_and_never_past_the_end() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let last = desk.header(visit.chat, &desk.anna_token).await["lastmessageid"].clone();
    read(&desk, &desk.anna_token, &visit, 3).await.expect(201);
    assert_eq!(mark(&desk, &visit, 2).await, 3);
    read(&desk, &desk.anna_token, &visit, 1).await.expect(201);
    assert_eq!(mark(&desk, &visit, 2).await, 3, "a mark never goes back");
    let header = read(&desk, &desk.anna_token, &visit, 9999).await.expect(201);
    assert_eq!((&header["participants"][1]["readid"], &header["unread"]), (&last, &json!(0)));
}

#[tokio::test]
async fn only_words_of_others_are_unread() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    read(&desk, &desk.anna_token, &visit, 9999).await.expect(201);
    read(&desk, &visit.token, &visit, 9999).await.expect(201);
    desk.say(&visit, json!({ "text": "one" })).await;
    desk.say(&visit, json!({ "text": "two" })).await;
    assert_eq!(unread(&desk, &desk.anna_token, &visit).await, 2);
    assert_eq!(unread(&desk, &visit.token, &visit).await, 0, "one's own words are not unread");
    let note = json!({ "text": "hm", "system_id": 17 });
    let answer = desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Yes?" })).await.expect(201);
    desk.say_as(&desk.anna_token, visit.chat, note).await.expect(201);
    assert_eq!(unread(&desk, &visit.token, &visit).await, 1, "a note is not a visitor's to read");
    let bring = json!({ "id": visit.chat, "_invite_agent_id": desk.bert });
    desk.test.post("/Chat", &desk.anna_token, &bring).await.expect(201);
    assert_eq!(unread(&desk, &visit.token, &visit).await, 1, "somebody joined, and said nothing");
    read(&desk, &desk.bert_token, &visit, answer["id"].as_i64().unwrap()).await.expect(201);
    assert_eq!(unread(&desk, &desk.bert_token, &visit).await, 1, "a note is a colleague's to read");
    let gone = json!({ "id": answer["id"], "_delete": true });
    desk.say_as(&desk.anna_token, visit.chat, gone).await.expect(201);
    assert_eq!(unread(&desk, &visit.token, &visit).await, 0, "nobody can read what was deleted");
}

#[tokio::test]
async fn whoever_posts_has_read_up_to_there() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let said = desk.say(&visit, json!({ "text": "Hello?" })).await;
    assert_eq!(mark(&desk, &visit, 1).await, said["id"]);
    assert_eq!(unread(&desk, &visit.token, &visit).await, 0);
    let answer = desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Hi" })).await.expect(201);
    assert_eq!(mark(&desk, &visit, 2).await, answer["id"]);
    assert_eq!(mark(&desk, &visit, 1).await, said["id"], "the other side has not");
    // What the bot says to it comes after it.
    let visit = desk.visit().await;
    desk.say(&visit, json!({ "text": "what?" })).await;
    assert_eq!(unread(&desk, &visit.token, &visit).await, 1);
}

#[tokio::test]
async fn whoever_is_nobody_in_a_chat_has_no_mark_in_it() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let client = desk.test.client(&["access:chat"], None).await;
    for token in [&desk.test.admin, &client, &desk.bert_token] {
        let words = read(&desk, token, &visit, 3).await.refused(400);
        assert!(words.contains("readid"), "{words}");
    }
    assert_eq!(desk.header(visit.chat, &desk.test.admin).await["participantcount"], 2);
    // A program that has spoken in the chat is somebody.
    desk.say_as(&client, visit.chat, json!({ "text": "Hi", "display_name": "Shop" })).await.expect(201);
    desk.say(&visit, json!({ "text": "news" })).await;
    assert_eq!(unread(&desk, &client, &visit).await, 1);
    assert_eq!(read(&desk, &client, &visit, 9999).await.expect(201)["unread"], 0);
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    read(&desk, &visit.token, &visit, 9999).await.expect(201);
}

#[tokio::test]
async fn more_than_999_are_not_counted() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    for _ in 0..10 {
        let many: Vec<_> = (0..100).map(|n| json!({ "chat_id": visit.chat, "text": n })).collect();
        desk.test.post("/ChatMessage", &visit.token, &json!(many)).await.expect(201);
    }
    assert_eq!(unread(&desk, &desk.anna_token, &visit).await, 999);
    let list = desk.test.get("/Chat", &desk.anna_token).await.expect(200);
    assert_eq!(list["chats"][0]["unread"], 999);
}
