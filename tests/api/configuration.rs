//! Agents, teams, fields and heartbeats.

use serde_json::json;

use crate::harness::{Desk, TestApp};

#[tokio::test]
async fn a_password_is_set_and_never_comes_back() {
    let desk = Desk::new().await;
    for path in ["/Agent".to_owned(), format!("/Agent/{}", desk.anna)] {
        let agents = desk.test.get(&path, &desk.anna_token).await.expect(200).to_string();
        assert!(
            !agents.contains("password") && !agents.contains("argon2") && !agents.contains("horse"),
            "{agents}"
        );
    }
    let short = json!({ "name": "X", "email": "x@desk.test", "password": "short" });
    assert!(desk.test.post("/Agent", &desk.test.admin, &short).await.refused(400).contains("password"));
}

#[tokio::test]
async fn an_e_mail_address_signs_in_one_agent() {
    let desk = Desk::new().await;
    let twin = json!({ "name": "Anna too", "email": "ANNA@desk.test" });
    assert!(desk.test.post("/Agent", &desk.test.admin, &twin).await.refused(400).contains("e-mail"));
}

#[tokio::test]
async fn membership_is_one_fact_seen_from_both_sides() {
    let desk = Desk::new().await;
    let teams = |agent: i64| async move { agent };
    let agent =
        desk.test.get(&format!("/Agent/{}", teams(desk.bert).await), &desk.test.admin).await.expect(200);
    assert_eq!(agent["teams"][0]["team_id"], desk.team);
    desk.test.post("/Agent", &desk.test.admin, &json!({ "id": desk.bert, "teams": [] })).await.expect(201);
    let team = desk.test.get(&format!("/Team/{}", desk.team), &desk.test.admin).await.expect(200);
    assert_eq!(team["agents"].as_array().unwrap().len(), 1);
    let unknown = json!({ "id": desk.team, "agents": [{ "id": 999 }] });
    desk.test.post("/Team", &desk.test.admin, &unknown).await.refused(400);
}

#[tokio::test]
async fn a_deleted_agent_is_out_and_its_words_stay() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let deleted = desk.test.delete(&format!("/Agent/{}", desk.anna), &desk.test.admin).await.expect(200);
    assert_eq!(deleted["name"], "Anna");
    desk.test.get("/Agent/me", &desk.anna_token).await.refused(401);
    desk.test.get(&format!("/Agent/{}", desk.anna), &desk.test.admin).await.refused(404);
    assert_eq!(desk.transcript(visit.chat, &visit.token).await.last().unwrap(), "Anna [2]");
}

#[tokio::test]
async fn a_disabled_agent_is_out_at_once() {
    let desk = Desk::new().await;
    desk.test.get("/Agent/me", &desk.anna_token).await.expect(200);
    let body = json!({ "id": desk.anna, "isdisabled": true });
    desk.test.post("/Agent", &desk.test.admin, &body).await.expect(201);
    desk.test.get("/Agent/me", &desk.anna_token).await.refused(401);
}

#[tokio::test]
async fn fields_come_back_as_they_were_sent() {
    let test = TestApp::new().await;
    let field = json!({ "name": "topic", "label": "Topic", "type": 2, "regex": "^x", "characterlimit": 10,
        "values": [{ "id": 1, "name": "One" }, { "id": 2, "name": "Two" }] });
    let saved = test.post("/FieldInfo", &test.admin, &field).await.expect(201);
    let read = test.get(&format!("/FieldInfo/{}", saved["id"]), &test.admin).await.expect(200);
    for member in ["name", "label", "type", "regex", "characterlimit", "values"] {
        assert_eq!(read[member], field[member], "{member}");
    }
    test.delete(&format!("/FieldInfo/{}", saved["id"]), &test.admin).await.expect(200);
    assert_eq!(test.get("/FieldInfo", &test.admin).await.expect(200), json!([]));
}

#[tokio::test]
async fn agents_send_heartbeats_and_administrators_may_for_others() {
    let desk = Desk::new().await;
    let path = "/OnlineStatus";
    let beat = desk.test.post(path, &desk.anna_token, &json!({})).await.expect(201);
    assert_eq!(
        (&beat["techID"], &beat["agent_status"], &beat["isOnline"]),
        (&json!(desk.anna), &json!(1), &json!(true))
    );
    desk.test.post(path, &desk.anna_token, &json!({ "techID": desk.bert })).await.refused(403);
    let busy = json!([{ "techID": desk.bert, "agent_status": 2 }]);
    desk.test.post(path, &desk.test.admin, &busy).await.expect(201);
    desk.test.post(path, &desk.test.admin, &json!({ "techID": 999 })).await.refused(404);
    desk.test.post(path, &desk.anna_token, &json!({ "agent_status": 9 })).await.refused(400);
    let list = desk.test.get(path, &desk.anna_token).await.expect(200);
    assert_eq!((&list[0]["agent_status"], &list[1]["agent_status"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn a_name_that_is_too_long_to_be_sorted_by_is_refused() {
    let test = TestApp::new().await;
    // Nothing that could be packed.
    let name: String = (0..9_000).filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20_000)).collect();
    for path in
        ["/Users", "/Team", "/Agent", "/KBArticle", "/Service", "/TicketType", "/FieldInfo", "/Workday"]
    {
        let problem = test.post(path, &test.admin, &json!({ "name": name })).await.refused(400);
        assert!(problem.contains("long"), "{path}: {problem}");
    }
}
