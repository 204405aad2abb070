//! What may be tried on a chat, drawn at random.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Desk, Visit};

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[usize::try_from(self.roll(among.len() as u64)).unwrap()]
    }
}

/// What the desk lacks for it: a flow with everything that tells on the header, and a second one.
pub struct Scene {
    sales: i64,
    client: String,
}

impl Scene {
    pub async fn set(desk: &Desk) -> Self {
        let sales = desk.test.get("/Team", &desk.test.admin).await.expect(200);
        let sales =
            sales.as_array().unwrap().iter().find(|team| team["name"] == "Sales").unwrap()["id"].clone();
        let pet = desk.set_up("/FieldInfo", json!({ "name": "pet", "label": "Pet", "type": 0 })).await;
        let ada = json!({ "name": "Ada Lovelace", "emailaddress": "ada@example.test",
        "customfields": [{ "id": pet, "value": "Rex" }] });
        desk.set_up("/Users", ada).await;
        let kind = desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
        let to = |step: i64| json!([{ "end_step": step }]);
        let hub = json!([
        { "action_name": "verify", "end_step": 2 }, { "action_name": "ticket", "end_step": 3 },
        { "action_name": "rate", "end_step": 4 }, { "action_name": "other", "end_step": 5 },
        { "action_name": "people", "end_step": 6 }, { "action_name": "end", "end_step": 7 },
        { "action_name": "mute", "end_step": 8 } ]);
        let both = json!([{ "end_step": 1, "approval_result": 1 }, { "end_step": 1, "approval_result": 2 }]);
        let steps = json!([
        { "step_id": 1, "name": "Hub", "isstart": true, "steptype": 1, "message": "What?", "actions": hub },
        { "step_id": 2, "name": "Verify", "steptype": 4, "message": "E-mail?",
          "chat_step_questions": [{ "id": 1, "sequence": 1, "question": "Pet?", "answer_field_id": pet }], "actions": both },
        { "step_id": 3, "name": "Ticket", "steptype": 7, "newticket_tickettype_id": kind, "content": "Help", "actions": both },
        { "step_id": 4, "name": "Rate", "steptype": 13, "message": "How was it?", "actions": to(1) },
        { "step_id": 5, "name": "Other", "steptype": 12, "start_new_chat_flow_id": "silent" },
        { "step_id": 6, "name": "People", "steptype": 8, "message": "One moment", "chat_teams": [{ "id": desk.team }] },
        { "step_id": 7, "name": "End", "steptype": 16, "message": "Bye" },
        { "step_id": 8, "name": "Mute", "steptype": 12, "start_new_chat_flow_id": "mute" } ]);
        // Hands over without a word: only the queue tells that the flow has changed.
        desk.publish(
            "silent",
            json!([{ "step_id": 1, "name": "Over", "isstart": true, "steptype": 8,
        "chat_teams": [{ "id": sales }] }]),
        )
        .await;
        // Waits for another system without a word: nothing but an entry of its own tells that.
        let asks = json!({ "method": "GET", "url": "https://shop.test/" }).to_string();
        let mute = json!([
        { "step_id": 1, "name": "Ask", "isstart": true, "steptype": 11, "content": asks, "actions": [
            { "end_step": 2, "approval_result": 1 }, { "end_step": 2, "approval_result": 2 } ] },
        { "step_id": 2, "name": "End", "steptype": 16 } ]);
        desk.publish("mute", mute).await;
        desk.publish("life", steps).await;
        let client = desk.test.client(&["access:chat"], None).await;
        Self { sales: sales.as_i64().unwrap(), client }
    }
}

pub async fn start(desk: &Desk, dice: &mut Dice) -> Visit {
    let mut body = json!({ "chatprofileid": dice.pick(&["life", "life", "help"]), "chatprofilekey": "open" });
    for (member, value) in [
        ("display_name", json!("Ada")),
        ("email", json!("a@b.test")),
        ("pageurl", json!("https://shop.test/")),
        ("language_id", json!(3)),
        ("teams_conversation_id", json!("19:x")),
        ("name", json!("About a printer")),
    ] {
        if dice.roll(2) == 0 {
            body[member] = value;
        }
    }
    let started = desk.test.post("/Chat", "", &body).await.expect(201);
    Visit {
        chat: started["id"].as_i64().unwrap(),
        token: started["access_token"].as_str().unwrap().to_owned(),
        started,
    }
}

/// One request; much of it is refused, as in life.
pub struct Action {
    pub path: &'static str,
    pub token: String,
    pub body: Value,
}

/// Sends it, about this chat; the status that it had.
pub async fn carry_out(desk: &Desk, visit: &Visit, action: &Action) -> u16 {
    // Whole seconds are printed without a fraction; all lives together are shorter than a token's.
    desk.test.clock.advance(TimeDelta::seconds(2));
    let mut body = action.body.clone();
    if body.is_object() {
        body[if action.path == "/Chat" { "id" } else { "chat_id" }] = json!(visit.chat);
    }
    let reply = desk.test.post(action.path, &action.token, &body).await;
    assert!(!reply.status.is_server_error(), "{} {body}: {}", action.path, reply.body);
    reply.status.as_u16()
}

/// Something that might be done next.
pub fn act(desk: &Desk, scene: &Scene, visit: &Visit, dice: &mut Dice) -> Action {
    let staff = [&desk.anna_token, &desk.bert_token, &desk.carla_token, &desk.test.admin, &scene.client];
    let (path, token, body): (_, &String, _) = match dice.roll(12) {
        0..3 => ("/ChatMessage", &visit.token, said(visit, dice)),
        3 => ("/ChatMessage", &visit.token, visitors(dice)),
        4..6 => ("/ChatMessage", *dice.pick(&staff), by_staff(dice)),
        6 => {
            let step = i64::try_from(dice.roll(6)).unwrap() + 1;
            let profile = dice.pick(&["life", "silent", "help", "mute"]);
            ("/ChatFlow", &desk.test.admin, json!({ "chat_profile_id": profile, "flow_step": step }))
        }
        7 => ("/Chat", &visit.token, described(dice)),
        _ => ("/Chat", *dice.pick(&staff), moved(desk, scene, dice)),
    };
    Action { path, token: token.clone(), body }
}

/// One thing that the visitor says, or several in one request.
fn said(visit: &Visit, dice: &mut Dice) -> Value {
    let talks: [&[&str]; 8] = [
        &["verify", "ada@example.test", "Rex"],
        &["ticket"],
        &["rate", "5"],
        &["other"],
        &["mute"],
        &["people"],
        &["end"],
        &["Answer", "42"],
    ];
    let words = dice.pick(&talks).iter();
    words.map(|text| json!({ "chat_id": visit.chat, "text": text })).collect()
}

fn visitors(dice: &mut Dice) -> Value {
    let wishes = [
        json!({ "system_id": 9, "value_int": 4, "text": "fine" }),
        json!({ "_abandoned": true }),
        json!({ "system_id": 4 }),
        json!({ "text": "hm", "id": 3 }),
    ];
    dice.pick(&wishes).clone()
}

fn by_staff(dice: &mut Dice) -> Value {
    let number = dice.roll(6) + 2;
    let wishes = [
        json!({ "text": "Hello" }),
        json!({ "text": "Hello again", "display_name": "Shop" }),
        json!({ "text": "psst", "system_id": 17 }),
        json!({ "text": "better", "id": number }),
        json!({ "_delete": true, "id": number }),
        json!({ "_delete": true, "id": 2 }),
    ];
    dice.pick(&wishes).clone()
}

fn described(dice: &mut Dice) -> Value {
    let wishes = [
        json!({ "name": "Another name" }),
        json!({ "pageurl": "https://shop.test/cart", "language_id": 4 }),
        json!({ "isclosed": true }),
        json!({ "isclosed": false }),
        json!({ "readid": 4 }),
        json!({ "_leave": true }),
    ];
    dice.pick(&wishes).clone()
}

fn moved(desk: &Desk, scene: &Scene, dice: &mut Dice) -> Value {
    let wishes = [
        json!({ "agent_id": desk.anna }),
        json!({ "agent_id": desk.bert, "_note": "yours" }),
        json!({ "agent_id": desk.bert, "_takeover": true }),
        json!({ "_takeover": true, "_note": "mine" }),
        json!({ "team_id": scene.sales, "_note": "wants ten" }),
        json!({ "team_id": desk.team }),
        json!({ "_invite_agent_id": desk.bert }),
        json!({ "_invite_agent_id": desk.anna }),
        json!({ "_leave": true }),
        json!({ "isclosed": true, "name": "Done" }),
        json!({ "isclosed": false }),
        json!({ "readid": 3 }),
        json!({ "name": "By staff", "_note": "renamed" }),
    ];
    dice.pick(&wishes).clone()
}
