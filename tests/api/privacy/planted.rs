//! A person who leaves a word wherever the API takes one.

use hmac::{Hmac, Mac};
use serde_json::{Value, json};

use crate::harness::{Desk, PNG, Visit, bearer, token};

pub const CANARY: &str = "kanarienvogel";
pub const EMAIL: &str = "kanarienvogel@people.test";

const SLACK_SECRET: &str = "hush";

pub struct Planted {
    pub visits: Vec<Visit>,
}

impl Planted {
    /// A desk with flows that keep what they are told.
    pub async fn desk(variables: &[(&str, &str)]) -> Desk {
        let desk = Desk::over(crate::harness::TestApp::with(variables).await).await;
        let identity = json!({ "enable_user_matching": true, "new_hmac_secret": token::SECRET });
        token::save(&desk, identity).await;
        let field = desk.set_up("/FieldInfo", json!({ "name": "order", "label": "Order", "type": 0 })).await;
        let kind = desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
        let call = json!({ "method": "POST", "url": "https://shop.test/", "body": { "order": "$order" } });
        let both = |step: i64| json!([{ "end_step": step, "approval_result": 1 }, { "end_step": step, "approval_result": 2 }]);
        let steps = json!([
            { "step_id": 1, "isstart": true, "steptype": 2, "input_field_id": field, "message": "Which order?",
              "actions": [{ "end_step": 2 }] },
            { "step_id": 2, "steptype": 7, "newticket_tickettype_id": kind, "content": "Order $order",
              "actions": both(3) },
            { "step_id": 3, "steptype": 11, "content": call.to_string(), "actions": both(4) },
            { "step_id": 4, "steptype": 16, "message": "Bye" } ]);
        desk.publish("order", steps).await;
        let steps = json!([
            { "step_id": 1, "isstart": true, "steptype": 4, "message": "E-mail?",
              "chat_step_questions": [{ "id": 1, "sequence": 1, "question": "Order?", "answer_field_id": field }],
              "actions": both(2) },
            { "step_id": 2, "steptype": 16, "message": "Bye" } ]);
        desk.publish("verify", steps).await;
        let slack = json!({ "name": "Help in Slack", "app_id": "A1", "new_signing_secret": SLACK_SECRET });
        desk.set_up("/SlackChatApp", slack).await;
        desk
    }

    pub async fn plant(desk: &Desk) -> Self {
        let mut visits = vec![live(desk).await, order(desk).await, verify(desk).await, signed_in(desk).await];
        visits.sort_by_key(|visit| visit.chat);
        let told = json!({ "json_content": { "email": EMAIL, "name": CANARY } });
        desk.test.post("/ChatMatchingData", &desk.test.admin, &told).await.expect(201);
        slack(desk).await;
        Self { visits }
    }
}

async fn start(desk: &Desk, profile: &str) -> Visit {
    let body = json!({ "chatprofileid": profile, "chatprofilekey": "open", "display_name": format!("Ada {CANARY}"),
        "email": EMAIL, "pageurl": format!("https://shop.test/?q={CANARY}"),
        "teams_conversation_id": CANARY });
    let key = format!("{CANARY} {profile}");
    let started = desk.test.post_with("/Chat", "", &[("Idempotency-Key", &key)], &body).await.expect(201);
    visit(started)
}

fn visit(started: Value) -> Visit {
    Visit {
        chat: started["id"].as_i64().unwrap(),
        token: started["access_token"].as_str().unwrap().to_owned(),
        started,
    }
}

/// A chat with people: words, an edit, a file, a note, a rating.
async fn live(desk: &Desk) -> Visit {
    let visit = start(desk, "help").await;
    desk.say(&visit, json!({ "text": "Person" })).await;
    let join = json!({ "id": visit.chat, "agent_id": desk.anna, "_note": format!("about {CANARY}") });
    desk.test.post("/Chat", &desk.anna_token, &join).await.expect(201);
    let said = desk.say(
        &visit,
        json!({ "text": format!("I am {CANARY}"), "value_multi": CANARY, "from_address": CANARY }),
    );
    let said = said.await["id"].clone();
    let edit = json!({ "id": said, "chat_id": visit.chat, "text": format!("I am not {CANARY}") });
    desk.test.post("/ChatMessage", &desk.test.admin, &edit).await.expect(201);
    let bytes = [PNG, CANARY.as_bytes()].concat();
    let file = desk.test.upload(&visit.token, visit.chat, &format!("{CANARY}.png"), &bytes).await.expect(201);
    desk.say(&visit, json!({ "text": "see", "attachment_ids": [file["id"]] })).await;
    let answer = json!({ "text": format!("Hello {CANARY}") });
    desk.say_as(&desk.anna_token, visit.chat, answer).await.expect(201);
    let name = json!({ "id": visit.chat, "name": format!("Chat of {CANARY}") });
    desk.test.post("/Chat", &visit.token, &name).await.expect(201);
    let close = json!({ "id": visit.chat, "isclosed": true });
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    let rating =
        json!({ "chat_id": visit.chat, "system_id": 9, "value_int": 4, "text": format!("Dear {CANARY}") });
    let mut headers = bearer(&visit.token);
    headers.extend(
        [("content-type", "application/json"), ("idempotency-key", CANARY)]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let rated = desk.test.call("POST", "/ChatMessage", &headers, rating.to_string().into()).await;
    rated.expect(201);
    visit
}

/// A flow that remembers an answer, logs a ticket with it and waits for another system.
async fn order(desk: &Desk) -> Visit {
    let visit = start(desk, "order").await;
    desk.say(&visit, json!({ "text": format!("Order {CANARY}") })).await;
    let ticket = desk.header(visit.chat, &desk.test.admin).await["ticket_id"].clone();
    let action = json!({ "ticket_id": ticket, "outcome": "Called", "note": format!("{CANARY} is angry") });
    desk.test.post("/Actions", &desk.test.admin, &action).await.expect(201);
    visit
}

/// A flow that stands in the middle of a proof.
async fn verify(desk: &Desk) -> Visit {
    start(desk, "verify").await
}

async fn signed_in(desk: &Desk) -> Visit {
    let claims = json!({ "sub": CANARY, "name": format!("Ada {CANARY}"), "email": EMAIL });
    visit(token::start(desk, &token::token(token::SECRET, claims)).await.expect(201))
}

/// A message that waits to be worked off, and what Slack once said of its author.
async fn slack(desk: &Desk) {
    let event = json!({ "type": "event_callback", "api_app_id": "A1", "team_id": "T1", "event_id": "Ev1",
        "event": { "type": "message", "channel": "D1", "channel_type": "im", "user": "UKANARIENVOGEL",
            "text": format!("It is {CANARY}"), "ts": "1772442000.000100" } });
    let (body, now) = (event.to_string(), token::START.to_string());
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SLACK_SECRET.as_bytes()).unwrap();
    mac.update(format!("v0:{now}:{body}").as_bytes());
    let mac = mac.finalize().into_bytes();
    let signature = aureole::domain::hex::hex(&mac);
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-slack-request-timestamp", now),
        ("x-slack-signature", format!("v0={signature}")),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    desk.test.call("POST", "/Slack/Event", &headers, body.into()).await.expect(200);
    sqlx::query(
        "insert into slack_people (chat_app_id, user_id, name, email, im_channel_id, read_at)
         select id, 'UKANARIENVOGEL', 'Ada kanarienvogel', 'kanarienvogel@people.test', 'D1', now()
         from slack_chat_apps",
    )
    .execute(&desk.test.app.pool)
    .await
    .unwrap();
}

/// Somebody else, who does much the same.
pub async fn other(desk: &Desk) -> Visit {
    let visit = desk.live().await;
    desk.say(&visit, json!({ "text": "I am Grace" })).await;
    desk.test.upload(&visit.token, visit.chat, "grace.png", PNG).await.expect(201);
    desk.say(&visit, json!({ "text": "Thank you" })).await;
    visit
}

/// What the API says of somebody's chat, with the bytes of its files.
pub async fn everything_of(desk: &Desk, visit: &Visit) -> Value {
    let files = format!("/Attachment?chat_id={}", visit.chat);
    let files = desk.test.get(&files, &visit.token).await.expect(200);
    let bytes = desk.test.download(&visit.token, &files["attachments"][0]).await.bytes;
    json!({ "header": desk.header(visit.chat, &visit.token).await,
        "log": desk.log(visit.chat, &visit.token, 0).await, "files": files, "bytes": bytes.to_vec() })
}
