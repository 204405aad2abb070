//! The end of a connection to a Slack channel.

use aureole::slack::details;
use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{
    Reply, TestApp, bearer,
    web_api::{FakeSlack, refusal, sample},
};

const HOOK: &str = "https://hooks.slack.com/services/T1/B1/secret";
const CLIENT: [(&str, &str); 2] = [("SLACK_CLIENT_ID", "4.5"), ("SLACK_CLIENT_SECRET", "shh")];
const PATH: &str = "/SlackDetails/Uninstall";

/// A record that was connected by hand.
async fn connected(test: &TestApp, name: &str) -> Value {
    let body = json!({ "name": name, "team_id": "T1", "webhookurl": HOOK, "new_access_token": "xoxb-1" });
    test.post("/SlackDetails", &test.admin, &body).await.expect(201)
}

async fn uninstall(test: &TestApp, body: &Value) -> Reply {
    test.post(PATH, &test.admin, body).await
}

#[track_caller]
fn is_uninstalled(record: &Value) {
    assert_eq!((&record["uninstalled"], &record["enabled"]), (&json!(true), &json!(false)), "{record}");
    assert!(record.get("webhookurl").is_none(), "its secrets are gone: {record}");
}

async fn secrets_left(test: &TestApp) -> i64 {
    let left = "select count(*) from slack_details where access_token is not null or webhook_url is not null";
    sqlx::query_scalar(left).fetch_one(&test.app.pool).await.unwrap()
}

#[tokio::test]
async fn the_token_is_revoked_and_the_record_stays() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.revoke", sample("auth.revoke.success"));
    let test = slack.app(&[]).await;
    let made = connected(&test, "help").await;
    let ended = uninstall(&test, &json!({ "id": made["id"] })).await.expect(201);
    is_uninstalled(&ended);
    assert!(ended.get("_warning").is_none(), "{ended}");
    assert_eq!((&ended["id"], &ended["name"]), (&made["id"], &json!("help")));
    assert_eq!(slack.calls(), [("auth.revoke".to_owned(), Some("xoxb-1".to_owned()), json!({}))]);
    assert_eq!(secrets_left(&test).await, 0);
    let read = test.get(&format!("/SlackDetails/{}", made["id"]), &test.admin).await.expect(200);
    is_uninstalled(&read);
    // Once more changes nothing and asks nobody.
    is_uninstalled(&uninstall(&test, &json!([{ "id": made["id"] }])).await.expect(201));
    assert!(slack.calls().is_empty());
}

#[tokio::test]
async fn with_the_servers_own_app_the_app_is_uninstalled() {
    let slack = FakeSlack::start().await;
    slack.answers("apps.uninstall", json!({ "ok": true }));
    let test = slack.app(&CLIENT).await;
    let made = connected(&test, "help").await;
    is_uninstalled(&uninstall(&test, &json!({ "id": made["id"] })).await.expect(201));
    let form = json!({ "client_id": "4.5", "client_secret": "shh" });
    assert_eq!(slack.calls(), [("apps.uninstall".to_owned(), Some("xoxb-1".to_owned()), form)]);
}

#[tokio::test]
async fn a_token_that_may_not_uninstall_is_revoked() {
    for code in ["no_permission", "not_allowed_token_type", "unknown_method", "client_id_token_mismatch"] {
        let slack = FakeSlack::start().await;
        slack.answers("apps.uninstall", refusal(code));
        slack.answers("auth.revoke", sample("auth.revoke.success"));
        let test = slack.app(&CLIENT).await;
        connected(&test, "help").await;
        let ended = uninstall(&test, &json!({})).await.expect(201);
        is_uninstalled(&ended);
        assert!(ended.get("_warning").is_none(), "{ended}");
        assert_eq!(slack.methods(), ["apps.uninstall", "auth.revoke"]);
    }
}

#[tokio::test]
async fn a_token_that_is_dead_already_counts_as_revoked() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.revoke", sample("auth.revoke.error"));
    let test = slack.app(&[]).await;
    connected(&test, "help").await;
    let ended = uninstall(&test, &json!({})).await.expect(201);
    is_uninstalled(&ended);
    assert!(ended.get("_warning").is_none(), "{ended}");
}

#[tokio::test]
async fn when_slack_cannot_be_told_the_connection_ends_all_the_same() {
    let slack = FakeSlack::start().await;
    let test = slack.app(&CLIENT).await;
    for (status, answer) in
        [(500, json!({})), (429, refusal("ratelimited")), (200, refusal("internal_error"))]
    {
        slack.fails("apps.uninstall", status, answer);
        let made = connected(&test, "help").await;
        let ended = uninstall(&test, &json!({ "id": made["id"] })).await.expect(201);
        is_uninstalled(&ended);
        assert!(ended["_warning"].as_str().unwrap().contains("could not be told"), "{ended}");
        assert_eq!(slack.methods(), ["apps.uninstall"]);
        assert_eq!(secrets_left(&test).await, 0);
    }
}

#[tokio::test]
async fn an_empty_body_means_the_only_record_there_is() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.revoke", sample("auth.revoke.success"));
    let test = slack.app(&[]).await;
    let empty = async || test.call("POST", PATH, &bearer(&test.admin), Body::empty()).await;
    assert!(empty().await.refused(400).contains("id is missing"));
    connected(&test, "one").await;
    let two = connected(&test, "two").await;
    assert!(empty().await.refused(400).contains("id is missing"));
    is_uninstalled(&uninstall(&test, &two).await.expect(201));
    let ended = empty().await.expect(201);
    assert_eq!(ended["name"], "one");
    is_uninstalled(&ended);
    assert!(empty().await.refused(400).contains("nothing to uninstall"));
    uninstall(&test, &json!({ "id": 999 })).await.refused(404);
    uninstall(&test, &json!([{ "id": 1 }, { "id": 2 }])).await.refused(400);
    uninstall(&test, &json!([])).await.refused(400);
}

#[tokio::test]
async fn the_other_channels_of_the_same_installation_end_with_it() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.revoke", sample("auth.revoke.success"));
    let test = slack.app(&CLIENT).await;
    slack.answers("oauth.v2.access", sample("oauth.v2.access.success"));
    let exchanged = |name: &str| json!({ "oauth_code": "c", "name": name });
    let one = test.post("/SlackDetails", &test.admin, &exchanged("one")).await.expect(201);
    let two = test.post("/SlackDetails", &test.admin, &exchanged("two")).await.expect(201);
    let other = connected(&test, "other").await;
    let ended = uninstall(&test, &json!({ "id": one["id"] })).await.expect(201);
    assert!(ended["_warning"].as_str().unwrap().contains(&two["id"].to_string()), "{ended}");
    let read = async |id: &Value| test.get(&format!("/SlackDetails/{id}"), &test.admin).await.expect(200);
    is_uninstalled(&read(&two["id"]).await);
    assert_eq!(read(&other["id"]).await["enabled"], true);
}

#[tokio::test]
async fn what_slack_says_is_gone_reads_uninstalled() {
    let test = TestApp::new().await;
    let made = connected(&test, "help").await;
    assert_eq!(details::mark_uninstalled(&test.app, "T2", "A1").await.unwrap(), Vec::<i32>::new());
    let marked = details::mark_uninstalled(&test.app, "T1", "A1").await.unwrap();
    assert_eq!(json!(marked), json!([made["id"]]));
    is_uninstalled(&test.get(&format!("/SlackDetails/{}", made["id"]), &test.admin).await.expect(200));
    assert!(details::mark_uninstalled(&test.app, "T1", "A1").await.unwrap().is_empty());
}
