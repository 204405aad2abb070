//! What is not genuine does not get in, and what is comes in once.

use serde_json::json;

use crate::workspace::{ADA, SECRET, Workspace, direct_message, sign};

#[tokio::test]
async fn nothing_gets_in_that_its_app_has_not_signed_just_now() {
    let workspace = Workspace::new().await;
    let body = workspace.envelope(&direct_message(ADA, "Hello", &workspace.ts())).to_string();
    let now = workspace.now();
    let at = |offset: i64| (now + offset).to_string();
    let good = sign(SECRET, &at(0), &body);
    for (what, timestamp, signature) in [
        ("stale", at(-301), sign(SECRET, &at(-301), &body)),
        ("of the future", at(301), sign(SECRET, &at(301), &body)),
        ("unsigned", at(0), String::new()),
        ("signed with another secret", at(0), sign("another", &at(0), &body)),
        ("signed with a blank secret", at(0), sign("", &at(0), &body)),
        ("of another moment", at(1), good.clone()),
        ("without a time", String::new(), sign(SECRET, "", &body)),
        ("of no time", "soon".to_owned(), sign(SECRET, "soon", &body)),
        ("of another body", at(0), sign(SECRET, &at(0), &body.replace("Hello", "Hullo"))),
    ] {
        for path in ["/Slack/Event", "/Slack/Command", "/Slack/Interactivity", "/api/slack/event/"] {
            let reply =
                workspace.send_signed(path, "application/json", &timestamp, &signature, body.clone()).await;
            assert_eq!(reply.status, 401, "{what} at {path}");
        }
    }
    workspace.settle().await;
    assert!(workspace.chats().await.is_empty());
    workspace.send_signed("/Slack/Event", "application/json", &at(0), &good, body).await.expect(200);
    workspace.settle().await;
    assert_eq!(workspace.chats().await.len(), 1, "the same request is taken when it is genuine");
}

#[tokio::test]
async fn an_app_cannot_sign_for_another() {
    let workspace = Workspace::new().await;
    let other = json!({ "name": "Other", "app_id": "A2", "new_signing_secret": "the-others-own",
        "chat_profile_id": "help" });
    workspace.desk.test.post("/SlackChatApp", &workspace.desk.test.admin, &other).await.expect(201);
    let body = workspace.envelope(&direct_message(ADA, "Hello", &workspace.ts())).to_string();
    let now = workspace.now().to_string();
    let signature = sign("the-others-own", &now, &body);
    let reply = workspace.send_signed("/Slack/Event", "application/json", &now, &signature, body).await;
    assert_eq!(reply.status, 401);
    workspace.settle().await;
    assert!(workspace.chats().await.is_empty());
}

#[tokio::test]
async fn an_event_that_is_delivered_four_times_at_once_is_one_message() {
    let workspace = Workspace::new().await;
    let body = workspace.envelope(&direct_message(ADA, "Hello", &workspace.ts())).to_string();
    let once = || workspace.send("/Slack/Event", "application/json", body.clone());
    let (a, b, c, d) = tokio::join!(once(), once(), once(), once());
    for reply in [a, b, c, d] {
        assert_eq!(reply.status, 200);
    }
    workspace.settle().await;
    once().await.expect(200);
    workspace.settle().await;
    let said = workspace.transcript(workspace.only_chat().await).await;
    assert_eq!(said.iter().filter(|line| line.ends_with("Hello")).count(), 1, "{said:?}");
}

#[tokio::test]
async fn a_message_that_comes_as_message_and_as_mention_is_one() {
    let workspace = Workspace::new().await;
    for order in [["message", "app_mention"], ["app_mention", "message"]] {
        let ts = workspace.ts();
        for kind in order {
            let event = json!({ "type": kind, "channel": "C1", "channel_type": "channel", "user": ADA, "ts": ts,
                "text": format!("<@UBOT> {}", order[0]) });
            workspace.event(&event).await;
        }
    }
    workspace.settle().await;
    let chat = workspace.only_chat().await;
    let said = workspace.transcript(chat).await;
    let words: Vec<&String> = said.iter().filter(|line| line.starts_with("Person UADA:")).collect();
    assert_eq!(words, ["Person UADA: message", "Person UADA: app_mention"], "{said:?}");
}

#[tokio::test]
async fn an_address_is_verified_and_a_probe_smuggles_nothing() {
    let workspace = Workspace::new().await;
    let challenge = json!({ "type": "url_verification", "token": "x", "challenge": "3eZbrw1a" }).to_string();
    let reply = workspace.send("/Slack/Event?app=some-key", "application/json", challenge.clone()).await;
    assert_eq!(reply.expect(200), json!("3eZbrw1a"));
    let now = workspace.now().to_string();
    let unsigned = workspace.send_signed("/Slack/Event", "application/json", &now, "v0=00", challenge).await;
    assert_eq!(unsigned.status, 401);
    let probe =
        "ssl_check=1&token=x&command=%2Fstart-chat&user_id=UADA&channel_id=C1&api_app_id=A1".to_owned();
    let reply =
        workspace.send_signed("/Slack/Command", "application/x-www-form-urlencoded", "", "", probe).await;
    assert_eq!((reply.status.as_u16(), reply.bytes.len()), (200, 0));
    workspace.settle().await;
    assert!(workspace.chats().await.is_empty());
}

#[tokio::test]
async fn a_replayed_command_is_carried_out_once() {
    let workspace = Workspace::new().await;
    let form = "command=%2Fstart-chat&text=&api_app_id=A1&team_id=T1&channel_id=C1&user_id=UADA".to_owned();
    let kind = "application/x-www-form-urlencoded";
    for _ in 0..2 {
        workspace.send("/Slack/Command", kind, form.clone()).await.expect(200);
        workspace.settle().await;
        let chats = workspace.chats().await;
        assert_eq!(chats.len(), 1);
        let close = json!({ "id": chats[0]["id"], "isclosed": true });
        if chats[0]["isclosed"] == false {
            workspace.desk.test.post("/Chat", &workspace.desk.test.admin, &close).await.expect(201);
        }
    }
}
