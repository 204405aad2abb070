//! Tokens: how one is got, what it opens, how it ends.

use aureole::service::auth::client;
use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Desk, TestApp};

#[tokio::test]
async fn a_wrong_secret_is_refused_in_oauths_words() {
    let test = TestApp::new().await;
    let (id, _) = test.client_credentials(&["all"], None).await;
    for form in [
        format!("grant_type=client_credentials&client_id={id}&client_secret=wrong"),
        "grant_type=client_credentials&client_id=nobody&client_secret=wrong".to_owned(),
    ] {
        let error = test.form("/auth/token", &form).await.expect(401);
        assert_eq!(error["error"], "invalid_client");
        assert!(error["error_description"].is_string());
    }
}

#[tokio::test]
async fn every_other_refusal_of_the_token_endpoint_is_a_400_with_its_name() {
    let test = TestApp::new().await;
    let (id, secret) = test.client_credentials(&["access:chat"], None).await;
    let client = format!("client_id={id}&client_secret={secret}");
    for (form, name) in [
        (format!("grant_type=magic&{client}"), "unsupported_grant_type"),
        (client.clone(), "invalid_request"),
        (format!("grant_type=client_credentials&{client}&scope=all"), "invalid_scope"),
        (format!("grant_type=password&{client}&username=a&password=b"), "invalid_grant"),
        (format!("grant_type=refresh_token&{client}&refresh_token=x"), "invalid_grant"),
    ] {
        let error = test.form("/auth/token", &form).await.expect(400);
        assert_eq!(error["error"], name, "{form}");
    }
}

#[tokio::test]
async fn a_tenant_may_stand_in_the_query_or_the_form_and_means_nothing() {
    let test = TestApp::with(&[("ACCESS_TOKEN_SECONDS", "3600")]).await;
    let (id, secret) = test.client_credentials(&["all"], None).await;
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=all");
    let token = test.form("/auth/token?tenant=acme", &form).await.expect(200);
    assert_eq!((&token["token_type"], &token["expires_in"]), (&json!("Bearer"), &json!(3600)));
    assert!(token.get("refresh_token").is_none(), "a program has its secret to come back with");
    test.form("/auth/token", &format!("{form}&tenant=acme")).await.expect(200);
}

#[tokio::test]
async fn a_token_dies_with_time_and_the_word_bearer_has_any_case() {
    let test = TestApp::with(&[("ACCESS_TOKEN_SECONDS", "3600")]).await;
    let path = "/api/Agent/me?tenant=acme";
    let shouted = [("authorization".to_owned(), format!("BEARER {}", test.admin))];
    test.call("GET", path, &shouted, axum::body::Body::empty()).await.expect(200);
    test.clock.advance(TimeDelta::minutes(61));
    // What was checked within the last second is still believed; this token was not seen yet.
    let late = test.client(&["all"], None).await;
    test.clock.advance(TimeDelta::minutes(61));
    let reply = test.get(path, &late).await;
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    let error = reply.expect(401);
    assert_eq!(error["error"], "invalid_token");
    assert_eq!(error["error_description"], error["Message"]);
}

#[tokio::test]
async fn an_agent_signs_in_with_its_password_and_is_told_who_it_is() {
    let desk = Desk::new().await;
    let me = desk.test.get("/agent/me", &desk.anna_token).await.expect(200);
    assert_eq!((&me["id"], &me["name"]), (&json!(desk.anna), &json!("Anna")));
    assert_eq!(me["teams"][0]["name"], "Support");
    assert!(me.get("password").is_none());
    // Configuration needs an administrator, whatever the scope.
    desk.test.post("/Team", &desk.anna_token, &json!({ "name": "Mine" })).await.refused(403);
}

#[tokio::test]
async fn a_refresh_token_stays_good_until_its_successor_is_used() {
    let desk = Desk::new().await;
    let first = desk.visit().await.started["refresh_token"].as_str().unwrap().to_owned();
    let refresh = async |token: &str| {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        desk.test.form("/auth/token", &form).await
    };
    let lost = refresh(&first).await.expect(200);
    // The answer got lost: the same token is presented again.
    let second = refresh(&first).await.expect(200);
    refresh(lost["refresh_token"].as_str().unwrap()).await.expect(400);
    let third = refresh(second["refresh_token"].as_str().unwrap()).await.expect(200);
    assert_eq!(refresh(&first).await.expect(400)["error"], "invalid_grant");
    let token = third["access_token"].as_str().unwrap();
    desk.test.get("/ChatMessage", token).await.expect(200);
}

#[tokio::test]
async fn an_agents_refresh_token_belongs_to_the_client_it_was_issued_to() {
    let desk = Desk::new().await;
    let (id, secret) = desk.test.client_credentials(&["all"], None).await;
    let form = format!(
        "grant_type=password&client_id={id}&client_secret={secret}&username=anna@desk.test&password=correct horse"
    );
    let issued = desk.test.form("/auth/token", &form).await.expect(200);
    let refresh = issued["refresh_token"].as_str().unwrap();
    let (other, other_secret) = desk.test.client_credentials(&["all"], None).await;
    let stolen = format!(
        "grant_type=refresh_token&client_id={other}&client_secret={other_secret}&refresh_token={refresh}"
    );
    desk.test.form("/auth/token", &stolen).await.expect(400);
    desk.test
        .form("/auth/token", &format!("grant_type=refresh_token&refresh_token={refresh}"))
        .await
        .expect(400);
    let own =
        format!("grant_type=refresh_token&client_id={id}&client_secret={secret}&refresh_token={refresh}");
    desk.test.form("/auth/token", &own).await.expect(200);
}

#[tokio::test]
async fn a_revoked_client_is_out_at_once() {
    let test = TestApp::new().await;
    let (id, secret) = test.client_credentials(&["all"], None).await;
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let token = test.form("/auth/token", &form).await.expect(200);
    let token = token["access_token"].as_str().unwrap();
    test.get("/Agent/me", token).await.expect(200);
    client::revoke(&test.app, &id).await.unwrap();
    test.get("/Agent/me", token).await.refused(401);
    test.form("/auth/token", &form).await.expect(401);
}

#[tokio::test]
async fn a_new_password_ends_earlier_sign_ins() {
    let desk = Desk::new().await;
    let body = json!({ "id": desk.anna, "password": "another horse" });
    desk.test.post("/Agent", &desk.test.admin, &body).await.expect(201);
    desk.test.get("/Agent/me", &desk.anna_token).await.refused(401);
    desk.test.get("/Agent/me", &desk.bert_token).await.expect(200);
}

#[tokio::test]
async fn a_client_with_an_agent_acts_as_it() {
    let desk = Desk::new().await;
    let token = desk.test.client(&["access:chat"], Some(desk.bert)).await;
    let visit = desk.queued().await;
    desk.say_as(&token, visit.chat, json!({ "text": "Hello" })).await.expect(201);
    assert_eq!(desk.header(visit.chat, &token).await["agent_id"], desk.bert);
    desk.test.post("/Team", &token, &json!({ "name": "Mine" })).await.refused(403);
}

#[tokio::test]
async fn the_start_up_calls_answer_what_halos_clients_wait_for() {
    let test = TestApp::new().await;
    let info = test.get("/api/authinfo", "").await.expect(200);
    assert_eq!(info["auth_url"], "http://chat.test/auth");
    assert_eq!(info["tenant_id"], "");
    let lookup = test.get("/api/lookup?lookupid=11", &test.admin).await.expect(200);
    assert!(lookup[0]["id"].is_i64() && lookup[0]["name"].is_string());
    let instance = test.get("/api/InstanceInfo", &test.admin).await.expect(200);
    assert!(instance["app_version"].is_string() && instance["database_version"].is_string());
}
