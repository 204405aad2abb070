//! A day at a desk: three teams, six agents, two hundred visitors at once. It runs on a clock that
//! stands still between its minutes.

use std::collections::{BTreeMap, BTreeSet};

use aureole::service::{presence, sweeper};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::TestApp;

const VISITORS: usize = 200;
const LATE_VISITORS: usize = 10;
const CAP: usize = 4;
/// In this minute the sixth agent's program dies.
const DEATH: usize = 3;
/// At this time the desk closes: the clock begins at nine.
const CLOSING_MINUTE: usize = 41;
const MINUTES_MAX: usize = 150;

struct Agent {
    id: i64,
    token: String,
    team: usize,
}

struct Visitor {
    chat: i64,
    token: String,
    team: usize,
    /// Has gone without a word.
    is_gone: bool,
}

struct Day {
    test: TestApp,
    teams: Vec<i64>,
    agents: Vec<Agent>,
    visitors: Vec<Visitor>,
}

async fn made(test: &TestApp, path: &str, body: Value) -> i64 {
    test.post(path, &test.admin, &body).await.expect(201)["id"].as_i64().unwrap()
}

/// Within the hours to the team, otherwise to the end.
fn profile(team: usize, team_id: i64, hours: i64) -> Value {
    json!({ "id": format!("desk-{team}"), "key": "open", "name": "Desk", "bot_name": "Bot", "access_type": 1,
        "logticket": 2, "workdays_id": hours, "abandoned_live_chat_check_period": 8,
        "wait_message_interval": 5, "wait_message_loop": true,
        "wait_messages": [{ "id": 1, "message": "You are number $queueposition." }],
        "steps": [
            { "step_id": 1, "isstart": true, "steptype": 3,
              "step_conditions": [{ "id": 1, "fieldname": "withinhours", "type": 0, "value_string": "true" }],
              "actions": [{ "end_step": 2, "approval_result": 1 }, { "end_step": 3, "approval_result": 2 }] },
            { "step_id": 2, "steptype": 8, "message": "A moment.", "chat_teams": [{ "id": team_id }] },
            { "step_id": 3, "steptype": 16, "message": "We are closed." }
        ] })
}

impl Day {
    async fn begin() -> Self {
        let test = TestApp::new().await;
        let every_day: Vec<String> = ["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"]
            .iter()
            .map(|day| format!("inc{day}day"))
            .collect();
        let mut hours = json!({ "name": "Hours", "timezone": "Etc/UTC", "alldayssame": true,
            "start": "1900-01-01T08:00:00", "end": "1900-01-01T09:40:00" });
        for day in every_day {
            hours[day] = json!(true);
        }
        let hours = made(&test, "/Workday", hours).await;
        let (mut teams, mut agents) = (Vec::new(), Vec::new());
        for team in 0..3 {
            let name = format!("Team {team}");
            let id = made(&test, "/Team", json!({ "name": name, "routing": team })).await;
            test.post("/ChatProfile", &test.admin, &profile(team, id, hours)).await.expect(201);
            for place in 0..2 {
                let agent = json!({ "name": format!("Agent {team}{place}"), "max_chats": CAP,
                    "teams": [{ "team_id": id }] });
                let agent = made(&test, "/Agent", agent).await;
                agents.push(Agent {
                    id: agent,
                    token: test.client(&["access:chat"], Some(agent)).await,
                    team,
                });
            }
            teams.push(id);
        }
        Self { test, teams, agents, visitors: Vec::new() }
    }

    async fn arrive(&mut self, count: usize) {
        let first = self.visitors.len();
        let start = async |number: usize| {
            let team = number % 3;
            let body = json!({ "chatprofileid": format!("desk-{team}"), "key": "open",
                "display_name": format!("Visitor {number}") });
            let started = self.test.post("/Chat", "", &body).await.expect(201);
            let token = started["access_token"].as_str().unwrap().to_owned();
            Visitor { chat: started["id"].as_i64().unwrap(), token, team, is_gone: number % 17 == 16 }
        };
        let arrived = join_all((first..first + count).map(start)).await;
        self.visitors.extend(arrived);
    }

    async fn minute(&self, minute: usize) {
        self.test.clock.advance(TimeDelta::minutes(1));
        let present = self.visitors.iter().filter(|visitor| !visitor.is_gone);
        let poll = |visitor: &Visitor| {
            let path = format!("/ChatMessage?chat_id={}&last_id=1000", visitor.chat);
            let token = visitor.token.clone();
            async move { self.test.get(&path, &token).await.expect(200) }
        };
        if minute.is_multiple_of(5) {
            join_all(present.map(poll)).await;
        }
        presence::keep_visitors(&self.test.app).await.unwrap();
        let working = || self.agents.iter().enumerate().filter(|(place, _)| *place != 5 || minute < DEATH);
        let beat = json!({ "agent_status": 1 });
        join_all(working().map(|(_, agent)| self.test.post("/OnlineStatus", &agent.token, &beat))).await;
        sweeper::sweep(&self.test.app).await.unwrap();
        // All of them at once: they race for the chats of the first team.
        join_all(working().map(|(place, agent)| self.work(place, agent, minute))).await;
        self.check_caps().await;
    }

    async fn work(&self, place: usize, agent: &Agent, minute: usize) {
        let open = self.open_chats(&agent.token).await;
        let own = || open.iter().filter(|chat| chat["agent_id"] == agent.id);
        for chat in own() {
            let id = chat["id"].as_i64().unwrap();
            let change = match (id + i64::try_from(minute).unwrap()) % 9 {
                // To the colleague, who may be full; to another team.
                0 if minute < CLOSING_MINUTE => json!({ "id": id, "agent_id": self.agents[place ^ 1].id }),
                1 if id % 5 == 0 && minute < CLOSING_MINUTE => {
                    json!({ "id": id, "team_id": self.teams[(agent.team + 1) % 3], "_note": "Yours" })
                }
                2..=6 => json!({ "id": id, "isclosed": true }),
                _ => {
                    let words = json!({ "chat_id": id, "text": format!("Minute {minute}") });
                    self.test.post("/ChatMessage", &agent.token, &words).await;
                    continue;
                }
            };
            // Some of it is refused, as it would be on any day.
            self.test.post("/Chat", &agent.token, &change).await;
        }
        let waiting = open.iter().rev().filter(|chat| chat["state"] == "queued");
        let offered = |chat: &&Value| {
            let offer = chat["offered_agent_id"].as_i64().unwrap();
            offer == agent.id || (offer == 0 && chat["team_id"] == self.teams[0] && agent.team == 0)
        };
        for chat in waiting.filter(offered) {
            let words = json!({ "chat_id": chat["id"], "text": "Hello" });
            if self.test.post("/ChatMessage", &agent.token, &words).await.status.as_u16() != 201 {
                break;
            }
        }
    }

    async fn open_chats(&self, token: &str) -> Vec<Value> {
        let path = "/Chat?ignore_all_closed=true&count=1000&order=datetimequeued&orderdesc=true";
        let list = self.test.get(path, token).await.expect(200);
        list["chats"].as_array().unwrap().clone()
    }

    async fn check_caps(&self) {
        let mut held: BTreeMap<i64, usize> = BTreeMap::new();
        for chat in self.open_chats(&self.test.admin).await {
            *held.entry(chat["agent_id"].as_i64().unwrap()).or_default() += 1;
        }
        held.remove(&0);
        assert!(held.values().all(|chats| *chats <= CAP), "{held:?}");
    }

    /// What the dead agent's program has left behind is given to its team again.
    async fn rescue(&self) {
        let dead = &self.agents[5];
        for chat in self.open_chats(&self.test.admin).await {
            if chat["agent_id"] == dead.id {
                let change = json!({ "id": chat["id"], "team_id": self.teams[dead.team] });
                self.test.post("/Chat", &self.test.admin, &change).await.expect(201);
            }
        }
    }

    async fn log(&self, chat: i64) -> Vec<Value> {
        let path = format!("/ChatMessage?chat_id={chat}&last_id=0");
        self.test.get(&path, &self.test.admin).await.expect(200).as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_ends_with_every_chat_closed_and_nobody_overtaken() {
    let mut day = Day::begin().await;
    day.arrive(VISITORS).await;
    let mut last = 0;
    for minute in 0..MINUTES_MAX {
        day.minute(minute).await;
        if minute > DEATH && minute.is_multiple_of(5) {
            day.rescue().await;
        }
        if minute == CLOSING_MINUTE {
            day.arrive(LATE_VISITORS).await;
        }
        last = minute;
        if minute > CLOSING_MINUTE && day.open_chats(&day.test.admin).await.is_empty() {
            break;
        }
    }
    let open = day.open_chats(&day.test.admin).await;
    assert!(open.is_empty(), "minute {last}: {} are open, the first {:?}", open.len(), open.first());
    let mut first_offers: BTreeMap<usize, Vec<(i64, String)>> = BTreeMap::new();
    let mut states = BTreeSet::new();
    for (number, visitor) in day.visitors.iter().enumerate() {
        let log = day.log(visitor.chat).await;
        check_chat(&day, visitor, number, &log, &mut states).await;
        let offer = log.iter().find(|entry| entry["system_id"] == 16);
        if let Some(offer) = offer.filter(|_| visitor.team > 0) {
            let at = offer["timestamp"].as_str().unwrap().to_owned();
            first_offers.entry(visitor.team).or_default().push((visitor.chat, at));
        }
    }
    assert_eq!(states, BTreeSet::from(["abandoned".to_owned(), "closed".to_owned()]));
    assert_eq!(first_offers.len(), 2);
    for offers in first_offers.values_mut() {
        offers.sort_unstable();
        // Queued at the same moment, they wait in the order of their numbers.
        assert!(offers.is_sorted_by_key(|(_, at)| at), "{offers:?}");
    }
}

/// The header agrees with the log, and the ticket has what was said.
async fn check_chat(
    day: &Day,
    visitor: &Visitor,
    number: usize,
    log: &[Value],
    states: &mut BTreeSet<String>,
) {
    let header = day.test.get(&format!("/Chat/{}", visitor.chat), &day.test.admin).await.expect(200);
    let codes: Vec<i64> = log.iter().map(|entry| entry["system_id"].as_i64().unwrap()).collect();
    let numbers: Vec<i64> = log.iter().map(|entry| entry["id"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=i64::try_from(log.len()).unwrap()).collect::<Vec<_>>());
    let state = header["state"].as_str().unwrap();
    states.insert(state.to_owned());
    let ends: Vec<i64> = codes.iter().copied().filter(|code| [4, 7].contains(code)).collect();
    assert_eq!(ends, [if state == "abandoned" { 7 } else { 4 }], "{codes:?}");
    assert_eq!(codes.contains(&5), number < VISITORS, "the late ones are told that the desk is closed");
    if header["agent_id"] != 0 {
        assert!(codes.contains(&2), "{codes:?}");
    }
    let ticket = header["ticket_id"].as_i64().unwrap();
    assert!(ticket > 0 && codes.contains(&10));
    let path = format!("/Actions?ticket_id={ticket}");
    let actions = day.test.get(&path, &day.test.admin).await.expect(200);
    let note = actions["actions"][0]["note"].as_str().unwrap();
    let transcript: Vec<&str> = note.lines().map(|line| line.split_once(": ").unwrap().1).collect();
    let said = log.iter().filter(|entry| entry["system_id"] == 0);
    let said: Vec<&str> = said.map(|entry| entry["textplain"].as_str().unwrap()).collect();
    assert_eq!(transcript, said);
}
