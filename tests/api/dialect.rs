//! Halo's manners, the same for every resource.

use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{Desk, TestApp, bearer};

async fn raw(test: &TestApp, content_type: Option<&str>, body: &str) -> crate::harness::Reply {
    let mut headers = bearer(&test.admin);
    headers.extend(content_type.map(|kind| ("content-type".to_owned(), kind.to_owned())));
    test.call("POST", "/Team", &headers, Body::from(body.to_owned())).await
}

#[tokio::test]
async fn paths_are_read_in_any_case_with_the_prefix_and_a_trailing_slash() {
    let test = TestApp::new().await;
    for path in ["/Team", "/team", "/api/TEAM/", "/API/team", "/Team/?unknown=1&TENANT=x"] {
        test.get(path, &test.admin).await.expect(200);
    }
    assert_eq!(test.get("/api/nothing", &test.admin).await.refused(404), "there is nothing at this address");
    test.call("PUT", "/Team", &bearer(&test.admin), Body::empty()).await.refused(405);
}

#[tokio::test]
async fn one_object_in_is_one_object_out_and_several_are_an_array_in_order() {
    let test = TestApp::new().await;
    let one = test.post("/Team", &test.admin, &json!([{ "name": "A" }])).await.expect(201);
    assert_eq!(one["name"], "A");
    let lone = test.post("/Team", &test.admin, &json!({ "name": "B" })).await.expect(201);
    assert_eq!(lone["name"], "B");
    let several =
        test.post("/Team", &test.admin, &json!([{ "name": "D" }, { "name": "C" }])).await.expect(201);
    assert_eq!((&several[0]["name"], &several[1]["name"]), (&json!("D"), &json!("C")));
}

#[tokio::test]
async fn arrays_are_all_or_nothing_and_bounded() {
    let test = TestApp::new().await;
    test.post("/Team", &test.admin, &json!([{ "name": "A" }, { "id": 999, "name": "B" }])).await.refused(404);
    assert_eq!(test.get("/Team", &test.admin).await.expect(200), json!([]));
    assert!(test.post("/Team", &test.admin, &json!([])).await.refused(400).contains("empty"));
    let many: Vec<Value> = (0..101).map(|n| json!({ "name": n.to_string() })).collect();
    assert!(test.post("/Team", &test.admin, &json!(many)).await.refused(400).contains("100"));
}

#[tokio::test]
async fn the_media_types_of_halos_description_are_all_json() {
    let test = TestApp::new().await;
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "application/json-patch+json",
        "text/json",
        "application/vnd.acme+json",
    ] {
        raw(&test, Some(kind), r#"{"name":"A"}"#).await.expect(201);
    }
    raw(&test, None, r#"{"name":"A"}"#).await.expect(201);
    raw(&test, Some("text/plain"), r#"{"name":"A"}"#).await.refused(415);
}

#[tokio::test]
async fn a_bad_body_gets_one_clear_sentence() {
    let test = TestApp::new().await;
    let json = Some("application/json");
    for (body, words) in [
        ("", "empty"),
        ("{", "not JSON"),
        (r#"{"name":"A"} x"#, "not JSON"),
        ("5", "an object, or an array of objects"),
        (r#"{"name":"\u0000"}"#, "NUL"),
        (r#"{"name":"A","allowlivechat":"perhaps"}"#, "allowlivechat"),
        (r#"{"surname":"A"}"#, "name is missing"),
    ] {
        let message = raw(&test, json, body).await.refused(400);
        assert!(message.contains(words), "{body}: {message}");
    }
    // An escaped backslash before u0000 is no NUL.
    raw(&test, json, r#"{"name":"\\u0000"}"#).await.expect(201);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_by_its_size() {
    let test = TestApp::with(&[("BODY_BYTES_MAX", "200"), ("CONFIGURATION_BODY_BYTES_MAX", "400")]).await;
    let of = |length: usize| json!({ "name": "x".repeat(length) });
    test.post("/Team", &test.admin, &of(300)).await.expect(201);
    test.post("/Team", &test.admin, &of(400)).await.refused(413);
    test.post("/ChatMatchingData", &test.admin, &json!({ "json_content": "x".repeat(300) }))
        .await
        .refused(413);
}

#[tokio::test]
async fn numbers_are_read_from_strings_and_truth_from_digits() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let body = json!([{ "chat_id": visit.chat.to_string(), "text": 5, "input_id": "1" }]);
    let stored = desk.test.post("/ChatMessage", &visit.token, &body).await.expect(201);
    assert_eq!((&stored["chat_id"], &stored["text"]), (&json!(visit.chat), &json!("5")));
    for truth in ["true", "True", "1"] {
        let path = format!("/Chat?PageInate={truth}&PAGE_SIZE=7");
        assert_eq!(desk.test.get(&path, &desk.test.admin).await.expect(200)["page_size"], 7);
    }
}

#[tokio::test]
async fn absent_keeps_null_clears_and_nulls_are_left_out() {
    let test = TestApp::new().await;
    let team = json!({ "name": "A", "team_note": "n", "emailaddress": "a@b.test", "unknown": 1 });
    let team = test.post("/Team", &test.admin, &team).await.expect(201);
    assert!(team.get("unknown").is_none());
    let change = json!({ "id": team["id"], "team_note": null });
    let team = test.post("/Team", &test.admin, &change).await.expect(201);
    assert_eq!((&team["name"], &team["emailaddress"]), (&json!("A"), &json!("a@b.test")));
    assert!(team.get("team_note").is_none(), "{team}");
}

#[tokio::test]
async fn an_id_that_is_no_number_is_malformed() {
    let test = TestApp::new().await;
    test.get("/Team/abc", &test.admin).await.refused(400);
    test.get("/Team/999", &test.admin).await.refused(404);
    test.delete("/Team/999", &test.admin).await.refused(404);
}

#[tokio::test]
async fn a_fault_of_ours_tells_the_caller_nothing_but_a_request_id() {
    let test = TestApp::new().await;
    sqlx::query("drop table team_members cascade").execute(&test.app.pool).await.unwrap();
    let reply = test.get("/Team", &test.admin).await;
    assert_eq!(reply.body["request_id"], reply.headers["x-request-id"].to_str().unwrap());
    assert_eq!(reply.refused(500), "internal error");
}

#[tokio::test]
async fn health_says_when_the_database_is_away() {
    let test = TestApp::alone().await;
    test.get("/health/live", "").await.expect(200);
    test.get("/health/ready", "").await.expect(200);
    test.app.pool.close().await;
    test.get("/health/live", "").await.expect(200);
    test.get("/health/ready", "").await.expect(503);
    let reply = test.get("/Team", &test.admin).await;
    assert_eq!(reply.headers["retry-after"], "1");
    reply.refused(503);
}

#[tokio::test]
async fn the_reference_is_served_from_the_binary() {
    let test = TestApp::new().await;
    let page = test.get("/docs/", "").await.expect(200);
    let page = page.as_str().unwrap();
    assert!(page.contains("swagger-ui"));
    assert!(!page.contains("https://"), "nothing is loaded from elsewhere");
    let yaml = test.get("/openapi.yaml", "").await.expect(200);
    assert!(yaml.as_str().unwrap().starts_with("openapi: 3.1"));
}
