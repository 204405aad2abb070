//! What the bot asks becomes controls; each is used once, by the person it was put to.

use serde_json::{Value, json};

use crate::workspace::{ADA, DIRECT, Workspace, controls};

/// Asks for a field of each kind, one after the other, and says what it has heard.
async fn asking(fields: &[Value]) -> Workspace {
    let workspace = Workspace::with_steps(
        Some(json!([
        { "step_id": 1, "isstart": true, "steptype": 0, "message": "Hello" }])),
        &[],
    )
    .await;
    let mut steps = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let id = workspace.desk.set_up("/FieldInfo", field.clone()).await;
        let step = place + 1;
        steps.push(json!({ "step_id": step, "isstart": step == 1, "steptype": 2, "input_field_id": id,
            "message": format!("What about {}?", field["name"].as_str().unwrap()), "actions": [{ "end_step": step + 1 }] }));
    }
    let heard: Vec<String> =
        fields.iter().map(|field| format!("${}", field["name"].as_str().unwrap())).collect();
    steps.push(json!({ "step_id": fields.len() + 1, "steptype": 16, "message": format!("Heard: {}", heard.join("; ")) }));
    workspace.desk.publish("talk", json!(steps)).await;
    workspace
}

fn heard(workspace: &Workspace) -> String {
    workspace
        .slack
        .texts(DIRECT)
        .into_iter()
        .find(|text| text.starts_with("Heard"))
        .expect("the flow came to its end")
}

#[tokio::test]
async fn a_button_answers_once_and_shows_what_was_chosen() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let buttons = controls(&workspace.slack, DIRECT);
    let labels: Vec<&str> = buttons.iter().map(|one| one["text"]["text"].as_str().unwrap()).collect();
    assert_eq!(labels, ["Person", "Answer"]);
    let mut pressed = buttons[0].clone();
    pressed["type"] = json!("button");
    workspace.uses(DIRECT, pressed.clone()).await;
    let chat = workspace.only_chat().await;
    let said = workspace.transcript(chat).await;
    assert!(said.contains(&"Person UADA: Person".to_owned()), "{said:?}");
    let asked =
        workspace.slack.messages(DIRECT).into_iter().find(|one| one["text"] == "Person or answer?").unwrap();
    let blocks = asked["blocks"].to_string();
    assert!(!blocks.contains("\"button\"") && blocks.contains("Person"), "{blocks}");
    let entries = said.len();
    workspace.uses(DIRECT, pressed).await;
    assert_eq!(workspace.transcript(chat).await.len(), entries, "a second press does nothing");
    assert_eq!(workspace.slack.asides(), ["This question has been answered already."]);
}

#[tokio::test]
async fn two_presses_at_once_are_one_answer() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let buttons = controls(&workspace.slack, DIRECT);
    for button in &buttons {
        let payload = workspace.click(DIRECT, button);
        let mut payload = payload;
        payload["api_app_id"] = json!("A1");
        payload["user"] = json!({ "id": ADA });
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        workspace.send("/Slack/Interactivity", "application/x-www-form-urlencoded", form).await.expect(200);
    }
    let app = &workspace.desk.test.app;
    let (a, b) = tokio::join!(aureole::slack::inbound::drain(app), aureole::slack::inbound::drain(app));
    assert_eq!(a.unwrap() + b.unwrap(), 2);
    let said = workspace.transcript(workspace.only_chat().await).await;
    assert_eq!(said.iter().filter(|line| line.starts_with("Person UADA:")).count(), 2, "{said:?}");
}

#[tokio::test]
async fn words_answer_as_well_and_take_the_controls_away() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let button = controls(&workspace.slack, DIRECT)[0].clone();
    workspace.says("person").await;
    let asked =
        workspace.slack.messages(DIRECT).into_iter().find(|one| one["text"] == "Person or answer?").unwrap();
    assert!(!asked["blocks"].to_string().contains("\"button\""), "{asked}");
    workspace.uses(DIRECT, button).await;
    assert_eq!(workspace.slack.asides(), ["This question has been answered already."]);
}

#[tokio::test]
async fn another_person_cannot_answer_in_a_channel() {
    let workspace = Workspace::new().await;
    let ts = workspace.ts();
    let mention =
        json!({ "type": "app_mention", "channel": "C1", "user": ADA, "text": "<@UBOT> hello", "ts": ts });
    workspace.event(&mention).await;
    workspace.settle().await;
    let button = controls(&workspace.slack, "C1")[0].clone();
    let mut click = workspace.click("C1", &button);
    click["user"] = json!({ "id": "UBEN", "username": "ben" });
    workspace.interact(click).await.expect(200);
    assert_eq!(workspace.slack.asides(), ["This question is somebody else's."]);
    workspace.uses("C1", button).await;
    let said = workspace.transcript(workspace.only_chat().await).await;
    assert!(said.contains(&"Person UADA: Person".to_owned()), "{said:?}");
}

#[tokio::test]
async fn dates_times_lists_and_several_choices_are_answered_by_their_controls() {
    let many: Vec<Value> = (1..=8).map(|n| json!({ "id": n, "name": format!("Room {n}") })).collect();
    let few: Vec<Value> = ["Red", "Green", "Blue"]
        .iter()
        .enumerate()
        .map(|(n, name)| json!({ "id": n + 10, "name": name }))
        .collect();
    let workspace = asking(&[
        json!({ "name": "day", "type": 4 }),
        json!({ "name": "hour", "type": 5 }),
        json!({ "name": "room", "type": 2, "values": many }),
        json!({ "name": "colours", "type": 3, "values": few }),
        json!({ "name": "sure", "type": 6 }),
    ])
    .await;
    workspace.says("Hello").await;
    let shown = |kind: &str| {
        let all = controls(&workspace.slack, DIRECT);
        all.iter().find(|one| one["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {all:?}")).clone()
    };
    let with = |mut control: Value, member: &str, value: Value| {
        control[member] = value;
        control
    };
    workspace.uses(DIRECT, with(shown("datepicker"), "selected_date", json!("2026-04-01"))).await;
    workspace.uses(DIRECT, with(shown("timepicker"), "selected_time", json!("14:30"))).await;
    let list = shown("static_select");
    let option = list["options"][6].clone();
    workspace.uses(DIRECT, with(list, "selected_option", option)).await;
    let boxes = shown("checkboxes");
    let done = shown("button");
    workspace.uses(DIRECT, done.clone()).await;
    assert_eq!(workspace.slack.asides(), ["Choose something first."]);
    let chosen = json!([boxes["options"][0], boxes["options"][2]]);
    workspace.uses(DIRECT, with(boxes, "selected_options", chosen)).await;
    workspace.uses(DIRECT, done).await;
    let no = controls(&workspace.slack, DIRECT).into_iter().find(|one| one["text"]["text"] == "No").unwrap();
    workspace.uses(DIRECT, no).await;
    let heard = heard(&workspace);
    for part in ["2026-04-01", "14:30", "7", "10,12"] {
        assert!(heard.contains(part), "{part} in {heard}");
    }
}

#[tokio::test]
async fn a_long_answer_is_written_into_a_form() {
    let workspace = asking(&[json!({ "name": "story", "type": 1 })]).await;
    workspace.says("Hello").await;
    let button = controls(&workspace.slack, DIRECT)[0].clone();
    workspace.uses(DIRECT, button.clone()).await;
    let views = workspace.slack.views();
    assert_eq!(views.len(), 1);
    let input = views[0]["blocks"].as_array().unwrap().iter().find(|one| one["type"] == "input").unwrap();
    let (block, action) =
        (input["block_id"].as_str().unwrap(), input["element"]["action_id"].as_str().unwrap());
    let shown = json!({ "type": "plain_text_input", "value": "First line\nsecond <line>" });
    let submission = json!({ "type": "view_submission", "view": { "private_metadata": views[0]["private_metadata"],
        "callback_id": views[0]["callback_id"], "state": { "values": { block: { action: shown } } } } });
    let reply = workspace.interact(submission.clone()).await;
    assert_eq!((reply.status.as_u16(), reply.bytes.len()), (200, 0), "the form closes");
    assert!(heard(&workspace).contains("second &lt;line&gt;"), "{}", heard(&workspace));
    workspace.interact(submission).await.expect(200);
    assert_eq!(workspace.slack.asides(), ["This question has been answered already."]);
    let said = workspace.transcript(workspace.only_chat().await).await;
    assert_eq!(
        said.iter().filter(|line| line.contains("First line") && line.starts_with("Person")).count(),
        1,
        "{said:?}"
    );
    workspace.uses(DIRECT, button).await;
    assert_eq!(workspace.slack.views().len(), 1, "an answered question opens no form");
}

#[tokio::test]
async fn a_list_that_is_too_long_to_post_is_searched_while_typing() {
    let many: Vec<Value> = (1..=150).map(|n| json!({ "id": n, "name": format!("Room {n}") })).collect();
    let workspace = asking(&[json!({ "name": "room", "type": 2, "values": many })]).await;
    workspace.says("Hello").await;
    let select = controls(&workspace.slack, DIRECT)[0].clone();
    assert_eq!(select["type"], "external_select");
    let suggest = |typed: &str| json!({ "type": "block_suggestion", "block_id": select["block_id"], "action_id": select["action_id"], "value": typed });
    let all = workspace.interact(suggest("")).await.expect(200);
    assert_eq!(all["options"].as_array().unwrap().len(), 100);
    let found = workspace.interact(suggest("room 14")).await.expect(200);
    let labels: Vec<&str> = found["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["text"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(labels.len(), 11, "{labels:?}");
    let mut chosen = select.clone();
    chosen["selected_option"] = found["options"][0].clone();
    workspace.uses(DIRECT, chosen).await;
    assert!(heard(&workspace).contains("14"));
}

#[tokio::test]
async fn the_end_of_a_chat_is_rated_by_a_button_and_commented_in_a_form() {
    let workspace = Workspace::new().await;
    let desk = &workspace.desk;
    let change = json!({ "id": "help", "enable_feedback": true, "feedback_message_before": "How was it?",
        "feedback_message_after": "Thank you", "enable_feedback_comments": true,
        "feedback_message_before_comments": "Why?" });
    desk.test.post("/ChatProfile", &desk.test.admin, &change).await.expect(201);
    workspace.says("Hello").await;
    let chat = workspace.only_chat().await;
    workspace.says("person").await;
    desk.say_as(&desk.anna_token, chat, json!({ "text": "Hi" })).await.expect(201);
    desk.test.post("/Chat", &desk.anna_token, &json!({ "id": chat, "isclosed": true })).await.expect(201);
    workspace.settle().await;
    let four = controls(&workspace.slack, DIRECT)[3].clone();
    workspace.uses(DIRECT, four.clone()).await;
    let rated = desk.test.get("/Feedback", &desk.test.admin).await.expect(200);
    assert_eq!(rated["feedback"][0]["score"], 4, "{rated}");
    let shown = workspace.slack.texts(DIRECT);
    assert_eq!(shown[shown.len() - 2..], ["How was it?", "Why?"]);
    workspace.uses(DIRECT, controls(&workspace.slack, DIRECT).pop().unwrap()).await;
    let view = workspace.slack.views().pop().unwrap();
    let words = json!({ "type": "plain_text_input", "value": "Quick" });
    let submission = json!({ "type": "view_submission", "view": { "private_metadata": view["private_metadata"],
        "state": { "values": { "b": { "a": words } } } } });
    workspace.interact(submission).await.expect(200);
    let rated = desk.test.get("/Feedback", &desk.test.admin).await.expect(200);
    assert_eq!(
        rated["feedback"][0]["comments"].as_str().or(rated["feedback"][0]["comment"].as_str()),
        Some("Quick"),
        "{rated}"
    );
    assert_eq!(workspace.slack.texts(DIRECT).last().unwrap(), "Thank you");
    workspace.uses(DIRECT, four).await;
    assert!(workspace.slack.asides().contains(&"This question has been answered already.".to_owned()));
}

#[tokio::test]
async fn what_others_tick_in_a_channel_is_not_the_persons_choice() {
    let few = json!([{ "id": 10, "name": "Red" }, { "id": 11, "name": "Green" }]);
    let workspace = asking(&[json!({ "name": "colours", "type": 3, "values": few })]).await;
    let ts = workspace.ts();
    let mention =
        json!({ "type": "app_mention", "channel": "C1", "user": ADA, "text": "<@UBOT> hello", "ts": ts });
    workspace.event(&mention).await;
    workspace.settle().await;
    let shown = controls(&workspace.slack, "C1");
    let mut boxes = shown[0].clone();
    boxes["selected_options"] = json!([boxes["options"][1]]);
    let mut click = workspace.click("C1", &boxes);
    click["user"] = json!({ "id": "UBEN", "username": "ben" });
    workspace.interact(click).await.expect(200);
    workspace.uses("C1", shown[1].clone()).await;
    assert_eq!(workspace.slack.asides(), ["Choose something first."]);
}
