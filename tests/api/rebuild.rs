//! Every header can be rebuilt from its chat's log alone: many random lives of chats, each replayed.

use aureole::{
    domain::{
        chat::{Closing, Participant, Person, Stage},
        ids::{AgentId, ChatId, TeamId, UserId},
        replay::{Replayed, replay},
    },
    store::{self, message::Range},
};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::harness::{Desk, Visit};

/// Chats, and what is tried on each of them.
const CHATS: u64 = 30;
const ACTIONS: u64 = 30;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[usize::try_from(self.roll(among.len() as u64)).unwrap()]
    }
}

#[tokio::test]
async fn every_header_can_be_rebuilt_from_its_log_alone() {
    let desk = Desk::new().await;
    let stage = set(&desk).await;
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..CHATS {
        let mut dice = Dice(seed);
        let visit = start(&desk, &mut dice).await;
        let mut done = Vec::new();
        for _ in 0..ACTIONS {
            // Whole seconds are printed without a fraction; all lives together are shorter than a token's.
            desk.test.clock.advance(TimeDelta::seconds(2));
            done.push(act(&desk, &stage, &visit, &mut dice).await);
            let header = desk.header(visit.chat, &desk.test.admin).await;
            let rebuilt = shown(&rebuild(&desk, visit.chat).await);
            assert_eq!(rebuilt, same_members(&rebuilt, &header), "chat {seed} after {done:#?}");
        }
        seen.extend(
            desk.log(visit.chat, &desk.test.admin, 0).await.iter().map(|one| one["system_id"].as_i64()),
        );
    }
    let all = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 17, 18].map(Some);
    assert!(
        all.iter().all(|code| seen.contains(code)),
        "the lives are long enough to see everything: {seen:?}"
    );
}

/// What the desk lacks for it: a flow with everything that tells on the header, and a second one.
struct Scene {
    sales: i64,
    client: String,
}

async fn set(desk: &Desk) -> Scene {
    let sales = desk.test.get("/Team", &desk.test.admin).await.expect(200);
    let sales = sales.as_array().unwrap().iter().find(|team| team["name"] == "Sales").unwrap()["id"].clone();
    let pet = desk.set_up("/FieldInfo", json!({ "name": "pet", "label": "Pet", "type": 0 })).await;
    let ada = json!({ "name": "Ada Lovelace", "emailaddress": "ada@example.test",
        "customfields": [{ "id": pet, "value": "Rex" }] });
    desk.set_up("/Users", ada).await;
    let kind = desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
    let to = |step: i64| json!([{ "end_step": step }]);
    let hub = json!([
        { "action_name": "verify", "end_step": 2 }, { "action_name": "ticket", "end_step": 3 },
        { "action_name": "rate", "end_step": 4 }, { "action_name": "other", "end_step": 5 },
        { "action_name": "people", "end_step": 6 }, { "action_name": "end", "end_step": 7 } ]);
    let both = json!([{ "end_step": 1, "approval_result": 1 }, { "end_step": 1, "approval_result": 2 }]);
    let steps = json!([
        { "step_id": 1, "name": "Hub", "isstart": true, "steptype": 1, "message": "What?", "actions": hub },
        { "step_id": 2, "name": "Verify", "steptype": 4, "message": "E-mail?",
          "chat_step_questions": [{ "id": 1, "sequence": 1, "question": "Pet?", "answer_field_id": pet }], "actions": both },
        { "step_id": 3, "name": "Ticket", "steptype": 7, "newticket_tickettype_id": kind, "content": "Help", "actions": both },
        { "step_id": 4, "name": "Rate", "steptype": 13, "message": "How was it?", "actions": to(1) },
        { "step_id": 5, "name": "Other", "steptype": 12, "start_new_chat_flow_id": "silent" },
        { "step_id": 6, "name": "People", "steptype": 8, "message": "One moment", "chat_teams": [{ "id": desk.team }] },
        { "step_id": 7, "name": "End", "steptype": 16, "message": "Bye" } ]);
    // Hands over without a word: only the queue tells that the flow has changed.
    desk.publish(
        "silent",
        json!([{ "step_id": 1, "name": "Over", "isstart": true, "steptype": 8,
        "chat_teams": [{ "id": sales }] }]),
    )
    .await;
    desk.publish("life", steps).await;
    let client = desk.test.client(&["access:chat"], None).await;
    Scene { sales: sales.as_i64().unwrap(), client }
}

async fn start(desk: &Desk, dice: &mut Dice) -> Visit {
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

/// Tries something; what, and the status that it had. Much of it is refused, as in life.
async fn act(desk: &Desk, scene: &Scene, visit: &Visit, dice: &mut Dice) -> String {
    let staff = [&desk.anna_token, &desk.bert_token, &desk.carla_token, &desk.test.admin, &scene.client];
    let (path, token, mut body) = match dice.roll(12) {
        0..3 => ("/ChatMessage", &visit.token, said(visit, dice)),
        3 => ("/ChatMessage", &visit.token, visitors(dice)),
        4..6 => ("/ChatMessage", *dice.pick(&staff), by_staff(dice)),
        6 => {
            let step = i64::try_from(dice.roll(6)).unwrap() + 1;
            let profile = dice.pick(&["life", "silent", "help"]);
            ("/ChatFlow", &desk.test.admin, json!({ "chat_profile_id": profile, "flow_step": step }))
        }
        7 => ("/Chat", &visit.token, described(dice)),
        _ => ("/Chat", *dice.pick(&staff), moved(desk, scene, dice)),
    };
    if body.is_object() {
        body[if path == "/Chat" { "id" } else { "chat_id" }] = json!(visit.chat);
    }
    let reply = desk.test.post(path, token, &body).await;
    assert!(!reply.status.is_server_error(), "{path} {body}: {}", reply.body);
    format!("{path} {body} -> {}", reply.status)
}

/// One thing that the visitor says, or several in one request.
fn said(visit: &Visit, dice: &mut Dice) -> Value {
    let talks: [&[&str]; 7] = [
        &["verify", "ada@example.test", "Rex"],
        &["ticket"],
        &["rate", "5"],
        &["other"],
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

async fn rebuild(desk: &Desk, chat: i64) -> Replayed {
    let mut conn = store::acquire(&desk.test.app.pool).await.unwrap();
    let all = Range { after: 0, up_to: i32::MAX, newest: false, limit: 10_000, with_staff_only: true };
    let chat = ChatId::new(i32::try_from(chat).unwrap());
    replay(&store::message::list(&mut conn, chat, all).await.unwrap()).expect("the log says how it began")
}

fn moment(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// The rebuilt header, member for member as the API names them; what is not there is null.
fn shown(chat: &Replayed) -> Value {
    let is_abandoned = matches!(chat.closing, Some(Closing { is_abandoned: true, .. }));
    let state = match (chat.closing, chat.stage) {
        (Some(_), _) if is_abandoned => "abandoned",
        (Some(_), _) => "closed",
        (None, Stage::Bot) => "bot",
        (None, Stage::Queued) => "queued",
        (None, Stage::Live { .. }) => "live",
    };
    json!({
        "state": state,
        "name": chat.described.name,
        "istech": chat.is_agent_chat,
        "isclosed": chat.closing.is_some(),
        "isabandoned": is_abandoned,
        "isassigned": chat.stage.agent().is_some(),
        "livechatstarted": chat.stage != Stage::Bot,
        "agent_id": chat.stage.agent().map_or(0, AgentId::get),
        "team_id": chat.team.map_or(0, TeamId::get),
        "ticket_id": chat.ticket_id.unwrap_or(0),
        "chatprofile_id": chat.described.profile.as_ref().map(ToString::to_string),
        "flow_step": chat.flow_step,
        "pageurl": chat.described.page_url,
        "language_id": chat.described.language_id,
        "teams_conversation_id": chat.teams_conversation_id,
        "feedbacksubmitted": chat.feedback_submitted,
        "datecreated": moment(chat.created_at),
        "datetimequeued": chat.queued_at.map(moment),
        "datetimeagentjoined": chat.agent_joined_at.map(moment),
        "dateclosed": chat.closing.map(|closing| moment(closing.at)),
        "lastmessageid": chat.last_message.get(),
        "participantcount": chat.participants.len(),
        "participants": chat.participants.iter().map(person).collect::<Vec<_>>(),
    })
}

fn person(one: &Participant) -> Value {
    let (user, unknown) = match &one.person {
        Person::Visitor { unknown_id, user } => (user.map(UserId::get), Some(unknown_id)),
        Person::Agent(_) | Person::Client { .. } => (None, None),
    };
    json!({
        "id": one.number.get(),
        "agent_id": one.agent().map(AgentId::get),
        "user_id": user,
        "unknown_id": unknown,
        "name": one.name,
        "email": one.email,
        "hasleft": one.has_left,
    })
}

/// The same members of what the API answers, of its people too.
fn same_members(template: &Value, full: &Value) -> Value {
    match (template, full) {
        (Value::Object(members), full) => {
            members.iter().map(|(name, one)| (name.clone(), same_members(one, &full[name]))).collect()
        }
        (Value::Array(rows), Value::Array(full)) if rows.len() == full.len() => {
            rows.iter().zip(full).map(|(row, full)| same_members(row, full)).collect()
        }
        _ => full.clone(),
    }
}
