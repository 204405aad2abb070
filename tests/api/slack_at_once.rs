//! Administrators who change Slack's apps and channels at the same moment.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Reply, TestApp};

async fn save(test: &TestApp, path: &str, body: Value) -> Value {
    test.post(path, &test.admin, &body).await.expect(201)
}

fn new_app() -> Value {
    json!({ "name": "Help in Slack", "app_id": "A123456", "new_signing_secret": "hush" })
}

/// Changes each member by a request of its own, all at once, and expects to find every change.
async fn keeps_all(test: &TestApp, path: &str, new: Value, members: &[&str]) {
    let id = save(test, path, new).await["id"].clone();
    for round in 0..10 {
        let value = |member: &str| format!("{member}{round}");
        let change = |member: &&str| json!({ "id": id, *member: value(member) });
        join_all(members.iter().map(|member| save(test, path, change(member)))).await;
        let read = test.get(&format!("{path}/{id}"), &test.admin).await.expect(200);
        for member in members {
            assert_eq!(read[*member], value(member), "{read}");
        }
    }
}

#[tokio::test]
async fn changes_do_not_undo_each_other() {
    let test = TestApp::new().await;
    keeps_all(&test, "/SlackChatApp", new_app(), &["name", "app_id"]).await;
    let members = ["name", "teamname", "team_id", "channel_id", "oauth_redirect"];
    keeps_all(&test, "/SlackDetails", json!({ "name": "help" }), &members).await;
}

#[tokio::test]
async fn of_two_new_apps_with_one_id_the_second_is_refused() {
    let test = TestApp::new().await;
    let (path, app) = ("/SlackChatApp", new_app());
    let post = async || test.post(path, &test.admin, &app).await;
    let (one, other): (Reply, Reply) = tokio::join!(post(), post());
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 400]);
}
