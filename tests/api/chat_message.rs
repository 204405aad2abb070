//! The log: who may write what into it, and how it is read.

use chrono::TimeDelta;
use serde_json::json;

use crate::harness::Desk;

#[tokio::test]
async fn a_whole_chat_from_the_greeting_to_the_rating() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    desk.say(&visit, json!({ "text": "what?" })).await;
    let answer = desk.say(&visit, json!({ "value_int": 1 })).await;
    assert_eq!((&answer["text"], &answer["value_int"]), (&json!("Person"), &json!(1)));
    assert!(
        answer["lastmessageid"].as_i64() > answer["id"].as_i64(),
        "the bot has answered in the same breath"
    );
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Hi, <b>Anna</b> here" })).await.expect(201);
    desk.say(&visit, json!({ "text": "My printer burns" })).await;
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    desk.say(&visit, json!({ "system_id": 9, "value_int": 5, "text": "quick" })).await;
    assert_eq!(
        desk.transcript(visit.chat, &visit.token).await,
        [
            "Ada [1]",
            "Robin: Hello Ada",
            "Robin: Person or answer?",
            "Ada: what?",
            "Robin: Please choose one of: Person, Answer.",
            "Ada: Person",
            "Robin: One moment",
            "Robin [5]",
            "Anna [2]",
            "Anna: Hi, Anna here",
            "Ada: My printer burns",
            "Anna [4]",
            "Ada [9] quick",
        ]
    );
    let header = desk.header(visit.chat, &visit.token).await;
    assert_eq!((&header["state"], &header["feedbacksubmitted"]), (&json!("closed"), &json!(true)));
}

#[tokio::test]
async fn numbers_have_no_gaps_and_following_last_id_misses_nothing() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut seen = desk.log(visit.chat, &desk.anna_token, 0).await.len();
    for words in ["one", "two", "three"] {
        desk.say(&visit, json!({ "text": words })).await;
        let news = desk.log(visit.chat, &desk.anna_token, i64::try_from(seen).unwrap()).await;
        assert_eq!(news.len(), 1);
        seen += 1;
        assert_eq!((&news[0]["id"], &news[0]["text"]), (&json!(seen), &json!(words)));
        assert_eq!(news[0]["lastmessageid"], json!(seen));
    }
}

#[tokio::test]
async fn max_id_alone_gives_the_newest_up_to_it_and_both_give_the_range() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let ids = async |query: &str| {
        let path = format!("/ChatMessage?chat_id={}&{query}", visit.chat);
        let log = desk.test.get(&path, &visit.token).await.expect(200);
        log.as_array().unwrap().iter().map(|entry| entry["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("max_id=3").await, [1, 2, 3]);
    assert_eq!(ids("last_id=1&max_id=3").await, [2, 3]);
    assert_eq!(ids("last_id=0&max_id=2").await, [1, 2]);
    assert_eq!(ids("last_id=99").await, [0_i64; 0]);
}

#[tokio::test]
async fn an_answer_holds_at_most_a_thousand_entries() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    for _ in 0..11 {
        let many: Vec<_> = (0..100).map(|n| json!({ "chat_id": visit.chat, "text": n })).collect();
        desk.test.post("/ChatMessage", &visit.token, &json!(many)).await.expect(201);
    }
    let first = desk.log(visit.chat, &visit.token, 0).await;
    assert_eq!((first.len(), &first[0]["id"]), (1000, &json!(1)));
    let path = format!("/ChatMessage?chat_id={}&max_id=1050", visit.chat);
    let newest = desk.test.get(&path, &visit.token).await.expect(200);
    assert_eq!((newest.as_array().unwrap().len(), &newest[0]["id"]), (1000, &json!(51)));
}

#[tokio::test]
async fn a_visitors_words_are_plain_unless_they_have_tags_and_scripts_go() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let text = async |sent: &str| {
        let stored = desk.say(&visit, json!({ "text": sent })).await;
        (stored["text"].as_str().unwrap().to_owned(), stored["is_message_safe"].as_bool().unwrap())
    };
    assert_eq!(text("1 < 2 & 3").await, ("1 &lt; 2 &amp; 3".to_owned(), true));
    assert_eq!(text("<b>bold</b>").await, ("<b>bold</b>".to_owned(), true));
    assert_eq!(text("a<script>alert(1)</script>").await, ("a".to_owned(), false));
    let (link, is_safe) = text(r#"<a href="javascript:alert(1)">x</a>"#).await;
    assert!(!link.contains("javascript") && !is_safe, "{link}");
}

#[tokio::test]
async fn what_is_too_long_or_says_nothing_is_refused_and_stores_nothing() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let before = desk.log(visit.chat, &visit.token, 0).await.len();
    for message in [
        json!({ "text": "x".repeat(4001) }),
        json!({ "text": "" }),
        json!({ "text": "fine", "system_id": 2 }),
        json!({ "text": "fine", "system_id": 15 }),
        json!({ "text": "fine", "system_id": 99 }),
        json!({ "system_id": 9, "value_int": 6 }),
        json!({ "text": "as Anna", "sender_id": 2 }),
    ] {
        desk.say_as(&visit.token, visit.chat, message).await.refused(400);
    }
    assert_eq!(desk.log(visit.chat, &visit.token, 0).await.len(), before);
}

#[tokio::test]
async fn an_array_of_messages_is_stored_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let before = desk.log(visit.chat, &visit.token, 0).await.len();
    let body = json!([{ "chat_id": visit.chat, "text": "one" }, { "chat_id": visit.chat, "text": "" }]);
    desk.test.post("/ChatMessage", &visit.token, &body).await.refused(400);
    assert_eq!(desk.log(visit.chat, &visit.token, 0).await.len(), before);
    let body = json!([{ "chat_id": visit.chat, "text": "one" }, { "chat_id": visit.chat, "text": "two" }]);
    let stored = desk.test.post("/ChatMessage", &visit.token, &body).await.expect(201);
    assert_eq!((&stored[0]["text"], &stored[1]["text"]), (&json!("one"), &json!("two")));
    assert_eq!(stored[1]["id"].as_i64().unwrap(), stored[0]["id"].as_i64().unwrap() + 1);
}

#[tokio::test]
async fn staff_post_only_where_they_have_the_chat() {
    let desk = Desk::new().await;
    let hello = || json!({ "text": "Hello" });
    let visit = desk.visit().await;
    // With the bot: not Bert's team's yet.
    desk.say_as(&desk.bert_token, visit.chat, hello()).await.refused(404);
    let visit = desk.live().await;
    assert!(desk.say_as(&desk.bert_token, visit.chat, hello()).await.refused(400).contains("another agent"));
    desk.say_as(&desk.carla_token, visit.chat, hello()).await.refused(404);
    desk.say_as("", visit.chat, hello()).await.refused(401);
    let other = desk.visit().await;
    let missing = desk.say_as(&other.token, 999, hello()).await.refused(404);
    let foreign = desk.say_as(&other.token, visit.chat, hello()).await.refused(404);
    assert_eq!(missing.replace("999", "N"), foreign.replace(&visit.chat.to_string(), "N"));
}

#[tokio::test]
async fn a_client_without_an_agent_speaks_by_name_and_changes_nothing() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let post = json!({ "text": "Your order is on its way", "display_name": "Shop" });
    desk.say_as(&desk.test.admin, visit.chat, post).await.expect(201);
    let header = desk.header(visit.chat, &visit.token).await;
    assert_eq!((&header["state"], &header["participantcount"]), (&json!("bot"), &json!(2)));
    let last = desk.log(visit.chat, &visit.token, 3).await;
    assert_eq!((last.len(), &last[0]["display_name"]), (1, &json!("Shop")));
}

#[tokio::test]
async fn only_a_client_with_all_speaks_for_others_and_keeps_its_time() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let at = "2020-01-02T03:04:05Z";
    let body = json!({ "text": "1", "sender_id": 1, "timestamp": at });
    let stored = desk.say_as(&desk.test.admin, visit.chat, body.clone()).await.expect(201);
    assert_eq!((&stored["sender_id"], &stored["display_name"]), (&json!(1), &json!("Ada")));
    assert_eq!(stored["timestamp"], at);
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "queued", "the flow heard the visitor");
    let weaker = desk.test.client(&["access:chat"], None).await;
    desk.say_as(&weaker, visit.chat, body).await.refused(400);
    let named = json!({ "text": "late", "display_name": "Import", "timestamp": at });
    assert_eq!(desk.say_as(&desk.test.admin, visit.chat, named.clone()).await.expect(201)["timestamp"], at);
    assert_ne!(desk.say_as(&weaker, visit.chat, named).await.expect(201)["timestamp"], at);
}

#[tokio::test]
async fn notes_are_for_staff_and_visitors_see_a_gap() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    desk.say_as(&desk.anna_token, visit.chat, json!({ "system_id": 17, "text": "Seems upset" }))
        .await
        .expect(201);
    desk.say(&visit, json!({ "text": "Hello?" })).await;
    let staff: Vec<_> =
        desk.log(visit.chat, &desk.anna_token, 0).await.iter().map(|one| one["id"].clone()).collect();
    let visitor: Vec<_> =
        desk.log(visit.chat, &visit.token, 0).await.iter().map(|one| one["id"].clone()).collect();
    assert_eq!(staff.len(), visitor.len() + 1);
    desk.say_as(&desk.anna_token, visit.chat, json!({ "system_id": 17, "text": "Really" })).await.expect(201);
    let (own, full) =
        (desk.header(visit.chat, &visit.token).await, desk.header(visit.chat, &desk.anna_token).await);
    assert_eq!(own["lastmessageid"].as_i64().unwrap() + 1, full["lastmessageid"].as_i64().unwrap());
    desk.say_as(&visit.token, visit.chat, json!({ "system_id": 17, "text": "x" })).await.refused(400);
}

#[tokio::test]
async fn typing_shows_to_others_for_a_while_and_is_no_history() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let log = desk.log(visit.chat, &visit.token, 0).await.len();
    let typing = |stopped: bool| json!({ "chat_id": visit.chat, "sender_id": 1, "_stopped": stopped });
    let path = "/ChatMessage/IsTyping";
    let seen = async || desk.header(visit.chat, &desk.anna_token).await["typing"].clone();
    desk.test.post(path, &visit.token, &typing(false)).await.expect(201);
    assert_eq!(seen().await[0]["sender_id"], 1);
    assert_eq!(desk.header(visit.chat, &visit.token).await["typing"], json!([]), "nobody needs telling that");
    desk.test.post(path, &visit.token, &typing(true)).await.expect(201);
    assert_eq!(seen().await, json!([]));
    desk.test.post(path, &visit.token, &typing(false)).await.expect(201);
    desk.test.clock.advance(TimeDelta::seconds(9));
    assert_eq!(seen().await, json!([]));
    assert_eq!(desk.log(visit.chat, &visit.token, 0).await.len(), log);
    desk.test.post(path, &visit.token, &json!({ "chat_id": visit.chat })).await.refused(400);
    desk.test.post(path, &visit.token, &json!({ "chat_id": 999, "sender_id": 1 })).await.refused(404);
}

#[tokio::test]
async fn two_answers_at_once_to_one_question_move_the_flow_once() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let answer = || json!({ "text": "2", "input_id": 1 });
    let (one, two) = tokio::join!(
        desk.say_as(&visit.token, visit.chat, answer()),
        desk.say_as(&visit.token, visit.chat, answer())
    );
    let mut warned: Vec<bool> = [one, two].map(|reply| reply.expect(201).get("_warning").is_some()).to_vec();
    warned.sort_unstable();
    assert_eq!(warned, [false, true]);
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log.iter().filter(|line| line.contains("Which?")).count(), 1, "{log:?}");
}

#[tokio::test]
async fn a_request_that_is_refused_leaves_no_ticket_behind() {
    let desk = Desk::new().await;
    let steps = json!([
        { "step_id": 1, "isstart": true, "steptype": 1, "message": "What now?",
          "actions": [{ "end_step": 2, "action_name": "Log" }] },
        { "step_id": 2, "steptype": 7, "actions": [
            { "end_step": 3, "approval_result": 1 }, { "end_step": 3, "approval_result": 2 }] },
        { "step_id": 3, "steptype": 16, "message": "Bye" }
    ]);
    desk.publish("log", steps).await;
    let visit = desk.visit_to("log").await;
    let log = json!({ "chat_id": visit.chat, "text": "Log" });
    let late = json!({ "chat_id": visit.chat, "text": "It is closed by now" });
    desk.test.post("/ChatMessage", &visit.token, &json!([log, late])).await.refused(400);
    let tickets =
        async || desk.test.get("/Tickets", &desk.test.admin).await.expect(200)["record_count"].clone();
    assert_eq!(tickets().await, 0);
    desk.test.post("/ChatMessage", &visit.token, &log).await.expect(201);
    assert_eq!(tickets().await, 1);
}

#[tokio::test]
async fn a_visitor_cannot_pose_as_what_the_bot_or_an_agent_shows() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let shown = json!({ "text": "Look", "kb_search_results": [{ "id": 1, "title": "<script>" }],
        "services_search_results": [{ "id": 1 }], "user_chat_url": "javascript:alert(1)", "ticket_id": 7,
        "remotetechid": 1, "_isremoteinvite": true, "_remoteintegration": "x",
        "local_storage_key_mappings": [{ "id": "basket", "name": "2 lamps", "more": {} }] });
    let stored = desk.say(&visit, shown.clone()).await;
    for member in [
        "kb_search_results",
        "services_search_results",
        "user_chat_url",
        "ticket_id",
        "remotetechid",
        "_isremoteinvite",
        "_remoteintegration",
    ] {
        assert_eq!(stored.get(member), None, "{member}");
    }
    assert_eq!(stored["local_storage_key_mappings"], json!([{ "id": "basket", "name": "2 lamps" }]));
    let stored = desk.say_as(&desk.anna_token, visit.chat, shown).await.expect(201);
    assert_eq!(stored["_isremoteinvite"], true, "an agent may");
}
