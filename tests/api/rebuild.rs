//! Every header can be rebuilt from its chat's log alone: many random lives of chats, each replayed.

mod actions;

use std::collections::BTreeSet;

use aureole::{
    domain::{
        chat::{Closing, Participant, Person, Stage},
        ids::{AgentId, ChatId, TeamId, UserId},
        replay::{Replayed, replay},
    },
    store::{self, message::Range},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use self::actions::{Action, Dice, Scene, act, carry_out, start};
use crate::harness::{Desk, Visit};

/// Chats, and what is tried on each of them.
const CHATS: u64 = 30;
const ACTIONS: u64 = 30;

#[tokio::test]
async fn every_header_can_be_rebuilt_from_its_log_alone() {
    let desk = Desk::new().await;
    let scene = Scene::set(&desk).await;
    for seed in 0..CHATS {
        let mut dice = Dice(seed);
        let visit = start(&desk, &mut dice).await;
        let mut done = Vec::new();
        for _ in 0..ACTIONS {
            let action = act(&desk, &scene, &visit, &mut dice);
            let status = carry_out(&desk, &visit, &action).await;
            done.push(format!("{} {} -> {status}", action.path, action.body));
            must_be_the_same(&desk, &visit, &done).await;
        }
    }
}

#[tokio::test]
async fn whatever_can_happen_to_a_chat_is_replayed() {
    let desk = Desk::new().await;
    Scene::set(&desk).await;
    let visit = desk.visit_to("life").await;
    let say = |text: &str| ("/ChatMessage", &visit.token, json!({ "text": text }));
    let head = |token, body| ("/Chat", token, body);
    let (anna, admin, ada) = (&desk.anna_token, &desk.test.admin, &visit.token);
    let life = [
        say("verify"),
        say("ada@example.test"),
        say("Rex"),
        say("ticket"),
        say("rate"),
        say("5"),
        say("people"),
        head(anna, json!({ "agent_id": desk.anna })),
        ("/ChatMessage", admin, json!({ "id": 2, "text": "What is it?" })),
        ("/ChatMessage", admin, json!({ "id": 2, "_delete": true })),
        ("/ChatMessage", admin, json!({ "text": "Hello" })),
        head(anna, json!({ "_invite_agent_id": desk.bert, "_note": "look" })),
        head(anna, json!({ "agent_id": desk.bert })),
        head(ada, json!({ "name": "Printer", "pageurl": "https://shop.test/faq" })),
        head(ada, json!({ "isclosed": true })),
        head(ada, json!({ "isclosed": false })),
        ("/ChatMessage", ada, json!({ "_abandoned": true })),
    ];
    let mut done = Vec::new();
    for (path, token, body) in life {
        done.push(format!("{path} {body}"));
        let action = Action { path, token: token.clone(), body };
        assert_eq!(carry_out(&desk, &visit, &action).await, 201, "{done:#?}");
        must_be_the_same(&desk, &visit, &done).await;
    }
    let log = desk.log(visit.chat, admin, 0).await;
    let seen: BTreeSet<i64> = log.iter().filter_map(|entry| entry["system_id"].as_i64()).collect();
    assert_eq!(seen, BTreeSet::from([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 17, 18]));
}

pub async fn must_be_the_same(desk: &Desk, visit: &Visit, done: &[String]) {
    let header = desk.header(visit.chat, &desk.test.admin).await;
    let rebuilt = shown(&rebuild(desk, visit.chat).await);
    assert_eq!(rebuilt, same_members(&rebuilt, &header), "chat {} after {done:#?}", visit.chat);
}

pub async fn rebuild(desk: &Desk, chat: i64) -> Replayed {
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
