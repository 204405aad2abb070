//! Chats that a profile keeps no longer.

use aureole::service::sweeper::sweep;
use chrono::TimeDelta;
use serde_json::json;

use super::planted::CANARY;
use crate::harness::{Desk, TestApp, Visit, canary::places_of};

/// Tokens live as long as the test's clock runs.
const LONG: [(&str, &str); 2] = [("ACCESS_TOKEN_SECONDS", "100000000"), ("ABANDONED_CHAT_MINUTES", "0")];

async fn words(desk: &Desk, visit: &Visit) -> String {
    desk.transcript(visit.chat, &desk.test.admin).await.concat()
}

#[tokio::test]
async fn closed_chats_are_erased_when_their_profile_says_so_and_not_before() {
    let desk = Desk::over(TestApp::with(&LONG).await).await;
    let kept = json!({ "id": "help", "retention_days": 30, "logticket": 2 });
    let saved = desk.test.post("/ChatProfile", &desk.test.admin, &kept).await.expect(201);
    assert_eq!(saved["retention_days"], 30);
    desk.publish(
        "ever",
        json!([{ "step_id": 1, "isstart": true, "steptype": 16, "message": format!("{CANARY} for ever") }]),
    )
    .await;
    let (over, open, ever) = (desk.live().await, desk.live().await, desk.visit_to("ever").await);
    for visit in [&over, &open] {
        desk.say(visit, json!({ "text": CANARY })).await;
    }
    let close = json!({ "id": over.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    let ticket = desk.header(over.chat, &desk.test.admin).await["ticket_id"].clone();
    let note = json!({ "ticket_id": ticket, "outcome": "Called", "note": "The desk's own words" });
    desk.test.post("/Actions", &desk.anna_token, &note).await.expect(201);
    desk.test.clock.advance(TimeDelta::days(29));
    sweep(&desk.test.app).await.unwrap();
    assert!(words(&desk, &over).await.contains(CANARY), "it is kept for 30 days");
    desk.test.clock.advance(TimeDelta::days(1));
    sweep(&desk.test.app).await.unwrap();
    assert!(!words(&desk, &over).await.contains(CANARY));
    crate::rebuild::must_be_the_same(&desk, &over, &[]).await;
    assert!(words(&desk, &open).await.contains(CANARY), "what is open is not over");
    assert!(words(&desk, &ever).await.contains(CANARY), "its profile keeps it for ever");
    // The ticket is the desk's; the transcript in it was the chat's.
    let kept = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(kept["summary"], "Chat with Ada");
    let actions = desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.test.admin).await.expect(200);
    let actions = actions["actions"].to_string();
    assert!(actions.contains("The desk's own words") && !actions.contains(CANARY), "{actions}");
    let audit = format!("/Audit?resource=Chat&resource_id={}&action=erased", over.chat);
    let audit = desk.test.get(&audit, &desk.test.admin).await.expect(200);
    assert_eq!(audit["entries"][0]["name"], "server");
}

#[tokio::test]
async fn more_chats_than_one_round_takes_wait_for_the_next() {
    let desk = Desk::over(TestApp::with(&LONG).await).await;
    let steps = json!([{ "step_id": 1, "isstart": true, "steptype": 16, "message": format!("{CANARY}!") }]);
    let profile =
        json!({ "id": "day", "key": "open", "access_type": 1, "steps": steps, "retention_days": 1 });
    desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
    for _ in 0..25 {
        desk.visit_to("day").await;
    }
    desk.test.clock.advance(TimeDelta::days(1));
    sweep(&desk.test.app).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from chats where erased_at is null")
        .fetch_one(&desk.test.app.pool)
        .await
        .unwrap();
    assert_eq!(left, 5);
    sweep(&desk.test.app).await.unwrap();
    let places = places_of(&desk.test.app.pool, CANARY).await;
    let configuration = |place: &&String| place.starts_with("chat_profile");
    assert!(places.iter().all(|place| configuration(&place)), "{places:?}");
}
