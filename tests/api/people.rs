//! People in a chat: joining, taking over, handing over, transferring, inviting, leaving.

use serde_json::{Value, json};

use crate::harness::{Desk, Reply, Visit};

async fn change(desk: &Desk, token: &str, visit: &Visit, mut body: Value) -> Reply {
    body["id"] = json!(visit.chat);
    desk.test.post("/Chat", token, &body).await
}

/// Refused with 400 in these words, and nothing of the chat has changed.
async fn refused(desk: &Desk, token: &str, visit: &Visit, body: Value, words: &str) {
    let before = desk.header(visit.chat, &desk.test.admin).await;
    let sentence = change(desk, token, visit, body).await.refused(400);
    assert!(sentence.contains(words) && !sentence.contains('\n'), "{sentence}");
    assert_eq!(desk.header(visit.chat, &desk.test.admin).await, before);
}

#[tokio::test]
async fn the_log_says_who_gave_the_chat_from_whom_to_whom_and_the_note_follows() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let from = desk.header(visit.chat, &desk.test.admin).await["lastmessageid"].as_i64().unwrap();
    let give = json!({ "agent_id": desk.bert, "_note": "knows printers" });
    change(&desk, &desk.anna_token, &visit, give).await.expect(201);
    let take = json!({ "_takeover": true, "_note": "mine after all" });
    change(&desk, &desk.anna_token, &visit, take).await.expect(201);
    change(&desk, &desk.test.admin, &visit, json!({ "agent_id": desk.bert })).await.expect(201);
    change(&desk, &desk.bert_token, &visit, json!({ "team_id": desk.team })).await.expect(201);
    let log = desk.log(visit.chat, &desk.test.admin, from).await;
    let told: Vec<_> = log
        .iter()
        .filter(|entry| [6, 17].map(Value::from).contains(&entry["system_id"]))
        .map(|entry| (entry["sender_id"].clone(), entry["_transfer"].clone(), entry["textplain"].clone()))
        .collect();
    let (anna, bert, team) = (desk.anna, desk.bert, desk.team);
    let went = |from: Value, to: Value| {
        let mut one = json!({ "from_team_id": team });
        for part in [from, to] {
            one.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
        }
        one
    };
    // Ada is 1, Anna 2, Bert 3; the administrator's program has no place, so 0.
    assert_eq!(
        told,
        [
            (json!(2), went(json!({}), json!({ "to_agent_id": bert })), json!("")),
            (json!(2), Value::Null, json!("knows printers")),
            (json!(2), went(json!({ "from_agent_id": bert }), json!({ "to_agent_id": anna })), json!("")),
            (json!(2), Value::Null, json!("mine after all")),
            (json!(0), went(json!({ "from_agent_id": anna }), json!({ "to_agent_id": bert })), json!("")),
            (json!(3), went(json!({ "from_agent_id": bert }), json!({ "to_team_id": team })), json!("")),
        ]
    );
    let visitors = desk.log(visit.chat, &visit.token, from).await;
    assert!(visitors.iter().all(|entry| entry.get("_transfer").is_none()), "{visitors:?}");
}

#[tokio::test]
async fn another_agents_chat_is_not_moved_without_saying_so() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let team = json!({ "team_id": desk.team });
    for body in [team, json!({ "agent_id": desk.bert }), json!({ "agent_id": desk.bert, "_note": "x" })] {
        refused(&desk, &desk.bert_token, &visit, body, "another agent").await;
    }
    let moved = json!({ "team_id": desk.team, "_takeover": true });
    let moved = change(&desk, &desk.bert_token, &visit, moved).await.expect(201);
    assert_eq!((&moved["state"], &moved["agent_id"]), (&json!("queued"), &json!(0)));
}

#[tokio::test]
async fn a_chat_goes_only_to_agents_and_teams_that_take_chats() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let deaf = desk.set_up("/Team", json!({ "name": "Back office", "allowlivechat": false })).await;
    let gone =
        desk.set_up("/Agent", json!({ "name": "Gone", "email": "g@desk.test", "isdisabled": true })).await;
    refused(&desk, &desk.anna_token, &visit, json!({ "team_id": deaf }), "takes no chats").await;
    refused(&desk, &desk.anna_token, &visit, json!({ "team_id": 999 }), "does not exist").await;
    refused(&desk, &desk.anna_token, &visit, json!({ "agent_id": gone }), "not active").await;
    refused(&desk, &desk.anna_token, &visit, json!({ "_invite_agent_id": gone }), "not active").await;
}

#[tokio::test]
async fn an_invited_agent_sees_the_chat_and_speaks_until_it_leaves() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let carla = desk.test.get("/Agent/me", &desk.carla_token).await.expect(200)["id"].clone();
    let hello = || json!({ "text": "Carla here" });
    desk.say_as(&desk.carla_token, visit.chat, hello()).await.refused(404);
    let invite = json!({ "_invite_agent_id": carla, "_note": "please help" });
    let header = change(&desk, &desk.anna_token, &visit, invite.clone()).await.expect(201);
    assert_eq!((&header["agent_id"], &header["participantcount"]), (&json!(desk.anna), &json!(3)));
    desk.say_as(&desk.carla_token, visit.chat, hello()).await.expect(201);
    assert_eq!(desk.test.get("/Chat", &desk.carla_token).await.expect(200)["record_count"], 1);
    // It is there already: nothing more happens, and the note stays where it belongs.
    change(&desk, &desk.anna_token, &visit, json!({ "_invite_agent_id": carla })).await.expect(201);
    let left = change(&desk, &desk.carla_token, &visit, json!({ "_leave": true })).await.expect(201);
    assert_eq!((&left["state"], &left["agent_id"]), (&json!("live"), &json!(desk.anna)));
    assert_eq!(left["participants"][2]["hasleft"], true);
    desk.say_as(&desk.carla_token, visit.chat, hello()).await.refused(404);
    desk.test.get(&format!("/Chat/{}", visit.chat), &desk.carla_token).await.refused(404);
    let log = desk.transcript(visit.chat, &desk.test.admin).await;
    let last = ["Carla [2]", "Anna [17] please help", "Carla: Carla here", "Carla [3]"];
    assert_eq!(log[log.len() - 4..], last);
    // One who left may come again.
    change(&desk, &desk.anna_token, &visit, invite).await.expect(201);
    desk.say_as(&desk.carla_token, visit.chat, hello()).await.expect(201);
}

#[tokio::test]
async fn only_who_is_in_a_chat_invites_into_it_or_leaves_it() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let invite = json!({ "_invite_agent_id": desk.anna });
    refused(&desk, &desk.test.admin, &visit, invite, "no agent has").await;
    change(&desk, &desk.anna_token, &visit, json!({ "agent_id": desk.anna })).await.expect(201);
    let leave = || json!({ "_leave": true });
    refused(&desk, &desk.bert_token, &visit, json!({ "_invite_agent_id": desk.bert }), "not in chat").await;
    refused(&desk, &desk.bert_token, &visit, leave(), "not in chat").await;
    change(&desk, &desk.anna_token, &visit, json!({ "_invite_agent_id": desk.bert })).await.expect(201);
    change(&desk, &desk.bert_token, &visit, leave()).await.expect(201);
    refused(&desk, &desk.bert_token, &visit, leave(), "not in chat").await;
    let words = desk.say_as(&desk.bert_token, visit.chat, json!({ "text": "and" })).await.refused(400);
    assert!(words.contains("another agent"), "{words}");
}

#[tokio::test]
async fn whoever_only_watches_is_not_in_the_chat() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let count = async || desk.header(visit.chat, &desk.test.admin).await["participantcount"].clone();
    change(&desk, &desk.bert_token, &visit, json!({ "name": "Printer" })).await.expect(201);
    change(&desk, &desk.bert_token, &visit, json!({ "isclosed": false })).await.expect(201);
    assert_eq!(count().await, 2);
    // A colleague's note makes its author known to the chat, not a part of it.
    let noted = change(&desk, &desk.bert_token, &visit, json!({ "_note": "VIP" })).await.expect(201);
    assert_eq!((&noted["participants"][2]["hasleft"], &noted["agent_id"]), (&json!(true), &json!(desk.anna)));
    desk.say_as(&desk.bert_token, visit.chat, json!({ "text": "Hi" })).await.refused(400);
}

#[tokio::test]
async fn a_profile_that_names_its_agents_is_theirs() {
    let desk = Desk::new().await;
    let (one, two) = (desk.queued().await, desk.live().await);
    for chosen in [
        json!({ "agent_roles": [{ "id": 7, "name": "Lead" }] }),
        json!({ "access_control": [{ "id": 1, "agent_id": desk.bert }] }),
    ] {
        let mut profile = chosen;
        profile["id"] = json!("help");
        desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
    }
    let role = json!({ "id": desk.anna, "roles": [{ "id": 7, "name": "Lead" }] });
    let see =
        async |token: &str, chat: i64| desk.test.get(&format!("/Chat/{chat}"), token).await.status.as_u16();
    let say = async |token: &str, chat: i64| {
        desk.say_as(token, chat, json!({ "text": "Hello" })).await.status.as_u16()
    };
    // Anna has the second chat already.
    assert_eq!([see(&desk.anna_token, one.chat).await, say(&desk.anna_token, one.chat).await], [404, 404]);
    assert_eq!([see(&desk.anna_token, two.chat).await, say(&desk.anna_token, two.chat).await], [200, 201]);
    let list = desk.test.get("/Chat", &desk.anna_token).await.expect(200);
    assert_eq!(list["record_count"], 1);
    assert_eq!(see(&desk.bert_token, one.chat).await, 200);
    desk.test.post("/Agent", &desk.test.admin, &role).await.expect(201);
    assert_eq!([see(&desk.anna_token, one.chat).await, say(&desk.anna_token, one.chat).await], [200, 201]);
}
