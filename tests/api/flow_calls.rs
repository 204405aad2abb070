//! Steps that call other systems: what is sent, what comes of the answer, and who is not called.

use std::sync::{Arc, Mutex};

use aureole::service::outbox;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri},
    routing::any,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Desk, TestApp, Visit};

/// What another system was sent: address, idempotency key, body.
type Received = Arc<Mutex<Vec<(String, String, String)>>>;

/// Another system, at this machine: it gives the order's state, whichever order it is.
struct Other {
    address: String,
    received: Received,
}

impl Other {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let received = Received::default();
        let answer =
            any(async |State(received): State<Received>, uri: Uri, headers: HeaderMap, body: Bytes| {
                let key = headers["idempotency-key"].to_str().unwrap().to_owned();
                let body = String::from_utf8(body.to_vec()).unwrap();
                received.lock().unwrap().push((uri.to_string(), key, body));
                r#"{"order": {"state": "on its <way>", "parcels": 2}, "odd": "a\u0000b"}"#
            });
        let router = Router::new().fallback(answer).with_state(received.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, received }
    }

    fn received(&self) -> Vec<(String, String, String)> {
        self.received.lock().unwrap().clone()
    }
}

fn order_flow(address: &str) -> Value {
    let request = json!({ "method": "POST", "url": format!("http://{address}/orders/$answer?by=$username"),
        "body": { "number": "$answer", "note": "\"$username\"" } });
    json!([
        { "step_id": 1, "isstart": true, "steptype": 2, "message": "Which order?", "actions": [{ "end_step": 2 }] },
        { "step_id": 2, "steptype": 11, "message": "I am asking.", "content": request.to_string(),
          "output_variables": [{ "id": 1, "key": "state", "value": "/order/state" },
              { "id": 2, "key": "parcels", "value": "/order/parcels" }],
          "actions": [{ "end_step": 3, "approval_result": 1 }, { "end_step": 4, "approval_result": 2 }] },
        { "step_id": 3, "steptype": 16, "message": "It is $state, $parcels parcels." },
        { "step_id": 4, "steptype": 16, "message": "I could not find out." }
    ])
}

async fn ordering(allow: &str) -> (Desk, Other, Visit) {
    let other = Other::start().await;
    let desk = Desk::over(TestApp::with(&[("OUTBOUND_ALLOW", allow)]).await).await;
    desk.publish("order", order_flow(&other.address)).await;
    let visit = desk.visit_to("order").await;
    desk.say(&visit, json!({ "text": "18/15 \"?" })).await;
    (desk, other, visit)
}

#[tokio::test]
async fn an_http_step_is_answered_later_and_its_values_go_on_in_the_flow() {
    let (desk, other, visit) = ordering("127.0.0.1/32").await;
    let before = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(before.last().unwrap(), "order: I am asking.", "nobody waits for another system");
    desk.say(&visit, json!({ "text": "Hello?" })).await;
    assert_eq!(outbox::drain(&desk.test.app).await.unwrap(), 1);
    let log = desk.log(visit.chat, &visit.token, 4).await;
    let said: Vec<&str> = log.iter().map(|entry| entry["text"].as_str().unwrap()).collect();
    assert_eq!(said, ["Hello?", "It is on its &lt;way&gt;, 2 parcels.", ""]);
    let received = other.received();
    let [(uri, key, body)] = &received[..] else { panic!("{received:?}") };
    assert_eq!(uri, "/orders/18%2F15%20%22%3F?by=Ada");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, json!({ "number": "18/15 \"?", "note": "\"Ada\"" }));
    assert!(key.len() > 16);
    assert_eq!(outbox::drain(&desk.test.app).await.unwrap(), 0, "it is made once");
}

#[tokio::test]
async fn a_private_address_is_not_called_unless_the_operator_names_it() {
    let (desk, other, visit) = ordering("").await;
    outbox::drain(&desk.test.app).await.unwrap();
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log[log.len() - 2], "order: I could not find out.");
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn an_answer_that_comes_after_the_end_says_nothing() {
    let (desk, other, visit) = ordering("127.0.0.1/32").await;
    let close = json!({ "id": visit.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.test.admin, &close).await.expect(201);
    let before = desk.transcript(visit.chat, &visit.token).await;
    outbox::drain(&desk.test.app).await.unwrap();
    assert_eq!(other.received().len(), 1);
    assert_eq!(desk.transcript(visit.chat, &visit.token).await, before);
    let open = json!({ "id": visit.chat, "isclosed": false });
    desk.test.post("/Chat", &desk.test.admin, &open).await.expect(201);
    desk.say(&visit, json!({ "text": "Still there?" })).await;
}

#[tokio::test]
async fn an_agent_who_takes_the_chat_meanwhile_is_not_interrupted() {
    let (desk, _, visit) = ordering("127.0.0.1/32").await;
    let take = json!({ "id": visit.chat, "agent_id": desk.anna });
    desk.test.post("/Chat", &desk.test.admin, &take).await.expect(201);
    let before = desk.transcript(visit.chat, &visit.token).await;
    outbox::drain(&desk.test.app).await.unwrap();
    assert_eq!(desk.transcript(visit.chat, &visit.token).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_workers_make_each_call_once() {
    let (desk, other, visit) = ordering("127.0.0.1/32").await;
    for _ in 0..9 {
        let visit = desk.visit_to("order").await;
        desk.say(&visit, json!({ "text": "7" })).await;
    }
    let drain = || outbox::drain(&desk.test.app);
    let (one, two, three) = tokio::join!(drain(), drain(), drain());
    assert_eq!(one.unwrap() + two.unwrap() + three.unwrap(), 10);
    assert_eq!(other.received().len(), 10);
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "closed");
}

#[tokio::test]
async fn a_character_that_cannot_be_stored_is_left_out_of_an_answer() {
    let other = Other::start().await;
    let desk = Desk::over(TestApp::with(&[("OUTBOUND_ALLOW", "127.0.0.1/32")]).await).await;
    let call = json!({ "url": format!("http://{}/", other.address) }).to_string();
    let steps = json!([
        { "step_id": 1, "isstart": true, "steptype": 11, "content": call,
          "output_variables": [{ "id": 1, "key": "odd", "value": "/odd" }],
          "actions": [{ "end_step": 2, "approval_result": 1 }, { "end_step": 2, "approval_result": 2 }] },
        { "step_id": 2, "steptype": 16, "message": "It is $odd." }
    ]);
    desk.publish("odd", steps).await;
    let visit = desk.visit_to("odd").await;
    outbox::drain(&desk.test.app).await.unwrap();
    assert!(desk.transcript(visit.chat, &visit.token).await.contains(&"odd: It is ab.".to_owned()));
}
