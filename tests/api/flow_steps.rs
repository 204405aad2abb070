//! Every kind of step that needs more than the visitor's words, as its visitor sees it.

use serde_json::{Value, json};

use crate::harness::Desk;

/// Two ways out.
pub fn ways(success: i64, failure: i64) -> Value {
    json!([{ "end_step": success, "approval_result": 1 }, { "end_step": failure, "approval_result": 2 }])
}

pub fn end(step: i64, words: &str) -> Value {
    json!({ "step_id": step, "steptype": 16, "message": words })
}

/// Asks for anything, and goes on to step 2.
fn ask(words: &str) -> Value {
    json!({ "step_id": 1, "isstart": true, "steptype": 2, "message": words, "actions": [{ "end_step": 2 }] })
}

#[tokio::test]
async fn a_search_shows_what_it_found_and_goes_on() {
    let desk = Desk::new().await;
    let article = json!({ "name": "Jammed printers", "description": "Open the <b>rear</b> door." });
    let article = desk.set_up("/KBArticle", article).await;
    let service = desk.set_up("/Service", json!({ "name": "Printing", "summary": "Printers for all" })).await;
    desk.publish(
        "search",
        json!([
            ask("What is wrong?"),
            { "step_id": 2, "steptype": 5, "message": "Look:", "message2": "Nothing.", "actions": ways(3, 4) },
            { "step_id": 3, "steptype": 6, "content": "printers", "actions": ways(5, 4) },
            end(4, "Nothing at all."), end(5, "Bye.")
        ]),
    )
    .await;
    let visit = desk.visit_to("search").await;
    desk.say(&visit, json!({ "text": "my printer is jammed" })).await;
    let log = desk.log(visit.chat, &visit.token, 3).await;
    assert_eq!(log[0]["textplain"], "Look:");
    let hit = &log[0]["kb_search_results"][0];
    assert_eq!((&hit["id"], &hit["name"]), (&json!(article), &json!("Jammed printers")));
    assert!(hit["search_score"].as_f64().unwrap() > 0.0);
    assert_eq!(log[1]["services_search_results"][0]["id"], service);
    assert_eq!(log[1].get("kb_search_results"), None);
    assert_eq!(log[2]["textplain"], "Bye.");
    let lost = desk.visit_to("search").await;
    desk.say(&lost, json!({ "text": "zebras" })).await;
    let log = desk.transcript(lost.chat, &lost.token).await;
    assert_eq!(log[3..5], ["search: Nothing.", "search: Nothing at all."], "{log:?}");
}

#[tokio::test]
async fn a_chat_goes_on_in_another_flow_and_stays_there() {
    let desk = Desk::new().await;
    desk.publish(
        "second",
        json!([
            { "step_id": 7, "isstart": true, "steptype": 2, "message": "And your name, $greeted?",
              "actions": [{ "end_step": 8 }] },
            end(8, "Thank you, $answer, says $botname.")
        ]),
    )
    .await;
    desk.publish(
        "first",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 15, "actions": [{ "end_step": 2 }],
              "output_variables": [{ "id": 1, "key": "greeted", "value": "stranger" }] },
            { "step_id": 2, "steptype": 12, "message": "One moment.", "start_new_chat_flow_id": "second" }
        ]),
    )
    .await;
    let visit = desk.visit_to("first").await;
    let header = desk.header(visit.chat, &visit.token).await;
    assert_eq!((&header["chatprofile_id"], &header["flow_step"]), (&json!("second"), &json!(7)));
    desk.say(&visit, json!({ "text": "Ada" })).await;
    let log = desk.log(visit.chat, &visit.token, 1).await;
    let said: Vec<(&str, &str)> = log
        .iter()
        .filter(|entry| entry["sender_id"] == 0)
        .map(|entry| (entry["chatprofileid"].as_str().unwrap_or("-"), entry["textplain"].as_str().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("first", "One moment."),
            ("second", "And your name, stranger?"),
            ("second", "Thank you, Ada, says second."),
            ("-", "")
        ]
    );
}

#[tokio::test]
async fn behind_an_answer_too_the_next_one_belongs_to_the_other_flow() {
    let desk = Desk::new().await;
    let ask = |id: i32, words: &str, to: i32| json!({ "step_id": id, "isstart": id == 1, "steptype": 2, "message": words, "actions": [{ "end_step": to }] });
    desk.publish("second", json!([ask(1, "Name?", 2), end(2, "Thank you, $answer.")])).await;
    let go = json!({ "step_id": 2, "steptype": 12, "start_new_chat_flow_id": "second" });
    desk.publish("first", json!([ask(1, "Well?", 2), go])).await;
    let visit = desk.visit_to("first").await;
    desk.say(&visit, json!({ "text": "go on" })).await;
    desk.say(&visit, json!({ "text": "Ada", "input_id": 1 })).await;
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert!(log.iter().any(|line| line.ends_with(": Thank you, Ada.")), "{log:?}");
}

#[tokio::test]
async fn a_flow_that_is_not_there_is_left_by_failure_and_flows_in_a_circle_end() {
    let desk = Desk::new().await;
    desk.publish(
        "lost",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 12, "start_new_chat_flow_id": "nowhere",
              "actions": [{ "end_step": 2, "approval_result": 2 }] },
            end(2, "No such flow.")
        ]),
    )
    .await;
    let visit = desk.visit_to("lost").await;
    assert!(desk.transcript(visit.chat, &visit.token).await.contains(&"lost: No such flow.".to_owned()));
    for (id, other) in [("left", "right"), ("right", "left")] {
        let step = json!({ "step_id": 1, "isstart": true, "steptype": 12, "message": "Turn $name",
            "start_new_chat_flow_id": other });
        desk.publish(id, json!([step])).await;
    }
    let visit = desk.visit_to("left").await;
    let turns = desk.transcript(visit.chat, &visit.token).await.len();
    assert_eq!(turns, 1 + 50, "fifty steps are the most that one act may run");
}

#[tokio::test]
async fn a_rating_is_a_feedback_record_with_the_comment_that_follows() {
    let desk = Desk::new().await;
    desk.publish(
        "rate",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 13, "message": "How was it?",
              "enable_feedback_comments": true, "feedback_message_before_comments": "Why?",
              "feedback_message_after": "Thanks.", "actions": [{ "end_step": 2 }] },
            end(2, "Bye.")
        ]),
    )
    .await;
    let visit = desk.visit_to("rate").await;
    let asked = desk.log(visit.chat, &visit.token, 1).await;
    assert_eq!(asked[0]["next_input_fieldinfo"]["type"], "rating");
    desk.say(&visit, json!({ "text": "9" })).await;
    desk.say(&visit, json!({ "value_int": 4 })).await;
    let of_chat = async || {
        let all = desk.test.get("/Feedback", &desk.test.admin).await.expect(200);
        assert_eq!(all["record_count"], 1);
        all["feedback"][0].clone()
    };
    let record = of_chat().await;
    assert_eq!((&record["score"], &record["chat_id"]), (&json!(4), &json!(visit.chat)));
    desk.say(&visit, json!({ "text": "Quick & kind" })).await;
    assert_eq!(of_chat().await["comment"], "Quick & kind");
    assert!(desk.header(visit.chat, &visit.token).await["feedbacksubmitted"].as_bool().unwrap());
    // The second rating is refused, whichever way it comes.
    desk.say_as(&visit.token, visit.chat, json!({ "system_id": 9, "value_int": 1 })).await.refused(400);
    let by_hand = json!({ "score": 1, "chat_id": visit.chat });
    assert!(desk.test.post("/Feedback", &desk.test.admin, &by_hand).await.refused(400).contains("rated"));
}

#[tokio::test]
async fn the_rating_of_a_closed_chat_is_a_feedback_record_as_well() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    desk.say(&visit, json!({ "system_id": 9, "value_int": 5, "text": "Super" })).await;
    let all = desk.test.get("/Feedback", &desk.test.admin).await.expect(200);
    let record = &all["feedback"][0];
    assert_eq!((&record["score"], &record["comment"]), (&json!(5), &json!("Super")));
}

#[tokio::test]
async fn the_page_is_asked_for_what_it_has_stored() {
    let desk = Desk::new().await;
    desk.publish(
        "page",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 14, "message": "One moment",
              "output_variables": [{ "id": 1, "key": "basket", "value": "shop.basket" }],
              "actions": [{ "end_step": 2 }] },
            end(2, "You have $basket.")
        ]),
    )
    .await;
    let visit = desk.visit_to("page").await;
    let asked = &desk.log(visit.chat, &visit.token, 1).await[0];
    let keys = json!([{ "id": "shop.basket", "name": "basket" }]);
    assert_eq!(asked["local_storage_key_mappings"], keys);
    assert_eq!(asked["next_input_fieldinfo"]["local_storage_key_mappings"], keys);
    let answer = json!({ "input_id": 1, "text": "read",
        "local_storage_key_mappings": [{ "id": "shop.basket", "name": "<b>2</b> lamps" }] });
    desk.say(&visit, answer).await;
    let log = desk.log(visit.chat, &visit.token, 3).await;
    assert_eq!(log[0]["text"], "You have &lt;b&gt;2&lt;/b&gt; lamps.");
}

#[tokio::test]
async fn a_link_with_groups_of_conditions_is_taken_when_one_group_holds() {
    let desk = Desk::new().await;
    let language = |id: i64| json!({ "fieldname": "language", "type": 0, "value_int": id });
    let page = |part: &str| json!({ "fieldname": "pageurl", "type": 2, "value_string": part });
    let in_group = |mut one: Value, group: i64| {
        one["criteria_group_id"] = json!(group);
        one
    };
    let grouped = json!([in_group(language(2), 1), in_group(page("/shop"), 1), in_group(language(3), 2)]);
    let restrictions =
        json!([{ "criteria": [language(4)] }, { "id": 0, "criteria": [language(5), page("/help")] }]);
    desk.publish(
        "groups",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 3, "actions": [
                { "end_step": 2, "conditions": grouped },
                { "end_step": 3, "group_restrictions": restrictions },
                { "end_step": 4 }] },
            end(2, "Conditions"),
            end(3, "Restrictions"),
            end(4, "Neither")
        ]),
    )
    .await;
    let cases = [
        (2, "/shop", "Conditions"),
        (2, "/", "Neither"),
        (3, "/", "Conditions"),
        (4, "/", "Restrictions"),
        (5, "/", "Neither"),
        (5, "/help", "Restrictions"),
    ];
    for (language, page, said) in cases {
        let body = json!({ "chatprofileid": "groups", "chatprofilekey": "open", "language_id": language,
            "pageurl": format!("https://example.com{page}") });
        let started = desk.test.post("/Chat", "", &body).await.expect(201);
        let log = started["messages"].as_array().unwrap();
        assert!(log.iter().any(|entry| entry["text"] == said), "{language} {page}: {log:?}");
    }
}

#[tokio::test]
async fn the_values_of_a_choice_may_be_pairs_of_value_and_label() {
    let desk = Desk::new().await;
    let values = json!([{ "value": "gold", "label": "Gold plan" }, { "value": "tin", "label": "Tin plan" }]);
    let field = desk.set_up("/FieldInfo", json!({ "name": "plan", "type": 2, "values": values })).await;
    desk.publish(
        "pairs",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 2, "message": "Which?", "input_field_id": field,
              "actions": [{ "end_step": 2 }] },
            end(2, "You have $plan.")
        ]),
    )
    .await;
    for answer in ["TIN", "tin plan", "2"] {
        let visit = desk.visit_to("pairs").await;
        let refused = desk.say(&visit, json!({ "text": "lead" })).await;
        assert_eq!(refused["lastmessageid"].as_i64(), refused["id"].as_i64().map(|id| id + 1), "asked again");
        desk.say(&visit, json!({ "text": answer })).await;
        let log = desk.transcript(visit.chat, &visit.token).await;
        assert!(log.contains(&"pairs: You have tin.".to_owned()), "{answer}: {log:?}");
    }
}
