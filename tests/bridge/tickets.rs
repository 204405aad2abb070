//! The other integration: channels that hear of chats, and commands and messages that become tickets.

use serde_json::{Value, json};

use crate::{
    slack::Trouble,
    workspace::{ADA, Workspace},
};

async fn connect(workspace: &Workspace, change: Value) -> i64 {
    let mut details = json!({ "team_id": "T1", "teamname": "Team", "name": "support", "channel_id": "C5",
        "webhookurl": workspace.slack.hook("news") });
    for (name, value) in change.as_object().unwrap() {
        details[name] = value.clone();
    }
    workspace.desk.set_up("/SlackDetails", details).await
}

async fn tickets(workspace: &Workspace) -> Vec<Value> {
    let list = workspace.desk.test.get("/Tickets", &workspace.desk.test.admin).await.expect(200);
    list["tickets"].as_array().cloned().unwrap_or_else(|| list.as_array().cloned().unwrap())
}

#[tokio::test]
async fn a_command_makes_a_ticket_and_says_so_to_its_author() {
    let workspace = Workspace::new().await;
    let kind = workspace.desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
    let user = workspace
        .desk
        .set_up("/Users", json!({ "name": "Slack", "emailaddress": "slack@people.test" }))
        .await;
    connect(
        &workspace,
        json!({ "allow_ticket_create": true, "command_ticket_type": kind, "command_user": user }),
    )
    .await;
    let reply =
        workspace.command("/ticket", "The printer &amp; the <https://x.test|scanner> burn", "C5").await;
    assert_eq!(reply.body["response_type"], "ephemeral");
    let made = tickets(&workspace).await;
    assert_eq!(made.len(), 1);
    assert!(reply.body["text"].as_str().unwrap().contains(&made[0]["id"].to_string()), "{}", reply.body);
    assert!(made[0]["summary"].as_str().unwrap().starts_with("The printer & the scanner"), "{}", made[0]);
    assert_eq!((&made[0]["tickettype_id"], &made[0]["user_id"]), (&json!(kind), &json!(user)));
    for text in ["", "   "] {
        let reply = workspace.command("/ticket", text, "C5").await;
        assert_eq!((reply.status.as_u16(), &reply.body["response_type"]), (200, &json!("ephemeral")));
    }
    assert_eq!(tickets(&workspace).await.len(), 1, "a ticket needs words");
}

#[tokio::test]
async fn a_command_that_cannot_make_a_ticket_says_why() {
    let workspace = Workspace::new().await;
    let reply = workspace.command("/ticket", "Fire", "C5").await;
    assert_eq!((reply.status.as_u16(), &reply.body["response_type"]), (200, &json!("ephemeral")));
    let id = connect(&workspace, json!({ "allow_ticket_create": true, "command_ticket_type": 999 })).await;
    let reply = workspace.command("/ticket", "Fire", "C5").await;
    assert!(reply.body["text"].as_str().unwrap().contains("999"), "{}", reply.body);
    let change = json!({ "id": id, "command_ticket_type": 0, "enabled": false });
    workspace.desk.test.post("/SlackDetails", &workspace.desk.test.admin, &change).await.expect(201);
    workspace.command("/ticket", "Fire", "C5").await;
    assert!(tickets(&workspace).await.is_empty());
}

#[tokio::test]
async fn a_marked_message_becomes_a_ticket() {
    let workspace = Workspace::new().await;
    connect(&workspace, json!({ "allow_ticket_create": true })).await;
    let payload = json!({ "type": "message_action", "callback_id": "create_ticket", "channel": { "id": "C5" },
        "response_url": workspace.slack.hook("answer"),
        "message": { "type": "message", "user": "UBEN", "text": "It *burns*\nagain", "ts": "1.1" } });
    workspace.interact(payload).await.expect(200);
    let made = tickets(&workspace).await;
    assert_eq!(made.len(), 1);
    assert!(made[0]["summary"].as_str().unwrap().contains("burns"), "{}", made[0]);
    assert_eq!(made[0]["user_name"], "Person UBEN");
    assert!(workspace.slack.asides()[0].contains("Ticket"), "{:?}", workspace.slack.asides());
}

#[tokio::test]
async fn channels_hear_of_chats_that_wait_or_are_abandoned_and_of_tickets() {
    let workspace = Workspace::new().await;
    connect(&workspace, json!({})).await;
    let other = json!({ "name": "quiet", "enabled": false, "webhookurl": workspace.slack.hook("quiet") });
    connect(&workspace, other).await;
    let visit = workspace.desk.visit().await;
    workspace
        .desk
        .test
        .post(
            "/Chat",
            &workspace.desk.test.admin,
            &json!({ "id": visit.chat, "name": "Ada <!channel> & co" }),
        )
        .await
        .expect(201);
    workspace.desk.say(&visit, json!({ "text": "Person" })).await;
    workspace.settle().await;
    let news = workspace.slack.hooks("news");
    assert_eq!(news.len(), 1, "{news:?}");
    let text = news[0]["text"].as_str().unwrap();
    assert!(text.contains("Ada &lt;!channel&gt; &amp; co") && text.contains("Support"), "{text}");
    workspace.desk.say(&visit, json!({ "text": "", "_abandoned": true })).await;
    workspace.settle().await;
    let news = workspace.slack.hooks("news");
    assert!(news.len() == 2 && news[1]["text"].as_str().unwrap().contains("left"), "{news:?}");
    assert!(workspace.slack.hooks("quiet").is_empty());
}

#[tokio::test]
async fn an_agents_own_channel_hears_of_its_teams_only() {
    let workspace = Workspace::new().await;
    let carla =
        workspace.desk.test.get("/Agent/me", &workspace.desk.carla_token).await.expect(200)["id"].clone();
    connect(&workspace, json!({ "agent_id": carla, "webhookurl": workspace.slack.hook("carla") })).await;
    connect(
        &workspace,
        json!({ "agent_id": workspace.desk.anna, "webhookurl": workspace.slack.hook("anna") }),
    )
    .await;
    workspace.desk.queued().await;
    workspace.settle().await;
    assert_eq!((workspace.slack.hooks("anna").len(), workspace.slack.hooks("carla").len()), (1, 0));
}

#[tokio::test]
async fn a_notice_waits_out_a_pause_and_a_dead_hook_is_given_up() {
    let workspace = Workspace::new().await;
    connect(&workspace, json!({})).await;
    workspace.slack.trouble("hook:news", &[Trouble::RateLimited(30), Trouble::Status(500)]);
    workspace.desk.queued().await;
    for _ in 0..3 {
        workspace.settle().await;
        workspace.desk.test.clock.advance(chrono::TimeDelta::seconds(61));
    }
    workspace.settle().await;
    assert_eq!(workspace.slack.hooks("news").len(), 1);
    workspace.slack.trouble("hook:news", &[Trouble::Status(410)]);
    workspace.desk.queued().await;
    workspace.desk.queued().await;
    workspace.settle().await;
    assert_eq!(workspace.slack.hooks("news").len(), 2, "the next is tried all the same");
}

#[tokio::test]
async fn without_a_hook_the_token_posts_into_the_channel() {
    let workspace = Workspace::new().await;
    let change = json!({ "webhookurl": null, "new_access_token": crate::slack::TOKEN });
    connect(&workspace, change).await;
    workspace.desk.queued().await;
    workspace.settle().await;
    assert_eq!(workspace.slack.texts("C5").len(), 1);
    assert!(workspace.slack.calls("users.info").is_empty() || workspace.slack.texts("C5")[0].contains(ADA));
}

#[tokio::test]
async fn more_commands_at_once_than_there_are_connections_are_all_answered() {
    let workspace = Workspace::new().await;
    connect(&workspace, json!({ "allow_ticket_create": true })).await;
    let command = async |number: usize| {
        let form = format!(
            "command=%2Fticket&text=Fire+{number}&api_app_id=A1&team_id=T1&channel_id=C5&user_id={ADA}"
        );
        workspace.send("/Slack/Command", "application/x-www-form-urlencoded", form).await.expect(200);
    };
    futures_util::future::join_all((0..30).map(command)).await;
    assert_eq!(tickets(&workspace).await.len(), 30);
}

#[tokio::test]
async fn a_notice_whose_answer_was_lost_is_repeated_once_at_most() {
    let workspace = Workspace::new().await;
    let change = json!({ "webhookurl": null, "new_access_token": crate::slack::TOKEN });
    connect(&workspace, change).await;
    let troubles = [Trouble::RateLimited(1), Trouble::AnswerLost, Trouble::AnswerLost, Trouble::AnswerLost];
    workspace.slack.trouble("chat.postMessage", &troubles);
    workspace.desk.queued().await;
    for _ in 0..5 {
        workspace.settle().await;
        workspace.desk.test.clock.advance(chrono::TimeDelta::seconds(61));
    }
    assert_eq!(workspace.slack.texts("C5").len(), 2);
}
