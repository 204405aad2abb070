//! Profiles: saved whole, refused when broken, read by the public only as far as the widget needs.

use serde_json::json;

use crate::harness::Desk;

#[tokio::test]
async fn a_broken_flow_is_refused_with_every_problem_by_step_number_and_name() {
    let desk = Desk::new().await;
    let broken = json!({ "id": "b", "name": "B", "steps": [
        { "step_id": 1, "name": "First", "steptype": 0, "actions": [{ "end_step": 9 }] },
        { "step_id": 2, "name": "Second", "steptype": 1 } ] });
    let words = desk.test.post("/ChatProfile", &desk.test.admin, &broken).await.refused(400);
    for part in ["start", "1 (First)", "9", "2 (Second)"] {
        assert!(words.contains(part), "{part} is not in: {words}");
    }
    desk.test.get("/ChatProfile/b", &desk.test.admin).await.refused(404);
}

#[tokio::test]
async fn a_draft_is_saved_all_the_same_and_starts_no_chat() {
    let desk = Desk::new().await;
    let draft =
        json!({ "id": "d", "key": "k", "intent": "draft", "steps": [{ "step_id": 1, "steptype": 1 }] });
    let saved = desk.test.post("/ChatProfile", &desk.test.admin, &draft).await.expect(201);
    assert!(saved.get("intent").is_none());
    let words = desk.test.post("/Chat", "", &json!({ "chatprofileid": "d", "key": "k" })).await.refused(400);
    assert!(words.contains("draft"));
}

#[tokio::test]
async fn the_public_reads_what_the_widget_needs_and_nothing_else() {
    let desk = Desk::new().await;
    let secret = json!({ "id": "help", "new_hmac_secret": "hush-hush", "logticket": 2, "agent_roles": [] });
    let saved = desk.test.post("/ChatProfile", &desk.test.admin, &secret).await.expect(201);
    assert!(!saved.to_string().contains("hush-hush") && saved.get("new_hmac_secret").is_none());
    let public = desk.test.get("/api/chatprofile/help?key=open&includedetails=true", "").await.expect(200);
    assert_eq!((&public["name"], &public["bot_name"]), (&json!("Help"), &json!("Robin")));
    for hidden in ["steps", "logticket", "cors_whitelist_list", "agent_roles", "in_use", "access_control"] {
        assert!(public.get(hidden).is_none(), "{hidden}");
    }
    let wrong = desk.test.get("/ChatProfile/help?key=wrong", "").await.refused(404);
    let missing = desk.test.get("/ChatProfile/none?key=wrong", "").await.refused(404);
    assert_eq!(wrong.replace("help", "none"), missing);
    desk.test.get("/ChatProfile/help", "").await.refused(401);
}

#[tokio::test]
async fn details_come_when_asked_for() {
    let desk = Desk::new().await;
    for (path, has_steps) in [("/ChatProfile/help", false), ("/ChatProfile/help?includedetails=true", true)] {
        let profile = desk.test.get(path, &desk.anna_token).await.expect(200);
        assert_eq!(profile.get("steps").is_some(), has_steps, "{path}");
    }
    let list = desk.test.get("/ChatProfile?type=1", &desk.anna_token).await.expect(200);
    assert_eq!((list.as_array().unwrap().len(), list[0].get("steps")), (1, None));
    assert_eq!(desk.test.get("/ChatProfile?type=0", &desk.anna_token).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_profile_is_deleted_only_when_its_chats_are_closed() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let words = desk.test.delete("/ChatProfile/help", &desk.test.admin).await.refused(400);
    assert!(words.contains("close") && words.contains(&visit.chat.to_string()), "{words}");
    assert_eq!(desk.test.get("/ChatProfile/help", &desk.anna_token).await.expect(200)["in_use"], true);
    let close = json!({ "id": visit.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    let deleted = desk.test.delete("/ChatProfile/help", &desk.test.admin).await.expect(200);
    assert_eq!(deleted["id"], "help");
    desk.test.get("/ChatProfile/help", &desk.test.admin).await.refused(404);
    desk.test.delete("/ChatProfile/help", &desk.test.admin).await.refused(404);
    // History stays readable, and the id may be used again.
    assert!(!desk.transcript(visit.chat, &visit.token).await.is_empty());
    let again = json!({ "id": "help", "name": "New" });
    let again = desk.test.post("/ChatProfile", &desk.test.admin, &again).await.expect(201);
    assert!(
        again.get("steps").is_none() && again.get("greeting").is_none(),
        "nothing of the old one is left"
    );
}

#[tokio::test]
async fn availability_asks_who_is_there_where_the_profile_wants_somebody() {
    let desk = Desk::new().await;
    let available = async || {
        let path = "/ChatProfile/help?key=open&check_available=true";
        desk.test.get(path, "").await.expect(200)["_chat_available"].clone()
    };
    assert_eq!(available().await, true);
    let body = json!({ "id": "help", "techmustonline": true });
    desk.test.post("/ChatProfile", &desk.test.admin, &body).await.expect(201);
    assert_eq!(available().await, false);
    desk.test.post("/OnlineStatus", &desk.anna_token, &json!({ "agent_status": 1 })).await.expect(201);
    assert_eq!(available().await, true);
    let check = "/Chat?checkavailable=true";
    assert_eq!(desk.test.get(check, &desk.anna_token).await.expect(200)["available"], true);
    desk.test.clock.advance(chrono::TimeDelta::seconds(91));
    assert_eq!(available().await, false, "a heartbeat is good for 90 seconds");
}

#[tokio::test]
async fn an_agents_name_is_hidden_where_the_profile_says_so() {
    let desk = Desk::new().await;
    let body = json!({ "id": "help", "technamevisibility": 1, "technamevisibilitytext": "Our team" });
    desk.test.post("/ChatProfile", &desk.test.admin, &body).await.expect(201);
    let visit = desk.live().await;
    let last = |log: Vec<String>| log.last().unwrap().clone();
    assert_eq!(last(desk.transcript(visit.chat, &visit.token).await), "Our team [2]");
    assert_eq!(last(desk.transcript(visit.chat, &desk.bert_token).await), "Anna [2]");
    let header = desk.header(visit.chat, &visit.token).await;
    assert!(!header.to_string().contains("Anna"), "{header}");
}

#[tokio::test]
async fn twenty_saves_at_once_of_a_new_profile_all_succeed() {
    let desk = Desk::new().await;
    let body = json!({ "id": "new", "name": "N" });
    let saves = (0..20).map(|_| desk.test.post("/ChatProfile", &desk.test.admin, &body));
    for reply in futures_util::future::join_all(saves).await {
        reply.expect(201);
    }
}
