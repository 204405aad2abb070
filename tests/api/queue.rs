//! The queue: who waits, who is offered what, and how many chats an agent has at the most.

use aureole::service::sweeper;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Desk, Visit};

async fn sweep(desk: &Desk) {
    sweeper::sweep(&desk.test.app).await.unwrap();
}

async fn be_there(desk: &Desk) {
    for token in [&desk.anna_token, &desk.bert_token] {
        desk.test.post("/OnlineStatus", token, &json!({ "agent_status": 1 })).await.expect(201);
    }
}

async fn set(desk: &Desk, path: &str, id: i64, member: &str, value: Value) {
    desk.test.post(path, &desk.test.admin, &json!({ "id": id, member: value })).await.expect(201);
}

async fn join(desk: &Desk, token: &str, agent: i64, visit: &Visit) -> crate::harness::Reply {
    desk.test.post("/Chat", token, &json!({ "id": visit.chat, "agent_id": agent })).await
}

/// The agent whom the newest offer in the log names; 0: there is none.
async fn offered(desk: &Desk, visit: &Visit) -> i64 {
    desk.header(visit.chat, &desk.test.admin).await["offered_agent_id"].as_i64().unwrap()
}

#[tokio::test]
async fn an_agents_cap_is_kept_whichever_way_a_chat_is_taken() {
    let desk = Desk::new().await;
    set(&desk, "/Agent", desk.anna, "max_chats", json!(1)).await;
    let (first, second) = (desk.live().await, desk.queued().await);
    let problem = join(&desk, &desk.anna_token, desk.anna, &second).await.refused(400);
    assert_eq!(problem, format!("agent {} has 1 open chats and takes no more", desk.anna));
    desk.say_as(&desk.anna_token, second.chat, json!({ "text": "Hello" })).await.refused(400);
    join(&desk, &desk.test.admin, desk.anna, &second).await.refused(400);
    assert_eq!(desk.header(second.chat, &desk.test.admin).await["state"], "queued");
    // Once it is free again, it may.
    let close = json!([{ "id": first.chat, "isclosed": true }, { "id": second.chat, "agent_id": desk.anna }]);
    desk.test.post("/Chat", &desk.anna_token, &close).await.expect(201);
    // The closed one cannot come back while the other is open.
    let open = json!({ "id": first.chat, "isclosed": false });
    desk.test.post("/Chat", &desk.anna_token, &open).await.refused(400);
    // A handed-over chat counts for whoever has it.
    join(&desk, &desk.anna_token, desk.bert, &second).await.expect(201);
    desk.test.post("/Chat", &desk.anna_token, &open).await.expect(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_agents_who_race_for_a_chat_one_joins_it() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let mut agents = Vec::new();
    for number in 0..50 {
        let agent = json!({ "name": format!("Racer {number}"), "teams": [{ "team_id": desk.team }] });
        let agent = desk.set_up("/Agent", agent).await;
        agents.push((agent, desk.test.client(&["access:chat"], Some(agent)).await));
    }
    let mut answers = Vec::new();
    let races = agents.iter().map(|(agent, token)| join(&desk, token, *agent, &visit));
    for reply in futures_util::future::join_all(races).await {
        let status = reply.status.as_u16();
        if status == 400 {
            assert!(reply.refused(400).contains("another agent"));
        }
        answers.push(status);
    }
    answers.sort_unstable();
    assert_eq!((answers[0], answers[1], answers[49]), (201, 400, 400), "{answers:?}");
    let log = desk.log(visit.chat, &desk.test.admin, 0).await;
    assert_eq!(log.iter().filter(|entry| entry["system_id"] == 2).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_chats_that_race_for_an_agents_last_place_one_gets_it() {
    let desk = Desk::new().await;
    for through_posts in [true, false] {
        let agent = json!({ "name": "Eve", "max_chats": 1, "teams": [{ "team_id": desk.team }] });
        let agent = desk.set_up("/Agent", agent).await;
        let token = desk.test.client(&["access:chat"], Some(agent)).await;
        let mut visits = Vec::new();
        for _ in 0..20 {
            visits.push(desk.queued().await);
        }
        let races = visits.iter().map(async |visit| {
            if through_posts {
                desk.say_as(&token, visit.chat, json!({ "text": "Hello" })).await.status.as_u16()
            } else {
                join(&desk, &token, agent, visit).await.status.as_u16()
            }
        });
        let mut answers = futures_util::future::join_all(races).await;
        answers.sort_unstable();
        assert_eq!((answers[0], answers[1], answers[19]), (201, 400, 400), "{answers:?}");
    }
}

#[tokio::test]
async fn chats_are_offered_in_turn_and_go_on_when_nobody_takes_them() {
    let desk = Desk::new().await;
    set(&desk, "/Team", desk.team, "routing", json!(1)).await;
    let (first, second) = (desk.queued().await, desk.queued().await);
    sweep(&desk).await;
    assert_eq!(offered(&desk, &first).await, 0, "nobody is there");
    be_there(&desk).await;
    sweep(&desk).await;
    assert_eq!((offered(&desk, &first).await, offered(&desk, &second).await), (desk.anna, desk.bert));
    let problem = join(&desk, &desk.bert_token, desk.bert, &first).await.refused(400);
    assert!(problem.contains("offered to another agent"), "{problem}");
    desk.test.clock.advance(TimeDelta::seconds(31));
    sweep(&desk).await;
    assert_eq!((offered(&desk, &first).await, offered(&desk, &second).await), (desk.bert, desk.anna));
    // Whom it is offered to takes it, by joining or by speaking.
    desk.say_as(&desk.bert_token, first.chat, json!({ "text": "Hello" })).await.expect(201);
    desk.test.clock.advance(TimeDelta::seconds(31));
    be_there(&desk).await;
    sweep(&desk).await;
    assert_eq!(offered(&desk, &second).await, desk.anna, "everybody has passed, so it begins again");
    let take = json!({ "id": second.chat, "agent_id": desk.bert, "_takeover": true });
    desk.test.post("/Chat", &desk.bert_token, &take).await.expect(201);
    let offers = |log: Vec<Value>| log.iter().filter(|entry| entry["system_id"] == 16).count();
    assert_eq!(offers(desk.log(first.chat, &desk.anna_token, 0).await), 2);
    assert_eq!(offers(desk.log(first.chat, &first.token, 0).await), 0, "visitors do not see offers");
}

#[tokio::test]
async fn the_fewest_chats_come_first_and_a_cap_counts_offers() {
    let desk = Desk::new().await;
    set(&desk, "/Team", desk.team, "routing", json!(2)).await;
    set(&desk, "/Agent", desk.bert, "max_chats", json!(2)).await;
    be_there(&desk).await;
    let mut live = Vec::new();
    for _ in 0..2 {
        let visit = desk.queued().await;
        join(&desk, &desk.test.admin, desk.anna, &visit).await.expect(201);
        live.push(visit);
    }
    let mut waiting = Vec::new();
    for _ in 0..6 {
        waiting.push(desk.queued().await);
    }
    sweep(&desk).await;
    let mut got = Vec::new();
    for visit in &waiting {
        got.push(offered(&desk, visit).await);
    }
    let (a, b) = (desk.anna, desk.bert);
    assert_eq!(got, [b, b, a, a, a, 0], "Anna has 2 of 5 and Bert 0 of 2");
}

#[tokio::test]
async fn who_waits_is_told_something_now_and_then() {
    let desk = Desk::new().await;
    let profile = json!({ "id": "waits", "key": "open", "name": "waits", "bot_name": "waits", "access_type": 1,
        "default_wait_time": 4, "wait_message_interval": 2, "wait_messages": [
            { "id": 2, "sequence": 2, "message": "Still number $queueposition." },
            { "id": 1, "sequence": 1, "message": "About $waittime minutes, $username." }],
        "steps": [{ "step_id": 1, "isstart": true, "steptype": 8, "chat_teams": [{ "id": desk.team }] }] });
    desk.test.post("/ChatProfile", &desk.test.admin, &profile).await.expect(201);
    let visit = desk.visit_to("waits").await;
    let told = async || {
        sweep(&desk).await;
        let log = desk.log(visit.chat, &visit.token, 0).await;
        let told = log.iter().filter(|entry| entry["system_id"] == 8);
        told.map(|entry| entry["textplain"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(told().await.is_empty());
    desk.test.clock.advance(TimeDelta::minutes(2));
    assert_eq!(told().await, ["About 4 minutes, Ada."]);
    assert_eq!(told().await.len(), 1);
    desk.test.clock.advance(TimeDelta::minutes(2));
    assert_eq!(told().await[1..], ["Still number 1."]);
    desk.test.clock.advance(TimeDelta::minutes(20));
    assert_eq!(told().await.len(), 2, "the last is the last");
    let looping = json!({ "id": "waits", "wait_message_loop": true });
    desk.test.post("/ChatProfile", &desk.test.admin, &looping).await.expect(201);
    let other = desk.visit_to("waits").await;
    for _ in 0..5 {
        desk.test.clock.advance(TimeDelta::minutes(2));
        sweep(&desk).await;
    }
    let log = desk.log(other.chat, &other.token, 0).await;
    assert_eq!(log.iter().filter(|entry| entry["system_id"] == 8).count(), 5);
    // Somebody has come.
    join(&desk, &desk.test.admin, desk.anna, &other).await.expect(201);
    desk.test.clock.advance(TimeDelta::minutes(2));
    sweep(&desk).await;
    let log = desk.log(other.chat, &other.token, 0).await;
    assert_eq!(log.iter().filter(|entry| entry["system_id"] == 8).count(), 5);
}

#[tokio::test]
async fn the_expected_wait_is_the_mean_of_those_who_were_taken_lately() {
    let desk = Desk::new().await;
    let (one, two) = (desk.queued().await, desk.queued().await);
    desk.test.clock.advance(TimeDelta::minutes(2));
    join(&desk, &desk.test.admin, desk.anna, &one).await.expect(201);
    desk.test.clock.advance(TimeDelta::minutes(2));
    join(&desk, &desk.test.admin, desk.bert, &two).await.expect(201);
    let waiting = desk.queued().await;
    let header = desk.header(waiting.chat, &waiting.token).await;
    assert_eq!((&header["queue_position"], &header["estimated_wait_minutes"]), (&json!(1), &json!(3.0)));
    desk.test.clock.advance(TimeDelta::hours(2));
    let header = desk.header(waiting.chat, &waiting.token).await;
    assert_eq!(header.get("estimated_wait_minutes"), None, "nobody was taken within the hour");
}

#[tokio::test]
async fn a_visitor_who_is_silent_and_gone_has_abandoned_the_chat() {
    let desk = Desk::new().await;
    let (gone, polling) = (desk.live().await, desk.live().await);
    for _ in 0..7 {
        desk.test.clock.advance(TimeDelta::minutes(10));
        // Reading is a sign of life.
        desk.log(polling.chat, &polling.token, 0).await;
        aureole::service::presence::keep_visitors(&desk.test.app).await.unwrap();
        sweep(&desk).await;
    }
    // The first token is an hour old by now.
    let admin = desk.test.client(&["all"], None).await;
    assert_eq!(desk.header(gone.chat, &admin).await["state"], "abandoned");
    assert_eq!(desk.header(polling.chat, &admin).await["state"], "live");
    let log = desk.log(gone.chat, &admin, 0).await;
    assert_eq!(log.last().unwrap()["system_id"], 7);
}

#[tokio::test]
async fn a_hundred_sweeps_at_once_do_everything_once() {
    let desk = std::sync::Arc::new(Desk::new().await);
    set(&desk, "/Team", desk.team, "routing", json!(1)).await;
    be_there(&desk).await;
    let visit = desk.queued().await;
    let mut sweeps = JoinSet::new();
    for _ in 0..100 {
        let desk = desk.clone();
        sweeps.spawn(async move { sweep(&desk).await });
    }
    sweeps.join_all().await;
    let log = desk.log(visit.chat, &desk.test.admin, 0).await;
    assert_eq!(log.iter().filter(|entry| entry["system_id"] == 16).count(), 1);
}

#[tokio::test]
async fn a_chat_that_nobody_may_take_or_read_does_not_keep_the_others_waiting() {
    let desk = Desk::new().await;
    set(&desk, "/Team", desk.team, "routing", json!(1)).await;
    be_there(&desk).await;
    let steps = json!([{ "step_id": 1, "isstart": true, "steptype": 8, "message": "One moment",
        "chat_teams": [{ "id": desk.team }] }]);
    desk.publish("leads", steps).await;
    let leads = json!({ "id": "leads", "agent_roles": [{ "id": 7, "name": "Lead" }] });
    desk.test.post("/ChatProfile", &desk.test.admin, &leads).await.expect(201);
    let (for_leads, broken, fine) = (desk.visit_to("leads").await, desk.queued().await, desk.queued().await);
    sqlx::query("update chats set flow_position = '{}' where chat_id = $1")
        .bind(i32::try_from(broken.chat).unwrap())
        .execute(&desk.test.app.pool)
        .await
        .unwrap();
    sweep(&desk).await;
    assert_eq!(offered(&desk, &for_leads).await, 0);
    assert_ne!(offered(&desk, &fine).await, 0);
}
