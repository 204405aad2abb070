//! Words that are changed or taken back are so on the other side, too.

use serde_json::json;

use crate::workspace::{ADA, DIRECT, Workspace};

#[tokio::test]
async fn what_the_person_changes_in_slack_changes_here() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    workspace.says("person").await;
    let ts = workspace.says("my pinter").await;
    let chat = workspace.only_chat().await;
    let message = |text: &str| json!({ "type": "message", "user": ADA, "text": text, "ts": ts });
    let mut edited = message("my *printer*");
    edited["edited"] = json!({ "user": ADA, "ts": workspace.ts() });
    workspace
        .event(
            &json!({ "type": "message", "subtype": "message_changed", "channel": DIRECT, "ts": workspace.ts(),
        "message": edited, "previous_message": message("my pinter") }),
        )
        .await;
    // A link preview is no edit.
    workspace
        .event(
            &json!({ "type": "message", "subtype": "message_changed", "channel": DIRECT, "ts": workspace.ts(),
        "message": message("my printer, said Slack"), "previous_message": [] }),
        )
        .await;
    workspace.settle().await;
    let desk = &workspace.desk;
    let log = desk.log(chat, &desk.test.admin, 0).await;
    assert!(log.iter().any(|entry| entry["text"] == "my <strong>printer</strong>"), "{log:?}");
    assert!(!log.iter().any(|entry| entry["textplain"] == "my pinter"
        || entry["text"].as_str().unwrap_or("").contains("said Slack")));
    workspace
        .event(
            &json!({ "type": "message", "subtype": "message_deleted", "channel": DIRECT, "ts": workspace.ts(),
        "deleted_ts": ts, "previous_message": message("my printer") }),
        )
        .await;
    workspace.settle().await;
    let log = desk.log(chat, &desk.test.admin, 0).await;
    assert!(!log.iter().any(|entry| entry["text"].as_str().unwrap_or("").contains("printer")), "{log:?}");
    assert_eq!(workspace.slack.messages(DIRECT).iter().filter(|one| one["text"] == "").count(), 0);
}

#[tokio::test]
async fn what_an_agent_changes_here_changes_in_slack() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    workspace.says("person").await;
    let chat = workspace.only_chat().await;
    let desk = &workspace.desk;
    let sent = desk.say_as(&desk.anna_token, chat, json!({ "text": "Trun it off" })).await.expect(201);
    workspace.settle().await;
    desk.say_as(&desk.anna_token, chat, json!({ "id": sent["id"], "text": "Turn it off" })).await.expect(201);
    workspace.settle().await;
    let shown = workspace.slack.texts(DIRECT);
    assert!(
        shown.contains(&"Turn it off".to_owned()) && !shown.contains(&"Trun it off".to_owned()),
        "{shown:?}"
    );
    desk.say_as(&desk.anna_token, chat, json!({ "id": sent["id"], "_delete": true })).await.expect(201);
    workspace.settle().await;
    assert!(!workspace.slack.texts(DIRECT).contains(&"Turn it off".to_owned()));
}

#[tokio::test]
async fn the_name_by_which_the_app_was_called_is_no_part_of_what_was_changed() {
    let workspace = Workspace::new().await;
    let ts = workspace.ts();
    let mention =
        json!({ "type": "app_mention", "channel": "C1", "user": ADA, "text": "<@UBOT> my pinter", "ts": ts });
    workspace.event(&mention).await;
    workspace.settle().await;
    let message = json!({ "type": "message", "user": ADA, "text": "<@UBOT> my printer", "ts": ts,
        "edited": { "user": ADA, "ts": workspace.ts() } });
    let changed = json!({ "type": "message", "subtype": "message_changed", "channel": "C1",
        "ts": workspace.ts(), "message": message, "previous_message": [] });
    workspace.event(&changed).await;
    workspace.settle().await;
    let said = workspace.transcript(workspace.only_chat().await).await;
    assert!(said.contains(&"Person UADA: my printer".to_owned()), "{said:?}");
}
