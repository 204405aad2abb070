//! Files go both ways, and a file that is not taken leaves its message as it is.

use serde_json::json;

use crate::{
    harness::PNG,
    slack::Trouble,
    workspace::{ADA, DIRECT, Workspace, direct_message},
};

async fn share(workspace: &Workspace, text: &str, files: serde_json::Value) {
    let mut event = direct_message(ADA, text, &workspace.ts());
    event["subtype"] = json!("file_share");
    event["files"] = files;
    workspace.event(&event).await;
    workspace.settle().await;
}

#[tokio::test]
async fn a_file_from_slack_is_an_attachment_of_its_message() {
    let workspace = Workspace::new().await;
    let url = workspace.slack.keep_file("F1", "image/png", PNG);
    share(&workspace, "Look", json!([{ "id": "F1", "name": "shot.png", "url_private": url, "mimetype": "image/png", "size": PNG.len() }])).await;
    let chat = workspace.only_chat().await;
    let desk = &workspace.desk;
    let log = desk.log(chat, &desk.test.admin, 0).await;
    let entry = log.iter().find(|entry| entry["text"] == "Look").unwrap();
    assert_eq!(entry["attachment_ids"][0]["name"], "shot.png");
    let file = desk.test.get(&format!("/Attachment/{}", entry["attachment_id"]), &desk.test.admin).await;
    assert_eq!(&file.bytes[..], PNG);
    share(
        &workspace,
        "",
        json!([{ "id": "F1", "name": "again.png", "url_private": url, "mimetype": "image/png" }]),
    )
    .await;
    let log = desk.log(chat, &desk.test.admin, 0).await;
    assert!(
        log.iter().any(|entry| entry["attachment_ids"][0]["name"] == "again.png"),
        "a file needs no words"
    );
}

#[tokio::test]
async fn a_file_that_is_not_taken_is_named_and_the_words_stay() {
    let workspace = Workspace::new().await;
    let url = workspace.slack.keep_file("F1", "text/html", b"<html><script>alert(1)</script>");
    let elsewhere = json!([
        { "id": "F1", "name": "page.html", "url_private": url, "mimetype": "text/html" },
        { "id": "F2", "name": "else.png", "url_private": "https://evil.example/else.png" },
    ]);
    share(&workspace, "Look", elsewhere).await;
    let said = workspace.transcript(workspace.only_chat().await).await;
    let line = said.iter().find(|line| line.contains("Look")).unwrap();
    assert!(line.contains("page.html was not taken") && line.contains("else.png was not taken"), "{line}");
    assert!(workspace.slack.asides()[0].contains("page.html was not taken"), "the person hears of it");
}

#[tokio::test]
async fn a_file_that_slack_only_names_is_asked_for_and_a_pause_is_waited_out() {
    let workspace = Workspace::new().await;
    workspace.slack.trouble("files.info", &[Trouble::RateLimited(3)]);
    let url = workspace.slack.keep_file("F1", "image/png", PNG);
    workspace.slack.know_file(
        "F1",
        json!({ "id": "F1", "name": "shot.png", "url_private": url, "mimetype": "image/png" }),
    );
    share(&workspace, "Look", json!([{ "id": "F1", "file_access": "check_file_info" }])).await;
    assert!(workspace.chats().await.is_empty(), "the message waits for its file");
    workspace.desk.test.clock.advance(chrono::TimeDelta::seconds(3));
    workspace.settle().await;
    let chat = workspace.only_chat().await;
    let log = workspace.desk.log(chat, &workspace.desk.test.admin, 0).await;
    assert!(log.iter().any(|entry| entry["attachment_ids"][0]["name"] == "shot.png"), "{log:?}");
}

#[tokio::test]
async fn an_agents_file_is_uploaded_behind_its_words() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    workspace.says("person").await;
    let chat = workspace.only_chat().await;
    let desk = &workspace.desk;
    desk.say_as(&desk.anna_token, chat, json!({ "text": "Wait" })).await.expect(201);
    let file = desk.test.upload(&desk.anna_token, chat, "plan.png", PNG).await.expect(201);
    desk.say_as(&desk.anna_token, chat, json!({ "text": "Here", "attachment_id": file["id"] }))
        .await
        .expect(201);
    workspace.settle().await;
    let shown = workspace.slack.texts(DIRECT);
    assert_eq!(shown[shown.len() - 2..], ["Here", "[file plan.png]"]);
    assert_eq!(workspace.slack.uploads(), [PNG]);
}

#[tokio::test]
async fn a_file_that_slack_has_trouble_with_is_fetched_again() {
    let workspace = Workspace::new().await;
    let url = workspace.slack.keep_file("F1", "image/png", PNG);
    workspace.slack.trouble("download", &[Trouble::Status(503)]);
    share(
        &workspace,
        "Look",
        json!([{ "id": "F1", "name": "shot.png", "url_private": url, "mimetype": "image/png" }]),
    )
    .await;
    workspace.desk.test.clock.advance(chrono::TimeDelta::seconds(5));
    workspace.settle().await;
    let chat = workspace.only_chat().await;
    let log = workspace.desk.log(chat, &workspace.desk.test.admin, 0).await;
    assert!(log.iter().any(|entry| entry["attachment_ids"][0]["name"] == "shot.png"), "{log:?}");
}
