//! Whoever hangs up, at whatever moment, leaves nothing behind that others would stumble over.

use std::{future::poll_fn, pin::pin, task::Poll};

use axum::body::Body;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::harness::{Desk, PASSWORD, TestApp, bearer, eventually};

/// More waits than any of the requests has.
const WAITS_MAX: usize = 500;

/// Lets a request go on until it has waited so often, and drops it there; what it came to, if that
/// was less.
async fn hung_up<T>(request: impl Future<Output = T>, waits: usize) -> Option<T> {
    let (mut request, mut waited) = (pin!(request), 0);
    poll_fn(|context| match request.as_mut().poll(context) {
        Poll::Ready(reply) => Poll::Ready(Some(reply)),
        Poll::Pending if waited == waits => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

/// Sends a request again and again, and hangs up a moment later each time, until it is answered.
async fn hang_up_everywhere(test: &TestApp, path: &str, token: &str, kind: &str, body: &str, status: u16) {
    let mut headers = bearer(token);
    headers.push(("content-type".to_owned(), format!("application/{kind}")));
    for waits in 0..WAITS_MAX {
        let request = test.call("POST", path, &headers, Body::from(body.to_owned()));
        if let Some(reply) = hung_up(request, waits).await {
            reply.expect(status);
            assert!(waits > 0, "{path} was hung up on in the middle");
            return;
        }
    }
    panic!("{path} was never answered");
}

#[tokio::test]
async fn a_request_that_is_given_up_anywhere_leaves_no_transaction_open() {
    // Alone: what is given up is to be the request, not the way to one of several processes.
    let desk = Desk::over(TestApp::alone().await).await;
    let test = &desk.test;
    let json = |body: Value| body.to_string();
    let start = json(json!({ "chatprofileid": "help", "key": "open" }));
    hang_up_everywhere(test, "/Chat", "", "json", &start, 201).await;
    let away = json(json!({ "agent_id": desk.anna, "agent_status": 3 }));
    hang_up_everywhere(test, "/OnlineStatus", &desk.anna_token, "json", &away, 201).await;
    let ticket = json(json!({ "summary": "Fire" }));
    hang_up_everywhere(test, "/Tickets", &desk.anna_token, "json", &ticket, 201).await;
    let (client, secret) = test.client_credentials(&["all"], None).await;
    let sign_in = format!(
        "grant_type=password&client_id={client}&client_secret={secret}&username=anna@desk.test&password={PASSWORD}"
    );
    hang_up_everywhere(test, "/auth/token", "", "x-www-form-urlencoded", &sign_in, 200).await;
    // Not through the pool: a connection that is left in a transaction would look busy while it is asked.
    let mut beside = PgConnection::connect_with(&test.app.pool.connect_options()).await.unwrap();
    let beside = tokio::sync::Mutex::new(&mut beside);
    eventually("every transaction to end", || async {
        let open = "select count(*) from pg_stat_activity
            where datname = current_database() and state like 'idle in transaction%'";
        let open: i64 = sqlx::query_scalar(open).fetch_one(&mut **beside.lock().await).await.unwrap();
        (open == 0).then_some(())
    })
    .await;
}
