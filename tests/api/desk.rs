//! What a support desk has around its chats: users, articles, services, tickets.

use serde_json::{Value, json};

use crate::harness::{Desk, TestApp};

#[tokio::test]
async fn each_resource_is_made_listed_read_changed_and_deleted() {
    let test = TestApp::new().await;
    let ticket =
        test.post("/Tickets", &test.admin, &json!({ "summary": "Fire" })).await.expect(201)["id"].clone();
    for (path, key, member, body) in [
        ("/Users", Some("users"), "name", json!({ "name": "Ada", "emailaddress": "ada@example.test" })),
        ("/KBArticle", Some("articles"), "name", json!({ "name": "Printers", "description": "d" })),
        ("/Service", Some("services"), "name", json!({ "name": "Printing" })),
        ("/TicketType", None, "name", json!({ "name": "Incident" })),
        ("/Tickets", Some("tickets"), "summary", json!({ "summary": "Smoke" })),
        ("/Actions", Some("actions"), "note", json!({ "ticket_id": ticket, "note": "Called" })),
        ("/Feedback", Some("feedback"), "comment", json!({ "score": 5, "comment": "Good" })),
    ] {
        let made = test.post(path, &test.admin, &json!([body])).await.expect(201);
        let one = format!("{path}/{}", made["id"]);
        assert_eq!(test.get(&one, &test.admin).await.expect(200)[member], body[member], "{path}");
        let change = json!({ "id": made["id"], member: "Other" });
        assert_eq!(test.post(path, &test.admin, &change).await.expect(201)[member], "Other");
        let list = test.get(path, &test.admin).await.expect(200);
        let rows = key.map_or(&list, |key| &list[key]).as_array().unwrap();
        assert!(rows.iter().any(|row| row[member] == "Other"), "{list}");
        assert_eq!(test.delete(&one, &test.admin).await.expect(200)[member], "Other");
        test.get(&one, &test.admin).await.refused(404);
        test.post(path, &test.admin, &json!({ "use": "nothing" })).await.refused(400);
    }
}

#[tokio::test]
async fn a_search_finds_any_of_the_words_in_any_form_the_best_first() {
    let test = TestApp::new().await;
    for (name, description) in [
        ("Resetting a password", "For people who have forgotten theirs"),
        ("Printers", "What to do when a printer is jammed"),
        ("Jammed doors", "Call the janitor"),
    ] {
        let article = json!({ "name": name, "description": description });
        test.post("/KBArticle", &test.admin, &article).await.expect(201);
    }
    let found = test.get("/KBArticle?search=my%20printers%20are%20jamming!", &test.admin).await.expect(200);
    let names: Vec<&str> =
        found["articles"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Printers", "Jammed doors"]);
    assert!(found["articles"][0]["search_score"].as_f64() > found["articles"][1]["search_score"].as_f64());
    for strange in ["%27%20or%201=1", "the", "%26%7C!%28"] {
        let found = test.get(&format!("/KBArticle?search={strange}"), &test.admin).await.expect(200);
        assert_eq!((&found["record_count"], &found["articles"]), (&json!(0), &json!([])), "{strange}");
    }
}

#[tokio::test]
async fn actions_and_feedback_belong_to_tickets_and_tickets_to_chats() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let ticket = json!({ "summary": "Fire", "chat_id": visit.chat });
    let ticket = desk.test.post("/Tickets", &desk.anna_token, &ticket).await.expect(201)["id"].clone();
    for note in ["one", "two"] {
        let action = json!({ "ticket_id": ticket, "note": note });
        desk.test.post("/Actions", &desk.anna_token, &action).await.expect(201);
    }
    let of = async |path: &str| desk.test.get(path, &desk.anna_token).await.expect(200);
    let actions = of(&format!("/Actions?ticket_id={ticket}")).await;
    assert_eq!((&actions["record_count"], &actions["actions"][0]["note"]), (&json!(2), &json!("two")));
    assert_eq!(of("/Actions?ticket_id=999").await["record_count"], 0);
    let script =
        json!({ "ticket_id": ticket, "note": "x", "note_html": "<b>x</b><script>alert(1)</script>" });
    let stored = desk.test.post("/Actions", &desk.anna_token, &script).await.expect(201);
    assert_eq!(stored["note_html"], "<b>x</b>");
    for (path, wrong) in [
        ("/Actions", json!({ "ticket_id": 999, "note": "x" })),
        ("/Tickets", json!({ "summary": "x", "chat_id": 999 })),
        ("/Feedback", json!({ "score": 6 })),
    ] {
        desk.test.post(path, &desk.anna_token, &wrong).await.refused(400);
    }
    let page: Value = of("/Tickets?pageinate=true&page_size=1").await;
    assert_eq!((&page["page_size"], &page["record_count"]), (&json!(1), &json!(1)));
    // What is set up is set up by administrators.
    desk.test.post("/KBArticle", &desk.anna_token, &json!({ "name": "x" })).await.refused(403);
}

#[tokio::test]
async fn html_of_the_knowledge_base_and_the_catalogue_keeps_its_looks_and_runs_nothing() {
    let test = TestApp::new().await;
    let html = "<h2>One</h2><table><tbody><tr><td>2</td></tr></tbody></table>\
        <img src=\"https://x.test/a.png\" onerror=\"alert(1)\"><script>alert(1)</script>\
        <a href=\"javascript:alert(1)\" style=\"position:fixed\">x</a>";
    let safe = "<h2>One</h2><table><tbody><tr><td>2</td></tr></tbody></table>\
        <img src=\"https://x.test/a.png\"><a rel=\"noopener\">x</a>";
    for (path, member) in [
        ("/KBArticle", "resolution_html"),
        ("/KBArticle", "description_html"),
        ("/Service", "servicedetailshtml"),
        ("/TicketType", "default_details_html"),
    ] {
        let made = test.post(path, &test.admin, &json!({ "name": "New", member: html })).await.expect(201);
        let read = test.get(&format!("{path}/{}", made["id"]), &test.admin).await.expect(200);
        assert_eq!((&made[member], &read[member]), (&json!(safe), &json!(safe)), "{path}");
    }
}
