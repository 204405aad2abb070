//! A person in Slack who is erased.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    harness::canary::places_of,
    workspace::{ADA, Workspace},
};

#[tokio::test]
async fn a_person_in_slack_is_erased_with_id_name_and_words_and_may_come_back() {
    let workspace = Workspace::new().await;
    workspace.says("My kanarienvogel is ill").await;
    workspace.says("person").await;
    let desk = &workspace.desk;
    let pool = &desk.test.app.pool;
    let before = places_of(pool, ADA).await;
    for place in ["chats.slack_user_id", "slack_people.user_id", "chat_messages.detail"] {
        assert!(before.contains(place), "{place} is not among {before:?}");
    }
    let chat = workspace.only_chat().await;
    let erase = json!({ "email": "UADA@people.test" });
    let report = desk.test.post("/Privacy/Erase", &desk.test.admin, &erase).await.expect(200);
    for word in ["kanarienvogel", ADA, "uada@people.test", crate::workspace::DIRECT] {
        assert_eq!(places_of(pool, word).await, BTreeSet::new(), "{word}: {report}");
    }
    let header = desk.header(chat, &desk.test.admin).await;
    assert_eq!((&header["name"], &header["state"]), (&json!("Erased"), &json!("closed")));
    workspace.settle().await;
    workspace.says("It is well again").await;
    assert_eq!(workspace.chats().await.len(), 2, "whoever writes again begins anew");
}
