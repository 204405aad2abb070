//! Slack apps whose conversations are chats: what an administrator sets up, and what Slack says of it.

use aureole::slack::chat_app;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::harness::{
    Desk, TestApp,
    web_api::{BOT_TOKEN, FakeSlack, refusal, sample},
};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const PATH: &str = "/SlackChatApp";

async fn save(test: &TestApp, body: Value) -> Value {
    test.post(PATH, &test.admin, &json!([body])).await.expect(201)
}

async fn refused(test: &TestApp, body: Value) -> String {
    test.post(PATH, &test.admin, &json!([body])).await.refused(400)
}

fn new_app() -> Value {
    json!({ "name": "Help in Slack", "app_id": "A123456", "new_signing_secret": SECRET })
}

fn with(mut body: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut body, more) else { panic!("no objects") };
    members.extend(more);
    body
}

/// The secrets of an app, as the server itself reads them.
async fn secrets(test: &TestApp, id: &Value) -> (Option<String>, Option<String>) {
    let id = i32::try_from(id.as_i64().unwrap()).unwrap();
    let stored = chat_app::find(&test.app, id).await.unwrap();
    let plain = |secret: secrecy::SecretString| secret.expose_secret().to_owned();
    (
        chat_app::signing_secret(&test.app, &stored).map(plain),
        chat_app::bot_token(&test.app, &stored).map(plain),
    )
}

#[tokio::test]
async fn an_app_is_made_listed_changed_and_deleted() {
    let desk = Desk::new().await;
    let test = &desk.test;
    let made = save(test, with(new_app(), json!({ "chat_profile_id": "help" }))).await;
    assert_eq!(made["chat_profile_name"], "Help");
    assert!(made["_warning"].as_str().unwrap().contains("new_bot_user_oauth_token"), "{made}");
    let one = format!("{PATH}/{}", made["id"]);
    assert_eq!(test.get(&one, &desk.anna_token).await.expect(200), made);
    assert_eq!(test.get(PATH, &desk.anna_token).await.expect(200), json!([made]));

    let changed = save(test, json!({ "id": made["id"], "name": "Other" })).await;
    assert_eq!(changed, with(made.clone(), json!({ "name": "Other" })), "what is left out stays");
    let changed = save(test, json!({ "id": made["id"], "chat_profile_id": null })).await;
    assert!(changed.get("chat_profile_id").is_none() && changed.get("chat_profile_name").is_none());
    assert!(changed["_warning"].as_str().unwrap().contains("chat_profile_id"), "{changed}");

    test.delete(&one, &desk.anna_token).await.refused(403);
    assert_eq!(test.delete(&one, &test.admin).await.expect(200)["name"], "Other");
    test.get(&one, &test.admin).await.refused(404);
    test.delete(&one, &test.admin).await.refused(404);
    assert_eq!(test.get(PATH, &test.admin).await.expect(200), json!([]));
    save(test, new_app()).await;
}

#[tokio::test]
async fn a_profile_that_was_deleted_is_missed() {
    let desk = Desk::new().await;
    let made = save(&desk.test, with(new_app(), json!({ "chat_profile_id": "help" }))).await;
    desk.test.delete("/ChatProfile/help", &desk.test.admin).await.expect(200);
    let read = desk.test.get(&format!("{PATH}/{}", made["id"]), &desk.test.admin).await.expect(200);
    assert_eq!(read["chat_profile_id"], "help");
    assert!(read.get("chat_profile_name").is_none(), "{read}");
    assert!(read["_warning"].as_str().unwrap().contains("chat_profile_id"), "{read}");
}

#[tokio::test]
async fn secrets_are_written_and_never_read() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    slack.answers("bots.info", sample("bots.info.success"));
    let test = slack.app(&[]).await;
    let padded =
        json!({ "new_signing_secret": format!(" {SECRET}\n"), "new_bot_user_oauth_token": BOT_TOKEN });
    let made = save(&test, with(new_app(), padded)).await;
    let listed = test.get(PATH, &test.admin).await.expect(200);
    let read = test.get(&format!("{PATH}/{}", made["id"]), &test.admin).await.expect(200);
    for answer in [&made, &listed, &read] {
        let shown = answer.to_string();
        assert!(!shown.contains(SECRET) && !shown.contains("xoxb") && !shown.contains("new_"), "{shown}");
    }
    assert_eq!(secrets(&test, &made["id"]).await, (Some(SECRET.to_owned()), Some(BOT_TOKEN.to_owned())));
    save(&test, json!({ "id": made["id"], "name": "Other" })).await;
    assert_eq!(secrets(&test, &made["id"]).await, (Some(SECRET.to_owned()), Some(BOT_TOKEN.to_owned())));
    save(&test, json!({ "id": made["id"], "new_bot_user_oauth_token": null })).await;
    assert_eq!(secrets(&test, &made["id"]).await, (Some(SECRET.to_owned()), None));
    // A copied database yields neither, and another app's row does not open in its place.
    let other = save(&test, with(new_app(), json!({ "app_id": "A2", "new_signing_secret": "other" }))).await;
    sqlx::query(
        "update slack_chat_apps set signing_secret = (select signing_secret from slack_chat_apps where app_id = 'A123456')",
    )
    .execute(&test.app.pool)
    .await
    .unwrap();
    assert_eq!(secrets(&test, &other["id"]).await.0, None);
}

#[tokio::test]
async fn an_app_without_a_signing_secret_is_refused_and_keeps_the_one_it_has() {
    let test = TestApp::new().await;
    let nothing = json!({ "app_id": "A123456" });
    assert!(refused(&test, nothing.clone()).await.contains("new_signing_secret"));
    let made = save(&test, new_app()).await;
    for blank in [json!(null), json!(""), json!("  ")] {
        let new = json!({ "app_id": "A2", "new_signing_secret": blank });
        assert!(refused(&test, new).await.contains("new_signing_secret"), "{blank}");
        let old = json!({ "id": made["id"], "new_signing_secret": blank });
        assert!(refused(&test, old).await.contains("new_signing_secret"), "{blank}");
    }
    assert_eq!(secrets(&test, &made["id"]).await.0.as_deref(), Some(SECRET));
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_the_members_name() {
    let test = TestApp::new().await;
    let made = save(&test, new_app()).await;
    let other = || with(new_app(), json!({ "app_id": "A2" }));
    for (change, words) in [
        (json!({ "app_id": null }), "app_id is missing"),
        (json!({ "app_id": " " }), "app_id is missing"),
        (json!({ "app_id": "A123456" }), "another Slack chat app has the app_id A123456"),
        (json!({ "chat_profile_id": "nowhere" }), "chat_profile_id nowhere"),
        (json!({ "name": "x".repeat(101) }), "name is longer than 100 characters"),
        (json!({ "new_bot_user_oauth_token": "xoxb 1" }), "new_bot_user_oauth_token"),
    ] {
        let problem = refused(&test, with(other(), change)).await;
        assert!(problem.contains(words), "{problem}");
    }
    assert!(refused(&test, json!({ "id": made["id"], "app_id": "" })).await.contains("app_id is missing"));
    let unknown = with(other(), json!({ "id": 999 }));
    test.post(PATH, &test.admin, &unknown).await.refused(404);
    let both = json!([other(), new_app()]);
    test.post(PATH, &test.admin, &both).await.refused(400);
    test.post(PATH, &test.admin, &json!([])).await.refused(400);
    let all = test.get(PATH, &test.admin).await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), 1, "an array is saved whole or not at all");
}

#[tokio::test]
async fn a_token_that_slack_takes_tells_whose_it_is() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    slack.answers("bots.info", sample("bots.info.success"));
    let desk = Desk::over(slack.app(&[]).await).await;
    let more = json!({ "new_bot_user_oauth_token": BOT_TOKEN, "chat_profile_id": "help" });
    let made = save(&desk.test, with(new_app(), more)).await;
    assert!(made.get("_warning").is_none(), "{made}");
    let token = Some(BOT_TOKEN.to_owned());
    assert_eq!(
        slack.calls(),
        [
            ("auth.test".to_owned(), token.clone(), json!({})),
            ("bots.info".to_owned(), token, json!({ "bot": "BZYBOTHED" })),
        ]
    );
    let id = i32::try_from(made["id"].as_i64().unwrap()).unwrap();
    let identity = chat_app::find(&desk.test.app, id).await.unwrap().identity;
    assert_eq!(identity.team_id.as_deref(), Some("T0G9PQBBK"));
    assert_eq!(identity.bot_user_id.as_deref(), Some("W23456789"));
    assert_eq!(identity.bot_id.as_deref(), Some("BZYBOTHED"));
    // A change without a token asks nobody.
    save(&desk.test, json!({ "id": id, "name": "Other" })).await;
    assert!(slack.calls().is_empty());
}

#[tokio::test]
async fn a_token_of_another_app_or_of_a_person_is_kept_with_a_warning() {
    let slack = FakeSlack::start().await;
    let test = slack.app(&[]).await;
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    slack.answers("bots.info", sample("bots.info.success"));
    let token = json!({ "app_id": "A2", "new_bot_user_oauth_token": BOT_TOKEN });
    let warning = save(&test, with(new_app(), token)).await["_warning"].as_str().unwrap().to_owned();
    assert!(warning.contains("belongs to the Slack app A123456, and not to A2"), "{warning}");
    slack.answers("auth.test", sample("auth.test.success"));
    let token = json!({ "app_id": "A3", "new_bot_user_oauth_token": "xoxp-1" });
    let warning = save(&test, with(new_app(), token)).await["_warning"].as_str().unwrap().to_owned();
    assert!(warning.contains("a person's"), "{warning}");
    // Not every token may ask for its app.
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    slack.answers("bots.info", refusal("missing_scope"));
    let token = json!({ "app_id": "A4", "new_bot_user_oauth_token": BOT_TOKEN });
    let warning = save(&test, with(new_app(), token)).await["_warning"].as_str().unwrap().to_owned();
    assert!(!warning.contains("bot token"), "{warning}");
}

#[tokio::test]
async fn a_token_that_slack_refuses_is_not_kept() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.test", sample("auth.test.error"));
    let test = slack.app(&[]).await;
    let problem = refused(&test, with(new_app(), json!({ "new_bot_user_oauth_token": "xoxb-9" }))).await;
    assert!(problem.contains("new_bot_user_oauth_token") && problem.contains("invalid_auth"), "{problem}");
    assert!(!problem.contains("xoxb"), "{problem}");
    assert_eq!(test.get(PATH, &test.admin).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_token_that_slack_cannot_be_asked_about_is_kept_with_a_warning() {
    let slack = FakeSlack::start().await;
    let test = slack.app(&[]).await;
    let mut number = 0;
    for (status, answer, words) in [
        (429, refusal("ratelimited"), "pause"),
        (503, json!("away"), "http_503"),
        (200, refusal("internal_error"), "internal_error"),
        (200, refusal("accesslimited"), "accesslimited"),
    ] {
        slack.fails("auth.test", status, answer);
        number += 1;
        let token = json!({ "app_id": format!("A{number}"), "new_bot_user_oauth_token": BOT_TOKEN });
        let made = save(&test, with(new_app(), token)).await;
        assert!(made["_warning"].as_str().unwrap().contains(words), "{made}");
        assert_eq!(secrets(&test, &made["id"]).await.1.as_deref(), Some(BOT_TOKEN));
    }
    let test = TestApp::with(&[("SLACK_API_URL", "http://127.0.0.1:1/api")]).await;
    let made = save(&test, with(new_app(), json!({ "new_bot_user_oauth_token": BOT_TOKEN }))).await;
    assert!(made["_warning"].as_str().unwrap().contains("cannot be reached"), "{made}");
}

#[tokio::test]
async fn a_token_that_died_is_told_of_until_there_is_a_new_one() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    slack.answers("bots.info", sample("bots.info.success"));
    let test = slack.app(&[]).await;
    let made = save(&test, with(new_app(), json!({ "new_bot_user_oauth_token": BOT_TOKEN }))).await;
    sqlx::query("update slack_chat_apps set token_fault = 'account_inactive'")
        .execute(&test.app.pool)
        .await
        .unwrap();
    let read = test.get(&format!("{PATH}/{}", made["id"]), &test.admin).await.expect(200);
    assert!(read["_warning"].as_str().unwrap().contains("account_inactive"), "{read}");
    let token = json!({ "id": made["id"], "new_bot_user_oauth_token": BOT_TOKEN });
    let changed = save(&test, token).await;
    assert!(!changed["_warning"].as_str().unwrap().contains("account_inactive"), "{changed}");
}

#[tokio::test]
async fn deleting_an_app_closes_its_chats_and_no_others() {
    let desk = Desk::new().await;
    let made = save(&desk.test, with(new_app(), json!({ "chat_profile_id": "help" }))).await;
    let (mine, live, others) = (desk.visit().await, desk.live().await, desk.visit().await);
    for (chat, app, person) in
        [(mine.chat, "A123456", "U1"), (live.chat, "A123456", "U2"), (others.chat, "A9", "U1")]
    {
        sqlx::query(
            "update chats set slack_app_id = $2, slack_channel_id = 'D1', slack_user_id = $3 where chat_id = $1",
        )
        .bind(i32::try_from(chat).unwrap())
        .bind(app)
        .bind(person)
        .execute(&desk.test.app.pool)
        .await
        .unwrap();
    }
    desk.test.delete(&format!("{PATH}/{}", made["id"]), &desk.test.admin).await.expect(200);
    for (chat, is_closed) in [(mine.chat, true), (live.chat, true), (others.chat, false)] {
        assert_eq!(desk.header(chat, &desk.test.admin).await["isclosed"], is_closed, "chat {chat}");
    }
    let log = desk.log(mine.chat, &desk.test.admin, 0).await;
    assert_eq!(log.last().unwrap()["system_id"], 4, "{log:?}");
}
