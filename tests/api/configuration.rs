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

#[tokio::test]
async fn a_visitor_sends_heartbeats_and_either_side_sees_the_other() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    desk.test.post("/OnlineStatus", &desk.anna_token, &json!({})).await.expect(201);
    let beat = desk.test.post("/OnlineStatus", &visit.token, &json!([{}])).await.expect(201);
    assert_eq!((&beat["chat_id"], &beat["isOnline"]), (&json!(visit.chat), &json!(true)), "{beat}");
    assert!(beat.get("techID").is_none(), "{beat}");
    // A visitor speaks for nobody else.
    let posing = json!({ "techID": desk.anna, "agent_status": 0, "chat_id": 999 });
    let away = desk.test.post("/OnlineStatus", &visit.token, &posing).await.expect(201);
    assert_eq!((&away["chat_id"], &away["agent_status"]), (&json!(visit.chat), &json!(0)));
    desk.test.post("/OnlineStatus", &visit.token, &json!({ "agent_status": 9 })).await.refused(400);
    let seen =
        desk.test.get(&format!("/OnlineStatus?Chat_ID={}", visit.chat), &desk.anna_token).await.expect(200);
    assert_eq!((&seen[0]["chat_id"], &seen[0]["isOnline"]), (&json!(visit.chat), &json!(false)));
    let seen = desk.test.get("/OnlineStatus", &visit.token).await.expect(200);
    assert_eq!((&seen[1]["techID"], &seen[1]["isOnline"]), (&json!(desk.anna), &json!(true)));
    assert_eq!(seen.as_array().unwrap().len(), 2, "{seen}");
    let other = desk.queued().await;
    desk.test.get(&format!("/OnlineStatus?chat_id={}", other.chat), &visit.token).await.refused(404);
}

#[tokio::test]
async fn lists_are_sorted_and_narrowed_as_asked() {
    let desk = Desk::new().await;
    let (test, admin) = (&desk.test, &desk.test.admin);
    for (name, email, site) in [("Ann", "z@one.test", 3), ("Ben", "a@two.test", 20), ("Cas", "m@one.test", 1)]
    {
        desk.set_up("/Users", json!({ "name": name, "emailaddress": email, "site_id": site })).await;
    }
    let names = async |query: &str| {
        let list = test.get(&format!("/Users?{query}"), admin).await.expect(200);
        let rows =
            list["users"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        (list["record_count"].as_i64().unwrap(), rows.collect::<Vec<_>>().concat())
    };
    let all = |rows: &str| (3, rows.to_owned());
    assert_eq!(names("order=emailaddress").await, all("BenCasAnn"));
    assert_eq!(names("Order=Site_ID&OrderDesc=true").await, all("BenAnnCas"), "numbers sort as numbers");
    assert_eq!(names("order=use&order2=id&orderdesc2=1").await, all("CasBenAnn"));
    assert_eq!(names("order=document)--").await, all("AnnBenCas"), "what nobody knows is ignored");
    assert_eq!(names("search=ONE.test").await, (2, "AnnCas".to_owned()));
    assert_eq!(names("search=one%20cas").await, (1, "Cas".to_owned()));
    assert_eq!(names("search=100%25").await, (0, String::new()));
    let visit = desk.queued().await;
    let ticket = desk.set_up("/Tickets", json!({ "summary": "Of a chat", "chat_id": visit.chat })).await;
    desk.set_up("/Tickets", json!({ "summary": "Of none" })).await;
    let of_chat = test.get(&format!("/Tickets?Chat_ID={}", visit.chat), admin).await.expect(200);
    assert_eq!((&of_chat["record_count"], &of_chat["tickets"][0]["id"]), (&json!(1), &json!(ticket)));
}
