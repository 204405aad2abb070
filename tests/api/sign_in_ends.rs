//! What ends a sign-in: its access tokens and its refresh tokens, at once.

use aureole::{
    config::AdminClient,
    domain::audit::Actor,
    service::auth::{agent, client},
};
use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{Desk, PASSWORD, TestApp, eventually};

/// An agent who has signed in.
struct SignIn {
    desk: Desk,
    client: String,
    token: String,
    refresh: String,
}

impl SignIn {
    async fn new() -> Self {
        let desk = Desk::new().await;
        let (id, secret) = desk.test.client_credentials(&["all"], None).await;
        let client = format!("client_id={id}&client_secret={secret}");
        let issued = sign_in(&desk.test, &client, PASSWORD).await.expect(200);
        let text = |name: &str| issued[name].as_str().unwrap().to_owned();
        Self { token: text("access_token"), refresh: text("refresh_token"), desk, client }
    }

    async fn change_anna(&self, change: Value) {
        let mut body = json!({ "id": self.desk.anna });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.desk.test.post("/Agent", &self.desk.test.admin, &body).await.expect(201);
    }

    async fn is_over(&self) {
        self.desk.test.get("/Agent/me", &self.token).await.refused(401);
        let form = format!("grant_type=refresh_token&{}&refresh_token={}", self.client, self.refresh);
        assert_eq!(self.desk.test.form("/auth/token", &form).await.expect(400)["error"], "invalid_grant");
        self.desk.test.get("/Agent/me", &self.desk.bert_token).await.expect(200);
    }
}

async fn sign_in(test: &TestApp, client: &str, password: &str) -> crate::harness::Reply {
    let form = format!("grant_type=password&{client}&username=anna@desk.test&password={password}");
    test.form("/auth/token", &form).await
}

#[tokio::test]
async fn a_new_password_ends_it_whoever_sets_it() {
    let before = SignIn::new().await;
    before.change_anna(json!({ "password": "another horse" })).await;
    before.is_over().await;

    let before = SignIn::new().await;
    agent::set_password_of(
        &before.desk.test.app,
        &Actor::operator(),
        "anna@desk.test",
        "another horse".into(),
    )
    .await
    .unwrap();
    before.is_over().await;
    sign_in(&before.desk.test, &before.client, PASSWORD).await.expect(400);
    sign_in(&before.desk.test, &before.client, "another horse").await.expect(200);
}

#[tokio::test]
async fn an_agent_who_is_disabled_or_deleted_is_out_and_comes_back_to_no_old_token() {
    let disabled = SignIn::new().await;
    disabled.change_anna(json!({ "isdisabled": true })).await;
    disabled.is_over().await;
    disabled.change_anna(json!({ "isdisabled": false })).await;
    disabled.is_over().await;
    sign_in(&disabled.desk.test, &disabled.client, PASSWORD).await.expect(200);

    let deleted = SignIn::new().await;
    let path = format!("/Agent/{}", deleted.desk.anna);
    deleted.desk.test.delete(&path, &deleted.desk.test.admin).await.expect(200);
    deleted.is_over().await;
}

#[tokio::test]
async fn another_secret_of_the_administrators_client_ends_what_the_former_one_began() {
    let test = TestApp::new().await;
    let save = async |secret: &str| {
        let admin = AdminClient { id: "operator".to_owned(), secret: secret.into() };
        client::save_admin(&test.app, &admin).await.unwrap();
    };
    let sign_in = async |secret: &str| {
        let form = format!("grant_type=client_credentials&client_id=operator&client_secret={secret}");
        test.form("/auth/token", &form).await
    };
    save("first").await;
    let token = sign_in("first").await.expect(200)["access_token"].as_str().unwrap().to_owned();
    save("first").await;
    test.get("/Agent/me", &token).await.expect(200);
    save("second").await;
    test.get("/Agent/me", &token).await.refused(401);
    sign_in("first").await.expect(401);
    sign_in("second").await.expect(200);
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_while_the_password_changes_comes_to_nothing() {
    let desk = Desk::new().await;
    let (id, secret) = desk.test.client_credentials(&["all"], None).await;
    let client = format!("client_id={id}&client_secret={secret}");
    let pool = &desk.test.app.pool;
    let mut change = pool.begin().await.unwrap();
    let other = "update agents set password_hash = 'another' where id = $1";
    sqlx::query(other).bind(i32::try_from(desk.anna).unwrap()).execute(&mut *change).await.unwrap();
    let under_way = sign_in(&desk.test, &client, PASSWORD);
    let end = async {
        let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
                     and datname = current_database()";
        eventually("the sign-in to wait", || async {
            let waiting: i64 = sqlx::query_scalar(waits).fetch_one(pool).await.unwrap();
            (waiting > 0).then_some(())
        })
        .await;
        change.commit().await.unwrap();
    };
    let (reply, ()) = tokio::join!(under_way, end);
    assert_eq!(reply.expect(400)["error"], "invalid_grant");
}

#[tokio::test]
async fn an_answer_with_tokens_is_kept_by_nobody() {
    let desk = Desk::new().await;
    let (id, secret) = desk.test.client_credentials(&["all"], None).await;
    let reply = sign_in(&desk.test, &format!("client_id={id}&client_secret={secret}"), PASSWORD).await;
    assert_eq!(reply.headers["cache-control"], "no-store");
    let body = Body::from(json!({ "chatprofileid": "help", "key": "open" }).to_string());
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let started = desk.test.call("POST", "/Chat", &json, body).await;
    assert_eq!(
        (started.status.as_u16(), &started.headers["cache-control"]),
        (201, &"no-store".parse().unwrap())
    );
}
