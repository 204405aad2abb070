//! Saving a flow: strict for every kind of step, and without effect on chats that run.

use serde_json::json;

use crate::harness::Desk;

#[tokio::test]
async fn a_broken_flow_is_refused_with_every_problem_by_number_and_name() {
    let desk = Desk::new().await;
    let broken = json!({ "id": "broken", "name": "Broken", "key": "open", "steps": [
        { "step_id": 1, "name": "Check", "steptype": 4, "actions": [{ "end_step": 2, "approval_result": 1 }] },
        { "step_id": 2, "name": "Find", "steptype": 5, "actions": [{ "end_step": 99, "approval_result": 1 }] },
        { "step_id": 3, "name": "Call", "steptype": 11, "content": "{\"url\": \"ftp://a.example\"}" },
        { "step_id": 4, "name": "Think", "steptype": 10, "ai_failure_step": 77 },
        { "step_id": 5, "name": "Go", "steptype": 12 },
        { "step_id": 6, "name": "Page", "steptype": 14 }
    ] });
    let problems = desk.test.post("/ChatProfile", &desk.test.admin, &broken).await.refused(400);
    for part in [
        "no step is marked as the start",
        "step 1 (Check) asks nothing to verify a user by",
        "step 1 (Check) has no failure link",
        "leads to step 99",
        "step 2 (Find) has no failure link",
        "step 3 (Call) has no web address",
        "step 3 (Call) has no success link",
        "step 4 (Think) offers no options",
        "step 4 (Think) goes to step 77 when the model fails",
        "step 5 (Go) names no flow",
        "step 6 (Page) names no local-storage keys",
    ] {
        assert!(problems.contains(part), "{part:?} is not among: {problems}");
    }
    let draft = json!({ "id": "broken", "name": "Broken", "key": "open", "intent": "draft",
        "steps": broken["steps"] });
    desk.test.post("/ChatProfile", &desk.test.admin, &draft).await.expect(201);
    let start = json!({ "chatprofileid": "broken", "key": "open" });
    assert!(desk.test.post("/Chat", "", &start).await.refused(400).contains("draft"));
}

#[tokio::test]
async fn a_running_chat_stays_on_the_version_that_it_met() {
    let desk = Desk::new().await;
    let flow = |words: &str| {
        json!([
            { "step_id": 1, "isstart": true, "steptype": 2, "message": format!("{words}?"),
              "actions": [{ "end_step": 2 }] },
            { "step_id": 2, "steptype": 16, "message": words }
        ])
    };
    desk.publish("versions", flow("Old")).await;
    let before = desk.visit_to("versions").await;
    desk.publish("versions", flow("New")).await;
    let after = desk.visit_to("versions").await;
    for (visit, words) in [(before, "versions: Old"), (after, "versions: New")] {
        desk.say(&visit, json!({ "text": "go on" })).await;
        let log = desk.transcript(visit.chat, &visit.token).await;
        assert_eq!(log[3], words, "{log:?}");
    }
}
