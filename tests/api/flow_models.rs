//! Steps that ask a language model, against an endpoint that speaks OpenAI's chat completions.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use aureole::service::outbox;
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::{Desk, TestApp, Visit};

/// A model that says what it was told to, in order, and keeps what it was asked.
#[derive(Clone, Default)]
struct Model {
    asked: Arc<Mutex<Vec<Value>>>,
    says: Arc<Mutex<VecDeque<(u16, Value)>>>,
}

impl Model {
    async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = post(async |State(model): State<Self>, body: Bytes| {
            model.asked.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            let (status, message) = model.says.lock().unwrap().pop_front().expect("it has something to say");
            let answer = json!({ "choices": [{ "finish_reason": "stop", "message": message }] });
            (StatusCode::from_u16(status).unwrap(), answer.to_string())
        });
        let router = Router::new().route("/v1/chat/completions", answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/v1")
    }

    fn will_say(&self, message: Value) {
        self.says.lock().unwrap().push_back((200, message));
    }

    fn will_fail(&self) {
        self.says.lock().unwrap().push_back((400, json!({})));
    }

    fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn words(words: &str) -> Value {
    json!({ "role": "assistant", "content": words })
}

fn calls(name: &str, arguments: &Value) -> Value {
    let function = json!({ "name": name, "arguments": arguments.to_string() });
    json!({ "role": "assistant", "content": null,
        "tool_calls": [{ "id": "call-1", "type": "function", "function": function }] })
}

async fn desk_with_model() -> (Desk, Model) {
    let model = Model::default();
    let url = model.start().await;
    let variables = [("AI_API_URL", url.as_str()), ("AI_API_KEY", "sk-secret"), ("AI_MODEL", "plain")];
    (Desk::over(TestApp::with(&variables).await).await, model)
}

async fn conversing(agent: Value) -> (Desk, Model, Visit) {
    let (desk, model) = desk_with_model().await;
    let agent = desk.set_up("/VirtualAgent", agent).await;
    desk.publish(
        "agent",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 9, "message": "Ask me.", "content": "Be kind to $username.",
              "virtual_agent_id": agent.to_string(), "ai_failure_step": 3,
              "actions": [{ "end_step": 2, "approval_result": 1 }] },
            { "step_id": 2, "steptype": 8, "message": "Somebody will come.", "chat_teams": [{ "id": desk.team }] },
            { "step_id": 3, "steptype": 16, "message": "I cannot think." }
        ]),
    )
    .await;
    let visit = desk.visit_to("agent").await;
    (desk, model, visit)
}

fn printers() -> Value {
    json!({ "name": "Pat", "instructions": "You know printers.", "model": "clever" })
}

#[tokio::test]
async fn a_virtual_agent_answers_with_what_it_found_and_logged_until_it_hands_over() {
    let (desk, model, visit) = conversing(printers()).await;
    let article =
        json!({ "name": "Printers", "description": "Jams", "resolution": "<p>Open the <b>rear</b></p>" });
    desk.set_up("/KBArticle", article).await;
    desk.say(&visit, json!({ "text": "My printer is jammed" })).await;
    model.will_say(calls("search_knowledge", &json!({ "query": "prin\0ters" })));
    model.will_say(calls("log_ticket", &json!({ "summary": "Jam", "details": "Third\0 floor" })));
    model.will_say(words("Open it. I have logged <ticket>."));
    assert_eq!(outbox::drain(&desk.test.app).await.unwrap(), 1);
    let asked = model.asked();
    assert_eq!(asked[0]["model"], "clever");
    let system = asked[0]["messages"][0]["content"].as_str().unwrap();
    assert_eq!(system, "You know printers.\n\nBe kind to Ada.");
    let turns: Vec<&Value> = asked[0]["messages"].as_array().unwrap()[1..].iter().collect();
    assert_eq!(turns.len(), 2, "{turns:?}");
    assert_eq!((&turns[0]["role"], &turns[0]["content"]), (&json!("assistant"), &json!("Ask me.")));
    assert_eq!((&turns[1]["role"], &turns[1]["content"]), (&json!("user"), &json!("My printer is jammed")));
    let found = asked[1]["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(found["role"], "tool");
    assert_eq!(found["content"], "Printers\nJams\nOpen the rear");
    let ticket = desk.header(visit.chat, &visit.token).await["ticket_id"].as_i64().unwrap();
    let logged = asked[2]["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(logged["content"], format!("Ticket {ticket} was logged."));
    let stored = desk.test.get(&format!("/Tickets/{ticket}"), &desk.test.admin).await.expect(200);
    assert_eq!(stored["summary"], "Jam");
    assert!(stored["details"].as_str().unwrap().starts_with("Third floor"));
    let log = desk.log(visit.chat, &visit.token, 3).await;
    assert_eq!((&log[0]["system_id"], &log[0]["ticket_id"]), (&json!(10), &json!(ticket)));
    assert_eq!(log[1]["text"], "Open it. I have logged &lt;ticket&gt;.");
    assert_eq!(log[1]["next_input_id"], 1, "the visitor may go on");
    desk.say(&visit, json!({ "text": "I want a human" })).await;
    model.will_say(calls("hand_over", &json!({})));
    outbox::drain(&desk.test.app).await.unwrap();
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "queued");
}

#[tokio::test]
async fn a_chat_has_one_ticket_however_often_the_model_logs_one() {
    let (desk, model, visit) = conversing(printers()).await;
    desk.say(&visit, json!({ "text": "Help" })).await;
    model.will_say(calls("log_ticket", &json!({ "summary": "One" })));
    model.will_say(calls("log_ticket", &json!({ "summary": "Two" })));
    model.will_say(words("Done."));
    outbox::drain(&desk.test.app).await.unwrap();
    let tickets = desk.test.get("/Tickets", &desk.test.admin).await.expect(200);
    assert_eq!((&tickets["record_count"], &tickets["tickets"][0]["summary"]), (&json!(1), &json!("One")));
}

#[tokio::test]
async fn a_model_that_fails_refuses_or_never_speaks_is_left_by_its_failure_step() {
    let refusal = json!({ "role": "assistant", "content": null, "refusal": "No." });
    for outcome in ["failure", "refusal", "silence", "nonsense"] {
        let (desk, model, visit) = conversing(printers()).await;
        desk.say(&visit, json!({ "text": "Help" })).await;
        match outcome {
            "failure" => model.will_fail(),
            "refusal" => model.will_say(refusal.clone()),
            "silence" => model.will_say(words("  ")),
            _ => (0..6).for_each(|_| model.will_say(calls("no_such_tool", &json!({})))),
        }
        outbox::drain(&desk.test.app).await.unwrap();
        let log = desk.transcript(visit.chat, &visit.token).await;
        assert_eq!(log[log.len() - 2], "agent: I cannot think.", "{outcome}");
    }
}

#[tokio::test]
async fn an_agent_that_is_not_there_or_inactive_is_a_failure() {
    let mut idle = printers();
    idle["inactive"] = json!(true);
    let (desk, model, visit) = conversing(idle).await;
    desk.say(&visit, json!({ "text": "Help" })).await;
    outbox::drain(&desk.test.app).await.unwrap();
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "closed");
    assert!(model.asked().is_empty());
}

#[tokio::test]
async fn what_is_said_while_the_agent_thinks_is_heard_next() {
    let (desk, model, visit) = conversing(printers()).await;
    desk.say(&visit, json!({ "text": "One" })).await;
    desk.say(&visit, json!({ "text": "Two" })).await;
    model.will_say(words("First."));
    model.will_say(words("Second."));
    assert_eq!(outbox::drain(&desk.test.app).await.unwrap(), 2);
    let asked = model.asked();
    let turns = asked[1]["messages"].as_array().unwrap();
    let contents: Vec<&Value> = turns[1..].iter().map(|turn| &turn["content"]).collect();
    assert_eq!(contents, ["Ask me.", "One", "Two", "First.", "Two"]);
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log[log.len() - 2..], ["agent: First.", "agent: Second."]);
}

#[tokio::test]
async fn a_model_decides_by_the_number_of_an_option() {
    let (desk, model) = desk_with_model().await;
    desk.publish(
        "decide",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 2, "message": "What is it?", "actions": [{ "end_step": 2 }] },
            { "step_id": 2, "steptype": 10, "content": "Sales or help?", "ai_failure_step": 5, "actions": [
                { "action_name": "Sales", "end_step": 3, "chat_selection_order": 1 },
                { "action_name": "Help", "end_step": 4, "chat_selection_order": 2 }] },
            { "step_id": 3, "steptype": 16, "message": "To sales." },
            { "step_id": 4, "steptype": 16, "message": "To help." },
            { "step_id": 5, "steptype": 16, "message": "I do not know." }
        ]),
    )
    .await;
    for (said, end) in
        [("2", "decide: To help."), ("Sales", "decide: To sales."), ("7", "decide: I do not know.")]
    {
        let visit = desk.visit_to("decide").await;
        desk.say(&visit, json!({ "text": "It is broken" })).await;
        model.will_say(words(said));
        outbox::drain(&desk.test.app).await.unwrap();
        let log = desk.transcript(visit.chat, &visit.token).await;
        assert_eq!(log[log.len() - 2], end);
        let asked = model.asked();
        assert_eq!(asked[0]["model"], "plain");
        let system = asked[0]["messages"][0]["content"].as_str().unwrap();
        assert!(system.ends_with("Options:\n1. Sales\n2. Help"), "{system}");
    }
}

#[tokio::test]
async fn without_a_model_such_a_step_fails_at_once_and_says_so() {
    let desk = Desk::new().await;
    desk.publish(
        "alone",
        json!([
            { "step_id": 1, "isstart": true, "steptype": 9, "ai_failure_step": 2,
              "actions": [{ "end_step": 2, "approval_result": 1 }] },
            { "step_id": 2, "steptype": 16, "message": "No model." }
        ]),
    )
    .await;
    let visit = desk.visit_to("alone").await;
    outbox::drain(&desk.test.app).await.unwrap();
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log[log.len() - 2], "alone: No model.");
}
