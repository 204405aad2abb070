//! Slack fails in every way it can: the order holds, nothing is lost, and nothing is told twice that
//! Slack has answered.

use chrono::TimeDelta;
use serde_json::json;

use crate::{
    slack::Trouble,
    workspace::{DIRECT, Workspace},
};

const WORDS: [&str; 3] = ["One", "Two", "Three"];

/// A chat that Anna has, with everything told so far.
async fn live() -> (Workspace, i64) {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    workspace.says("person").await;
    let chat = workspace.only_chat().await;
    let desk = &workspace.desk;
    desk.say_as(&desk.anna_token, chat, json!({ "text": "Zero" })).await.expect(201);
    workspace.settle().await;
    (workspace, chat)
}

async fn say_three(workspace: &Workspace, chat: i64) {
    for words in WORDS {
        workspace.desk.say_as(&workspace.desk.anna_token, chat, json!({ "text": words })).await.expect(201);
    }
}

/// What was told after "Zero".
fn told(workspace: &Workspace) -> Vec<String> {
    let texts = workspace.slack.texts(DIRECT);
    let zero = texts.iter().position(|text| text == "Zero").unwrap();
    texts[zero + 1..].to_vec()
}

async fn wait_and_settle(workspace: &Workspace, times: usize) {
    for _ in 0..times {
        workspace.settle().await;
        workspace.desk.test.clock.advance(TimeDelta::seconds(61));
    }
    workspace.settle().await;
}

#[tokio::test]
async fn a_pause_is_kept_and_the_order_holds() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::RateLimited(30)]);
    say_three(&workspace, chat).await;
    workspace.settle().await;
    assert!(told(&workspace).is_empty(), "nothing overtakes what waits");
    let calls = workspace.slack.calls("chat.postMessage").len();
    workspace.desk.test.clock.advance(TimeDelta::seconds(29));
    workspace.settle().await;
    assert_eq!(
        workspace.slack.calls("chat.postMessage").len(),
        calls,
        "Slack is left alone for as long as it asked"
    );
    workspace.desk.test.clock.advance(TimeDelta::seconds(1));
    workspace.settle().await;
    assert_eq!(told(&workspace), WORDS);
}

#[tokio::test]
async fn errors_that_pass_lose_and_repeat_nothing() {
    let (workspace, chat) = live().await;
    let troubles = [
        Trouble::Status(500),
        Trouble::Status(503),
        Trouble::Error("internal_error"),
        Trouble::Error("ratelimited"),
    ];
    workspace.slack.trouble("chat.postMessage", &troubles);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 5).await;
    assert_eq!(told(&workspace), WORDS);
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_looked_for_before_it_is_sent_again() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::AnswerLost]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 3).await;
    assert_eq!(told(&workspace), WORDS, "it was there already");
    workspace.slack.trouble("chat.postMessage", &[Trouble::Lost]);
    workspace.desk.say_as(&workspace.desk.anna_token, chat, json!({ "text": "Four" })).await.expect(201);
    wait_and_settle(&workspace, 3).await;
    assert_eq!(told(&workspace)[3..], ["Four"], "it was not there");
}

#[tokio::test]
async fn where_slack_shows_no_history_a_lost_answer_costs_one_repetition_at_most() {
    let (workspace, chat) = live().await;
    workspace.slack.hide_history();
    workspace.slack.trouble("chat.postMessage", &[Trouble::AnswerLost, Trouble::AnswerLost]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 4).await;
    assert_eq!(told(&workspace), ["One", "One", "Two", "Three"]);
    workspace.slack.trouble("chat.postMessage", &[Trouble::Lost]);
    workspace.desk.say_as(&workspace.desk.anna_token, chat, json!({ "text": "Four" })).await.expect(201);
    wait_and_settle(&workspace, 3).await;
    assert_eq!(told(&workspace).last().unwrap(), "Four", "it is not given up after one loss");
}

#[tokio::test]
async fn a_dead_token_is_marked_and_everything_is_told_once_there_is_another() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::Error("invalid_auth")]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 3).await;
    assert!(told(&workspace).is_empty());
    let desk = &workspace.desk;
    let app = desk.test.get("/SlackChatApp", &desk.test.admin).await.expect(200)[0].clone();
    assert!(app["_warning"].as_str().unwrap().contains("invalid_auth"), "{app}");
    let calls = workspace.slack.calls("chat.postMessage").len();
    workspace.desk.say_as(&desk.anna_token, chat, json!({ "text": "Four" })).await.expect(201);
    wait_and_settle(&workspace, 1).await;
    assert_eq!(workspace.slack.calls("chat.postMessage").len(), calls, "a dead token is not used");
    let log = desk.transcript(chat, &desk.anna_token).await;
    assert!(log.iter().any(|line| line.contains("Slack takes no more messages")), "the desk knows: {log:?}");
    let renewed = json!({ "id": app["id"], "new_bot_user_oauth_token": crate::slack::TOKEN });
    desk.test.post("/SlackChatApp", &desk.test.admin, &renewed).await.expect(201);
    wait_and_settle(&workspace, 1).await;
    assert_eq!(told(&workspace), ["One", "Two", "Three", "Four"]);
}

#[tokio::test]
async fn an_archived_conversation_is_left_alone_and_the_desk_is_told() {
    for code in ["is_archived", "channel_not_found"] {
        let (workspace, chat) = live().await;
        workspace.slack.trouble("chat.postMessage", &[Trouble::Error(code)]);
        say_three(&workspace, chat).await;
        wait_and_settle(&workspace, 3).await;
        assert!(told(&workspace).is_empty());
        let desk = &workspace.desk;
        let log = desk.log(chat, &desk.anna_token, 0).await;
        let note = log.iter().find(|entry| entry["system_id"] == 17).unwrap();
        assert!(note["text"].as_str().unwrap().contains(code), "{note}");
    }
}

#[tokio::test]
async fn words_that_slack_refuses_do_not_hold_up_the_next() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::Error("msg_too_long")]);
    say_three(&workspace, chat).await;
    workspace.settle().await;
    assert_eq!(told(&workspace), ["Two", "Three"]);
    let log = workspace.desk.transcript(chat, &workspace.desk.anna_token).await;
    assert!(log.iter().any(|line| line.contains("msg_too_long")), "{log:?}");
}

#[tokio::test]
async fn controls_that_slack_refuses_leave_their_question() {
    let workspace = Workspace::new().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::Status(502)]);
    workspace.says("Hello").await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::RateLimited(0)]);
    wait_and_settle(&workspace, 1).await;
    workspace.says("person").await;
    assert!(workspace.slack.texts(DIRECT).contains(&"Person or answer?".to_owned()));
    workspace.command("/end-chat", "", DIRECT).await;
    workspace.settle().await;
    workspace.slack.trouble("chat.postMessage", &[]);
    workspace.says("Again").await;
    assert_eq!(workspace.slack.texts(DIRECT).iter().filter(|text| *text == "Person or answer?").count(), 2);
}

#[tokio::test]
async fn long_words_are_cut_and_stay_in_order() {
    let (workspace, chat) = live().await;
    let long = (0..700).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
    workspace.desk.say_as(&workspace.desk.anna_token, chat, json!({ "text": long })).await.expect(201);
    workspace.slack.trouble("chat.postMessage", &[Trouble::Status(500)]);
    wait_and_settle(&workspace, 2).await;
    let told = told(&workspace);
    assert!(told.len() > 1 && told.iter().all(|part| part.len() <= 3_000));
    assert_eq!(told.join(" ").split_whitespace().collect::<Vec<_>>().join(" "), long);
}

#[tokio::test]
async fn a_post_that_is_there_although_slack_was_in_trouble_is_not_repeated() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::DoneBut(504)]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 2).await;
    assert_eq!(told(&workspace), WORDS);
}

#[tokio::test]
async fn slack_having_no_time_to_look_is_no_reason_to_repeat() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::AnswerLost]);
    workspace.slack.trouble("conversations.history", &[Trouble::RateLimited(30), Trouble::Status(503)]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 4).await;
    assert_eq!(told(&workspace), WORDS);
}

#[tokio::test]
async fn a_conversation_that_was_given_up_goes_on_when_the_person_writes_in_it() {
    let (workspace, chat) = live().await;
    workspace.slack.trouble("chat.postMessage", &[Trouble::Error("not_in_channel")]);
    say_three(&workspace, chat).await;
    wait_and_settle(&workspace, 1).await;
    assert!(told(&workspace).is_empty());
    workspace.says("I am here").await;
    assert_eq!(told(&workspace), WORDS);
}
