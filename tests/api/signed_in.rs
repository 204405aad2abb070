//! Visitors who are signed in: an open chat that is upgraded, and what a token then opens.

use serde_json::json;

use crate::harness::token::{SECRET, desk_with, is_refused, start, token, upgrade};

#[tokio::test]
async fn an_open_anonymous_chat_is_upgraded_with_its_tickets() {
    let desk = desk_with(json!({ "update_ticket_user_on_upgrade": true })).await;
    let visit = desk.visit().await;
    let ticket = json!({ "summary": "Broken", "chat_id": visit.chat, "user_name": "Ada" });
    let ticket = desk.set_up("/Tickets", ticket).await;
    for wrong in ["nonsense".to_owned(), token("wrong", json!({ "sub": "1" }))] {
        is_refused(upgrade(&desk, &visit.token, visit.chat, &wrong).await, 400);
    }
    let grace = token(SECRET, json!({ "sub": "1", "name": "Grace", "email": "g@x.test" }));
    let header = upgrade(&desk, &visit.token, visit.chat, &grace).await.expect(201);
    let id = header["user_id"].as_i64().unwrap();
    assert!(id > 0 && header["user_name"] == "Grace" && header["name"] == "Grace", "{header}");
    let log = desk.log(visit.chat, &visit.token, 0).await;
    assert_eq!(log.last().unwrap()["system_id"], 14);
    let moved = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!((&moved["user_id"], &moved["user_name"]), (&json!(id), &json!("Grace")));
    assert_eq!((&moved["user_email"], &moved["summary"]), (&json!("g@x.test"), &json!("Broken")));

    upgrade(&desk, &visit.token, visit.chat, &grace).await.expect(201);
    assert_eq!(desk.log(visit.chat, &visit.token, 0).await.len(), log.len(), "the same user again: nothing");
    let other = token(SECRET, json!({ "sub": "2", "name": "Alan" }));
    assert!(upgrade(&desk, &visit.token, visit.chat, &other).await.refused(400).contains("another user"));
    let stranger = desk.visit().await;
    upgrade(&desk, &stranger.token, visit.chat, &other).await.refused(404);
    upgrade(&desk, "", visit.chat, &other).await.refused(401);
    let close = json!({ "id": stranger.chat, "isclosed": true });
    desk.test.post("/Chat", &stranger.token, &close).await.expect(201);
    upgrade(&desk, &stranger.token, stranger.chat, &other).await.refused(400);
}

#[tokio::test]
async fn an_upgrade_leaves_tickets_alone_unless_the_profile_says_so_and_is_the_visitors() {
    let desk = desk_with(json!({})).await;
    let visit = desk.live().await;
    let ticket = desk.set_up("/Tickets", json!({ "summary": "Broken", "chat_id": visit.chat })).await;
    let grace = token(SECRET, json!({ "sub": "1" }));
    upgrade(&desk, &desk.anna_token, visit.chat, &grace).await.refused(400);
    upgrade(&desk, &visit.token, visit.chat, &grace).await.expect(201);
    let ticket = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert!(ticket.get("user_id").is_none(), "{ticket}");
}

#[tokio::test]
async fn a_signed_in_visitor_reads_its_earlier_chats_and_writes_into_its_own() {
    let desk = desk_with(json!({})).await;
    let grace = token(SECRET, json!({ "sub": "1", "name": "Grace", "email": "g@x.test" }));
    let earlier = start(&desk, &grace).await.expect(201)["id"].as_i64().unwrap();
    let alan = start(&desk, &token(SECRET, json!({ "sub": "2" }))).await.expect(201)["id"].as_i64().unwrap();
    let visit = desk.visit().await;
    let listed = async || {
        let list = desk.test.get("/Chat", &visit.token).await.expect(200);
        let ids = list["chats"].as_array().unwrap().iter().map(|chat| chat["id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    let read = async |chat: i64| {
        let path = format!("/ChatMessage?chat_id={chat}");
        desk.test.get(&path, &visit.token).await.status.as_u16()
    };
    assert_eq!((listed().await, read(earlier).await), (vec![visit.chat], 404));
    upgrade(&desk, &visit.token, visit.chat, &grace).await.expect(201);
    assert_eq!(listed().await, [visit.chat, earlier]);
    assert_eq!((read(earlier).await, read(visit.chat).await, read(alan).await), (200, 200, 404));
    desk.test.get(&format!("/Chat/{earlier}"), &visit.token).await.expect(200);
    desk.test.get(&format!("/Chat/{alan}"), &visit.token).await.refused(404);

    desk.say_as(&visit.token, earlier, json!({ "text": "2" })).await.refused(403);
    desk.say_as(&visit.token, alan, json!({ "text": "2" })).await.refused(404);
    let close = json!({ "id": earlier, "isclosed": true });
    desk.test.post("/Chat", &visit.token, &close).await.refused(403);
    let jump = json!({ "chat_id": earlier, "flow_step": 3, "step_id": 3 });
    desk.test.post("/ChatFlow", &visit.token, &jump).await.refused(403);
    let typing = json!({ "chat_id": earlier, "sender_id": 1 });
    desk.test.post("/ChatMessage/IsTyping", &visit.token, &typing).await.refused(403);
    desk.say(&visit, json!({ "text": "2" })).await;

    let user = desk.header(visit.chat, &visit.token).await["user_id"].clone();
    let gone = json!({ "id": user, "inactive": true });
    desk.test.post("/Users", &desk.test.admin, &gone).await.expect(201);
    assert_eq!(listed().await, [visit.chat], "a user who was locked out reads no other chats");
}

#[tokio::test]
async fn words_that_fit_a_user_open_none_of_the_users_chats() {
    let desk = desk_with(json!({})).await;
    let grace = token(SECRET, json!({ "sub": "1", "name": "Grace", "email": "g@x.test" }));
    let started = start(&desk, &grace).await.expect(201);
    let field = desk.set_up("/FieldInfo", json!({ "name": "pet", "type": 0 })).await;
    let pet = json!({ "id": started["user_id"], "customfields": [{ "id": field, "value": "Rex" }] });
    desk.test.post("/Users", &desk.test.admin, &pet).await.expect(201);
    desk.publish(
        "verify",
        json!([
        { "step_id": 1, "isstart": true, "steptype": 4, "message": "E-mail?",
              "chat_step_questions": [{ "id": 1, "question": "Pet?", "answer_field_id": field }],
              "actions": [
            { "end_step": 2, "approval_result": 1 }, { "end_step": 2, "approval_result": 2 } ] },
        { "step_id": 2, "steptype": 0, "message": "Known: $known", "actions": [] } ]),
    )
    .await;
    let visit = desk.visit_to("verify").await;
    for words in ["g@x.test", "Rex"] {
        desk.say(&visit, json!({ "text": words })).await;
    }
    assert_eq!(desk.header(visit.chat, &visit.token).await["user_id"], started["user_id"]);
    let list = desk.test.get("/Chat", &visit.token).await.expect(200);
    assert_eq!(list["record_count"], 1, "{list}");
    desk.test.get(&format!("/Chat/{}", started["id"]), &visit.token).await.refused(404);
    // Nor does the user read a chat of somebody who only knew the address.
    let list = desk.test.get("/Chat", started["access_token"].as_str().unwrap()).await.expect(200);
    assert_eq!(list["record_count"], 1, "{list}");
}

#[tokio::test]
async fn of_a_directory_that_is_copied_only_who_is_locked_out_concerns_the_tokens() {
    let desk = desk_with(json!({})).await;
    // The database's count: it says at once what processes hear of in their own time.
    let revocations = async || -> i64 {
        let count = sqlx::query_scalar("select revocations from news_marks");
        count.fetch_one(&desk.test.app.pool).await.unwrap()
    };
    let before = revocations().await;
    let grace = desk.set_up("/Users", json!({ "name": "Grace" })).await;
    let changes = json!([{ "id": grace, "name": "Grace H." }, { "name": "Alan" }]);
    desk.test.post("/Users", &desk.test.admin, &changes).await.expect(201);
    assert_eq!(revocations().await, before);
    let gone = json!([{ "id": grace, "inactive": true }, { "name": "Ada" }]);
    desk.test.post("/Users", &desk.test.admin, &gone).await.expect(201);
    assert_eq!(revocations().await, before + 1);
}
