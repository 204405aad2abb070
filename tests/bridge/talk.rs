//! A conversation in Slack is a chat: how it begins, goes on and ends.

use aureole::slack::{courier, inbound};
use serde_json::json;

use crate::workspace::{ADA, DIRECT, Workspace, direct_message};

#[tokio::test]
async fn a_direct_message_opens_a_chat_and_the_bot_answers_in_it() {
    let workspace = Workspace::new().await;
    workspace.says("My printer is broken").await;
    let chat = workspace.only_chat().await;
    let header = workspace.desk.header(chat, &workspace.desk.test.admin).await;
    assert_eq!(header["slack_app_id"], "A1");
    assert_eq!((&header["slack_channel_id"], &header["slack_user_id"]), (&json!(DIRECT), &json!(ADA)));
    assert_eq!(header["name"], "Person UADA");
    assert_eq!(header["participants"][0]["email"], "uada@people.test");
    let said = workspace.transcript(chat).await;
    assert_eq!(
        said[1..],
        ["Person UADA: My printer is broken", "Robin: Hello Person UADA", "Robin: Person or answer?"]
    );
    assert_eq!(workspace.slack.texts(DIRECT), ["Hello Person UADA", "Person or answer?"]);
    assert_eq!(workspace.slack.calls("users.info").len(), 1, "Slack is asked once who that is");
}

#[tokio::test]
async fn agents_and_the_person_in_slack_read_each_other() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let chat = workspace.only_chat().await;
    workspace.says("person").await;
    let desk = &workspace.desk;
    desk.say_as(
        &desk.anna_token,
        chat,
        json!({ "text": "<b>Hi</b>, <!channel> is \"no\" trick &amp; nor is @here" }),
    )
    .await
    .expect(201);
    workspace.settle().await;
    let shown = workspace.slack.texts(DIRECT);
    assert_eq!(shown[shown.len() - 2], "Anna joined the chat.");
    let last = shown.last().unwrap();
    assert!(last.contains("*Hi*") && !last.contains("<!"), "{last}");
    workspace.says("Thank you & *bye* <https://shop.test|the shop>").await;
    let log = desk.log(chat, &desk.anna_token, 0).await;
    let entry = log.last().unwrap();
    assert_eq!(
        entry["text"],
        "Thank you &amp; <strong>bye</strong> <a href=\"https://shop.test\" rel=\"noopener\">the shop</a>"
    );
    let close = json!({ "id": chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    workspace.settle().await;
    assert!(workspace.slack.texts(DIRECT).iter().any(|text| text == "The chat is closed."));
    workspace.says("One more thing").await;
    assert_eq!(workspace.chats().await.len(), 2, "whoever writes after the end begins anew");
}

#[tokio::test]
async fn a_mention_in_a_channel_opens_a_thread_of_its_author() {
    let workspace = Workspace::new().await;
    let mention = |user: &str, ts: &str, text: &str| json!({ "type": "app_mention", "channel": "C1", "user": user, "text": text, "ts": ts, "event_ts": ts });
    let first = workspace.ts();
    workspace.event(&mention(ADA, &first, "<@UBOT> my printer")).await;
    workspace.settle().await;
    let chat = workspace.only_chat().await;
    assert!(workspace.transcript(chat).await.contains(&"Person UADA: my printer".to_owned()));
    for message in workspace.slack.messages("C1") {
        assert_eq!(message["thread_ts"], json!(first));
    }
    let in_thread = |user: &str, text: &str, thread: Option<&str>| {
        let ts = workspace.ts();
        json!({ "type": "message", "channel": "C1", "channel_type": "channel", "user": user, "text": text, "ts": ts,
            "thread_ts": thread })
    };
    workspace.event(&in_thread(ADA, "it smokes", Some(&first))).await;
    workspace.event(&in_thread("UBEN", "mine too", Some(&first))).await;
    workspace.event(&in_thread(ADA, "lunch, anybody?", None)).await;
    workspace.settle().await;
    let said = workspace.transcript(chat).await;
    assert!(said.contains(&"Person UADA: it smokes".to_owned()), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("mine too") || line.contains("lunch")), "{said:?}");
    workspace.event(&mention("UBEN", &workspace.ts(), "<@UBOT>: mine too")).await;
    workspace.settle().await;
    assert_eq!(workspace.chats().await.len(), 2, "another person's mention is another chat");
}

#[tokio::test]
async fn commands_and_shortcuts_open_and_end_chats_in_direct_messages() {
    let workspace = Workspace::new().await;
    let reply = workspace.command("/start-chat", "about my printer", "C9").await;
    assert_eq!((reply.status.as_u16(), reply.bytes.len()), (200, 0));
    let chat = workspace.only_chat().await;
    assert!(workspace.transcript(chat).await.contains(&"Person UADA: about my printer".to_owned()));
    assert_eq!(workspace.slack.texts(DIRECT).len(), 2);
    assert!(workspace.slack.messages("C9").is_empty(), "a chat is nobody else's business");
    assert_eq!(workspace.slack.asides(), ["Your chat has begun: see the messages of this app."]);
    workspace.command("/start-chat", "", "C9").await;
    assert_eq!(workspace.chats().await.len(), 1, "one open chat a person");
    workspace.command("/end-chat", "", "C9").await;
    let header = workspace.desk.header(chat, &workspace.desk.test.admin).await;
    assert_eq!(header["isclosed"], true);
    workspace.command("/end-chat", "", "C9").await;
    assert_eq!(workspace.slack.asides().last().unwrap(), "You have no open chat.");
    workspace.interact(json!({ "type": "shortcut", "callback_id": "start_chat" })).await.expect(200);
    assert_eq!(workspace.chats().await.len(), 2);
    workspace.interact(json!({ "type": "shortcut", "callback_id": "end_chat" })).await.expect(200);
    let open = workspace.chats().await.into_iter().filter(|chat| chat["isclosed"] == false).count();
    assert_eq!(open, 0);
}

#[tokio::test]
async fn bots_and_our_own_posts_are_no_visitors() {
    let workspace = Workspace::new().await;
    let ts = workspace.ts();
    for mut event in [
        json!({ "user": "UBOT" }),
        json!({ "user": "UOTHER", "bot_id": "BOTHER" }),
        json!({ "subtype": "bot_message", "bot_id": "BOTHER" }),
        json!({ "user": "USLACKBOT" }),
        json!({ "user": ADA, "subtype": "channel_join" }),
        json!({}),
    ] {
        for (name, value) in direct_message("x", "Hello", &ts).as_object().unwrap() {
            if name != "user" {
                event[name] = value.clone();
            }
        }
        workspace.event(&event).await;
    }
    workspace.settle().await;
    assert!(workspace.chats().await.is_empty());
}

#[tokio::test]
async fn what_was_acknowledged_is_done_by_whoever_comes_next() {
    let workspace = Workspace::new().await;
    workspace.event(&direct_message(ADA, "Hello", &workspace.ts())).await;
    assert!(workspace.chats().await.is_empty(), "nothing was worked off yet");
    // Another process, over the same database.
    let app = &workspace.desk.test.app;
    assert_eq!(inbound::drain(app).await.unwrap(), 1);
    assert_eq!(inbound::drain(app).await.unwrap(), 0);
    assert!(courier::drain(app).await.unwrap() > 0);
    assert_eq!(workspace.slack.texts(DIRECT).len(), 2);
}

#[tokio::test]
async fn an_app_that_is_taken_out_of_its_workspace_ends_its_chats() {
    for event in [
        json!({ "type": "app_uninstalled" }),
        json!({ "type": "tokens_revoked", "tokens": { "oauth": [], "bot": ["UBOT"] } }),
    ] {
        let workspace = Workspace::new().await;
        workspace.says("Hello").await;
        let chat = workspace.only_chat().await;
        let other = json!({ "type": "tokens_revoked", "tokens": { "oauth": ["UADA"], "bot": ["UOTHER"] } });
        workspace.event(&other).await;
        workspace.settle().await;
        let admin = &workspace.desk.test.admin;
        assert_eq!(
            workspace.desk.header(chat, admin).await["isclosed"],
            false,
            "it was somebody else's token"
        );
        workspace.event(&event).await;
        workspace.settle().await;
        assert_eq!(workspace.desk.header(chat, admin).await["isclosed"], true);
        let apps = workspace.desk.test.get("/SlackChatApp", admin).await.expect(200);
        assert!(apps[0]["_warning"].is_string(), "{apps}");
        let sent = workspace.slack.calls("chat.postMessage").len();
        workspace.says("Anybody there?").await;
        assert_eq!(workspace.slack.calls("chat.postMessage").len(), sent, "there is no token to post with");
    }
}

#[tokio::test]
async fn a_person_in_slack_who_is_known_by_e_mail_is_that_user() {
    let workspace = Workspace::new().await;
    let user = json!({ "name": "Ada Lovelace", "emailaddress": "UADA@people.test" });
    let id = workspace.desk.set_up("/Users", user).await;
    workspace.says("Hello").await;
    let header = workspace.desk.header(workspace.only_chat().await, &workspace.desk.test.admin).await;
    assert_eq!((header["user_id"].as_i64(), header["user_name"].as_str()), (Some(id), Some("Ada Lovelace")));
}

#[tokio::test]
async fn a_chat_is_not_reopened_beside_another_of_the_same_person() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let chat = workspace.only_chat().await;
    workspace.command("/end-chat", "", DIRECT).await;
    workspace.says("Hello again").await;
    let reopen = json!({ "id": chat, "isclosed": false });
    let refused = workspace.desk.test.post("/Chat", &workspace.desk.test.admin, &reopen).await.refused(400);
    assert!(refused.contains("open chat"), "{refused}");
}

#[tokio::test]
async fn an_app_that_is_taken_out_of_another_workspace_goes_on_in_its_own() {
    let workspace = Workspace::new().await;
    workspace.says("Hello").await;
    let chat = workspace.only_chat().await;
    let mut envelope = workspace.envelope(&json!({ "type": "app_uninstalled" }));
    envelope["team_id"] = json!("T2");
    envelope["authorizations"] = json!([]);
    workspace.send("/Slack/Event", "application/json", envelope.to_string()).await.expect(200);
    workspace.settle().await;
    assert_eq!(workspace.desk.header(chat, &workspace.desk.test.admin).await["isclosed"], false);
    workspace.says("person").await;
    assert!(workspace.slack.texts(DIRECT).len() > 2, "it is still answered");
}
