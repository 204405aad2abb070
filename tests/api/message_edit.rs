//! Editing and deleting messages: whose they may be, what readers see, what is kept.

use serde_json::{Value, json};

use crate::harness::{Desk, PNG, Reply, Visit};

/// Something that this agent said in the chat; its number.
async fn said(desk: &Desk, token: &str, visit: &Visit, text: &str) -> i64 {
    let message = desk.say_as(token, visit.chat, json!({ "text": text })).await.expect(201);
    message["id"].as_i64().unwrap()
}

async fn edit(desk: &Desk, token: &str, visit: &Visit, id: i64, text: &str) -> Reply {
    desk.say_as(token, visit.chat, json!({ "id": id, "text": text })).await
}

async fn delete(desk: &Desk, token: &str, visit: &Visit, id: i64) -> Reply {
    desk.say_as(token, visit.chat, json!({ "id": id, "_delete": true })).await
}

/// One message as this reader finds it in the log.
async fn read(desk: &Desk, token: &str, visit: &Visit, id: i64) -> Value {
    desk.log(visit.chat, token, id - 1).await.remove(0)
}

#[tokio::test]
async fn an_edited_message_reads_anew_where_it_stands_and_an_entry_says_so() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "tomorow").await;
    desk.say(&visit, json!({ "text": "When?" })).await;
    let body = "<b>tomorrow</b><script>x</script>";
    let changed = edit(&desk, &desk.anna_token, &visit, id, body).await.expect(201);
    assert_eq!((&changed["id"], &changed["text"]), (&json!(id), &json!("<b>tomorrow</b>")));
    assert_eq!((&changed["textplain"], &changed["is_message_safe"]), (&json!("tomorrow"), &json!(false)));
    assert_eq!(changed["lastmessageid"], id + 2, "the entry about it is the last one");
    for token in [&visit.token, &desk.anna_token] {
        let message = read(&desk, token, &visit, id).await;
        assert_eq!((&message["text"], &message["system_id"]), (&json!("<b>tomorrow</b>"), &json!(0)));
        assert_eq!(message["modified_by_agent_id"], desk.anna);
        assert_eq!(message["modified_by_agent_name"], "Anna");
        let entry = read(&desk, token, &visit, id + 2).await;
        assert_eq!((&entry["system_id"], &entry["value_int"]), (&json!(11), &json!(id)));
        assert_eq!((&entry["text"], &entry["display_name"]), (&json!("<b>tomorrow</b>"), &json!("Anna")));
    }
}

#[tokio::test]
async fn a_deleted_message_keeps_its_place_and_nothing_else() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = desk.test.upload(&desk.anna_token, visit.chat, "a.png", PNG).await.expect(201);
    let with = json!({ "text": "secret", "value_multi": "secret", "attachment_ids": [file["id"]] });
    let id = desk.say_as(&desk.anna_token, visit.chat, with).await.expect(201)["id"].as_i64().unwrap();
    assert_eq!(desk.test.download(&visit.token, &file).await.status.as_u16(), 200);
    let gone = delete(&desk, &desk.anna_token, &visit, id).await.expect(201);
    assert_eq!(desk.test.download(&visit.token, &file).await.status.as_u16(), 404, "the file went with it");
    for message in [gone, read(&desk, &visit.token, &visit, id).await] {
        assert_eq!((&message["id"], &message["_deleted"]), (&json!(id), &json!(true)));
        assert_eq!((&message["text"], &message["textplain"]), (&json!(""), &json!("")));
        assert!(
            !message.to_string().contains("secret") && message.get("attachment_ids").is_none(),
            "{message}"
        );
    }
    let entry = read(&desk, &visit.token, &visit, id + 1).await;
    assert_eq!(
        (&entry["system_id"], &entry["value_int"], &entry["text"]),
        (&json!(12), &json!(id), &json!(""))
    );
    let again = edit(&desk, &desk.anna_token, &visit, id, "x").await.refused(400);
    assert!(again.contains("deleted"), "{again}");
    delete(&desk, &desk.anna_token, &visit, id).await.refused(400);
}

#[tokio::test]
async fn the_bots_question_goes_with_its_words() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let question = desk.log(visit.chat, &desk.test.admin, 0).await;
    let question = question.iter().find(|entry| entry.get("next_input_id").is_some()).unwrap()["id"].clone();
    let gone = delete(&desk, &desk.test.admin, &visit, question.as_i64().unwrap()).await.expect(201);
    assert!(gone.get("next_input_id").is_none() && gone.get("next_input_fieldinfo").is_none(), "{gone}");
}

#[tokio::test]
async fn an_agent_changes_its_own_messages_and_an_administrator_any() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let annas = said(&desk, &desk.anna_token, &visit, "Anna's").await;
    let visitors = desk.say(&visit, json!({ "text": "damn" })).await["id"].as_i64().unwrap();
    let last = async || desk.header(visit.chat, &desk.test.admin).await["lastmessageid"].clone();
    let before = last().await;
    for (token, id) in [(&desk.anna_token, visitors), (&desk.bert_token, annas), (&desk.anna_token, 2)] {
        assert!(edit(&desk, token, &visit, id, "x").await.refused(400).contains("not yours"));
        delete(&desk, token, &visit, id).await.refused(400);
    }
    edit(&desk, &desk.carla_token, &visit, annas, "x").await.refused(404);
    assert!(edit(&desk, &desk.anna_token, &visit, 99, "x").await.refused(404).contains("message 99"));
    assert!(edit(&desk, &desk.test.admin, &visit, 1, "x").await.refused(400).contains("entry 1"));
    edit(&desk, &desk.anna_token, &visit, annas, " ").await.refused(400);
    desk.say_as(&desk.anna_token, visit.chat, json!({ "_delete": true })).await.refused(400);
    assert_eq!(last().await, before, "a refusal leaves no trace");
    assert_eq!(desk.header(visit.chat, &desk.test.admin).await["participantcount"], 2);
    assert_eq!(edit(&desk, &desk.test.admin, &visit, visitors, "***").await.expect(201)["text"], "***");
    let message = read(&desk, &visit.token, &visit, visitors).await;
    assert_eq!((&message["text"], &message["display_name"]), (&json!("***"), &json!("Ada")));
}

#[tokio::test]
async fn a_visitors_id_is_ignored() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let first = desk.say(&visit, json!({ "text": "one" })).await;
    let second = desk.say(&visit, json!({ "text": "two", "id": first["id"], "_delete": true })).await;
    assert_ne!(first["id"], second["id"]);
    assert_eq!(read(&desk, &visit.token, &visit, first["id"].as_i64().unwrap()).await["text"], "one");
}

#[tokio::test]
async fn a_closed_chat_keeps_its_words() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "final").await;
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    assert!(edit(&desk, &desk.anna_token, &visit, id, "x").await.refused(400).contains("closed"));
    delete(&desk, &desk.test.admin, &visit, id).await.refused(400);
    assert_eq!(read(&desk, &visit.token, &visit, id).await["text"], "final");
}

#[tokio::test]
async fn what_became_of_a_note_is_for_staff_too() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let before = desk.header(visit.chat, &visit.token).await["lastmessageid"].clone();
    let note = json!({ "text": "rude", "system_id": 17 });
    let id = desk.say_as(&desk.anna_token, visit.chat, note).await.expect(201)["id"].as_i64().unwrap();
    edit(&desk, &desk.anna_token, &visit, id, "upset").await.expect(201);
    delete(&desk, &desk.anna_token, &visit, id).await.expect(201);
    assert_eq!(desk.log(visit.chat, &visit.token, id - 1).await, [Value::Null; 0]);
    assert_eq!(desk.header(visit.chat, &visit.token).await["lastmessageid"], before);
    let codes: Vec<_> = desk.log(visit.chat, &desk.bert_token, id).await;
    let codes: Vec<_> = codes.iter().map(|entry| entry["system_id"].as_i64().unwrap()).collect();
    assert_eq!(codes, [11, 12]);
}

#[tokio::test]
async fn former_texts_are_kept_for_administrators_only() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "first").await;
    edit(&desk, &desk.anna_token, &visit, id, "second").await.expect(201);
    delete(&desk, &desk.test.admin, &visit, id).await.expect(201);
    let path = format!("/ChatMessage?chat_id={}&last_id={}&include_history=true", visit.chat, id - 1);
    let log = desk.test.get(&path, &desk.test.admin).await.expect(200);
    let history = log[0]["_history"].as_array().unwrap();
    let texts: Vec<_> = history.iter().map(|former| former["textplain"].as_str().unwrap()).collect();
    assert_eq!(texts, ["first", "second"]);
    assert_eq!((&history[0]["agent_id"], &history[0]["agent_name"]), (&json!(desk.anna), &json!("Anna")));
    assert!(history[0]["datetime"].is_string() && history[1].get("agent_id").is_none());
    assert!(log[1].get("_history").is_none(), "only what was changed has one");
    for token in [&desk.anna_token, &visit.token] {
        let log = desk.test.get(&path, token).await.expect(200);
        // Entry 11 told everybody the second; it went with the message.
        for gone in ["_history", "first", "second"] {
            assert!(!log.to_string().contains(gone), "{gone}: {log}");
        }
    }
    let plain = desk.log(visit.chat, &desk.test.admin, id - 1).await;
    assert!(plain[0].get("_history").is_none());
}

#[tokio::test]
async fn every_entry_about_an_edit_tells_what_the_message_reads_now() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let [one, other] = [
        said(&desk, &desk.anna_token, &visit, "first").await,
        said(&desk, &desk.anna_token, &visit, "another").await,
    ];
    for text in ["second", "third"] {
        edit(&desk, &desk.anna_token, &visit, one, text).await.expect(201);
    }
    edit(&desk, &desk.anna_token, &visit, other, "something else").await.expect(201);
    let log = desk.log(visit.chat, &visit.token, one - 1).await;
    let texts: Vec<_> = log.iter().map(|entry| entry["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["third", "something else", "third", "third", "something else"]);
}

#[tokio::test]
async fn a_repeated_edit_happens_once_and_several_at_once_follow_each_other() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "zero").await;
    let body = json!({ "chat_id": visit.chat, "id": id, "text": "one" });
    let headers = [("Idempotency-Key", "edit")];
    let posts = (0..10).map(|_| desk.test.post_with("/ChatMessage", &desk.anna_token, &headers, &body));
    let answers: Vec<Value> =
        futures_util::future::join_all(posts).await.into_iter().map(|reply| reply.expect(201)).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer["text"] == "one"), "{answers:?}");
    let both = json!([
        { "chat_id": visit.chat, "id": id, "text": "two" },
        { "chat_id": visit.chat, "id": id, "text": "three" },
    ]);
    desk.test.post("/ChatMessage", &desk.anna_token, &both).await.expect(201);
    let failing = json!([
        { "chat_id": visit.chat, "id": id, "text": "four" },
        { "chat_id": visit.chat, "id": 99, "text": "five" },
    ]);
    desk.test.post("/ChatMessage", &desk.anna_token, &failing).await.refused(404);
    let path = format!("/ChatMessage?chat_id={}&last_id={}&include_history=true", visit.chat, id - 1);
    let log = desk.test.get(&path, &desk.test.admin).await.expect(200);
    let former: Vec<_> =
        log[0]["_history"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!((&log[0]["text"], former), (&json!("three"), vec![json!("zero"), json!("one"), json!("two")]));
    let numbers: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (id..id + 4).collect::<Vec<_>>());
}

#[tokio::test]
async fn fifty_edits_and_posts_at_once_leave_no_gap_and_the_last_edit_stands() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "0").await;
    let both = (0..25).map(async |n: usize| {
        let (edited, said) = tokio::join!(
            desk.say_as(&desk.anna_token, visit.chat, json!({ "id": id, "text": n.to_string() })),
            desk.say_as(&visit.token, visit.chat, json!({ "text": "go on" })),
        );
        edited.expect(201);
        said.expect(201);
    });
    futures_util::future::join_all(both).await;
    let log = desk.log(visit.chat, &desk.test.admin, 0).await;
    assert!(log.iter().zip(1..).all(|(entry, number)| entry["id"] == number), "no gap");
    let last = log.iter().rfind(|entry| entry["system_id"] == 11).unwrap();
    assert_eq!(read(&desk, &visit.token, &visit, id).await["text"], last["text"]);
}

#[tokio::test]
async fn no_entry_says_what_a_message_said_before_it_was_changed() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let id = said(&desk, &desk.anna_token, &visit, "first secret").await;
    edit(&desk, &desk.anna_token, &visit, id, "second secret").await.expect(201);
    edit(&desk, &desk.anna_token, &visit, id, "harmless").await.expect(201);
    let log = async |token: &str| Value::from(desk.log(visit.chat, token, 0).await).to_string();
    for token in [&visit.token, &desk.anna_token] {
        let log = log(token).await;
        assert!(!log.contains("secret"), "{log}");
        assert_eq!(log.matches("\"text\":\"harmless\"").count(), 3, "{log}");
    }
    delete(&desk, &desk.anna_token, &visit, id).await.expect(201);
    assert!(!log(&visit.token).await.contains("harmless"));
    let path = format!("/ChatMessage?chat_id={}&include_history=true", visit.chat);
    let kept = desk.test.get(&path, &desk.test.admin).await.expect(200).to_string();
    assert!(["first secret", "second secret", "harmless"].iter().all(|text| kept.contains(text)), "{kept}");
}
