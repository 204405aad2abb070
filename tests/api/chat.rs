//! Changing a chat: joining, handing over, transferring, closing, reopening, reading.

use serde_json::{Value, json};

use crate::harness::{Desk, Visit};

async fn change(desk: &Desk, token: &str, visit: &Visit, mut body: Value) -> crate::harness::Reply {
    body["id"] = json!(visit.chat);
    desk.test.post("/Chat", token, &body).await
}

#[tokio::test]
async fn an_agent_joins_a_queued_chat_and_hands_it_over() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let queued = desk.header(visit.chat, &desk.anna_token).await;
    assert_eq!(
        (&queued["state"], &queued["team_id"], &queued["queue_position"]),
        (&json!("queued"), &json!(desk.team), &json!(1))
    );
    let live = change(&desk, &desk.anna_token, &visit, json!({ "agent_id": desk.anna })).await.expect(201);
    assert_eq!(
        (&live["state"], &live["agent_name"], &live["isassigned"]),
        (&json!("live"), &json!("Anna"), &json!(true))
    );
    assert!(live["datetimeagentjoined"].is_string() && live["queuetime"].is_f64());
    let theirs = change(&desk, &desk.anna_token, &visit, json!({ "agent_id": desk.bert })).await.expect(201);
    assert_eq!(theirs["agent_id"], desk.bert);
    let log = desk.transcript(visit.chat, &desk.bert_token).await;
    assert_eq!(log[log.len() - 3..], ["Anna [6]", "Anna [3]", "Bert [2]"]);
}

#[tokio::test]
async fn taking_anothers_chat_must_be_said() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let join = json!({ "agent_id": desk.bert });
    change(&desk, &desk.bert_token, &visit, join).await.refused(400);
    let taken = change(&desk, &desk.bert_token, &visit, json!({ "_takeover": true })).await.expect(201);
    assert_eq!(taken["agent_id"], desk.bert);
}

#[tokio::test]
async fn a_transfer_puts_the_chat_into_another_teams_queue_with_a_note_for_staff() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let sales = desk.test.get("/Team", &desk.test.admin).await.expect(200);
    let sales = sales.as_array().unwrap().iter().find(|team| team["name"] == "Sales").unwrap()["id"].clone();
    desk.test.get(&format!("/Chat/{}", visit.chat), &desk.carla_token).await.refused(404);
    let body = json!({ "team_id": sales, "_note": "wants <b>ten</b>" });
    let moved = change(&desk, &desk.anna_token, &visit, body).await.expect(201);
    assert_eq!(
        (&moved["state"], &moved["team_id"], &moved["agent_id"]),
        (&json!("queued"), &sales, &json!(0))
    );
    let log = desk.transcript(visit.chat, &desk.carla_token).await;
    assert_eq!(log[log.len() - 4..], ["Anna [6]", "Anna [3]", "Anna [5]", "Anna [17] wants ten"]);
    assert!(desk.transcript(visit.chat, &visit.token).await.iter().all(|line| !line.contains("ten")));
    change(&desk, &desk.carla_token, &visit, json!({ "team_id": 999 })).await.refused(400);
    change(&desk, &desk.carla_token, &visit, json!({ "_note": "x".repeat(4001) })).await.refused(400);
}

#[tokio::test]
async fn an_agent_leaves_and_the_chat_waits_again_and_a_second_may_be_brought_in() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    change(&desk, &desk.anna_token, &visit, json!({ "_invite_agent_id": desk.bert })).await.expect(201);
    desk.say_as(&desk.bert_token, visit.chat, json!({ "text": "Me too" })).await.expect(201);
    assert_eq!(desk.header(visit.chat, &desk.bert_token).await["agent_id"], desk.anna);
    let left = change(&desk, &desk.anna_token, &visit, json!({ "_leave": true })).await.expect(201);
    assert_eq!(left["state"], "queued");
    assert!(
        change(&desk, &desk.test.admin, &visit, json!({ "_leave": true }))
            .await
            .refused(400)
            .contains("leave")
    );
}

#[tokio::test]
async fn either_side_closes_and_a_closed_chat_takes_little() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let closed = change(&desk, &visit.token, &visit, json!({ "isclosed": true })).await.expect(201);
    assert_eq!((&closed["state"], &closed["isclosed"]), (&json!("closed"), &json!(true)));
    assert!(closed["dateclosed"].is_string());
    for body in [json!({ "isclosed": true }), json!({ "agent_id": desk.bert }), json!({ "_note": "x" })] {
        let words = change(&desk, &desk.anna_token, &visit, body).await.refused(400);
        assert!(words.contains("closed"), "{words}");
    }
    desk.say_as(&visit.token, visit.chat, json!({ "text": "more" })).await.refused(400);
    desk.say(&visit, json!({ "system_id": 9, "value_int": 1 })).await;
    assert!(
        desk.say_as(&visit.token, visit.chat, json!({ "system_id": 9, "value_int": 2 }))
            .await
            .refused(400)
            .contains("rated")
    );
}

#[tokio::test]
async fn a_closing_message_closes_too() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    desk.say(&visit, json!({ "system_id": 4 })).await;
    assert_eq!(desk.header(visit.chat, &visit.token).await["state"], "closed");
}

#[tokio::test]
async fn reopening_gives_the_chat_to_the_agent_who_does_it_or_back_to_the_queue() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let close = json!({ "isclosed": true });
    let reopen = json!({ "isclosed": false });
    change(&desk, &desk.anna_token, &visit, close.clone()).await.expect(201);
    let again = change(&desk, &desk.bert_token, &visit, reopen.clone()).await.expect(201);
    assert_eq!((&again["state"], &again["agent_id"]), (&json!("live"), &json!(desk.bert)));
    assert!(again.get("dateclosed").is_none());
    change(&desk, &desk.bert_token, &visit, close).await.expect(201);
    let queued = change(&desk, &visit.token, &visit, reopen).await.expect(201);
    assert_eq!((&queued["state"], &queued["team_id"]), (&json!("queued"), &json!(desk.team)));
}

#[tokio::test]
async fn a_visitor_who_goes_away_abandons_a_live_chat_and_only_ends_a_bots() {
    let desk = Desk::new().await;
    let live = desk.live().await;
    desk.say(&live, json!({ "_abandoned": true })).await;
    let header = desk.header(live.chat, &desk.anna_token).await;
    assert_eq!((&header["state"], &header["isabandoned"]), (&json!("abandoned"), &json!(true)));
    let bots = desk.visit().await;
    desk.say(&bots, json!({ "_abandoned": true })).await;
    assert_eq!(desk.header(bots.chat, &bots.token).await["state"], "closed");
}

#[tokio::test]
async fn versions_rise_with_every_change() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let version = async || desk.header(visit.chat, &visit.token).await["version"].as_i64().unwrap();
    let mut last = version().await;
    for body in [json!({ "readid": 9999 }), json!({ "isclosed": true }), json!({ "isclosed": false })] {
        change(&desk, &visit.token, &visit, body).await.expect(201);
        let now = version().await;
        assert!(now > last);
        last = now;
    }
}

#[tokio::test]
async fn what_is_for_staff_is_not_for_visitors() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    for body in [
        json!({ "agent_id": desk.bert }),
        json!({ "team_id": desk.team }),
        json!({ "_note": "x" }),
        json!({ "_takeover": true }),
    ] {
        change(&desk, &visit.token, &visit, body).await.refused(400);
    }
    let other = desk.visit().await;
    change(&desk, &other.token, &visit, json!({ "isclosed": true })).await.refused(404);
    change(&desk, "", &visit, json!({ "isclosed": true })).await.refused(401);
}

#[tokio::test]
async fn fifty_agents_who_join_at_once_leave_one_with_the_chat() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let join = async |token: &str, agent: i64| {
        desk.test.post("/Chat", token, &json!({ "id": visit.chat, "agent_id": agent })).await.status.as_u16()
    };
    let joins = (0..25).flat_map(|_| [join(&desk.anna_token, desk.anna), join(&desk.bert_token, desk.bert)]);
    let statuses = futures_util::future::join_all(joins).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 201).count(),
        25,
        "one of the two has it: {statuses:?}"
    );
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log.iter().filter(|line| line.ends_with("[2]")).count(), 1, "{log:?}");
}
