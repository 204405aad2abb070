//! Lists of chats: filters, five sort fields, pages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::Desk;

async fn ids(desk: &Desk, query: &str, token: &str) -> Vec<i64> {
    let list = desk.test.get(&format!("/Chat?{query}"), token).await.expect(200);
    list["chats"].as_array().unwrap().iter().map(|chat| chat["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn pages_hold_what_they_promise_and_past_the_last_the_count_is_0() {
    let desk = Desk::new().await;
    for _ in 0..7 {
        desk.visit().await;
        desk.test.clock.advance(TimeDelta::seconds(1));
    }
    let page =
        async |query: &str| desk.test.get(&format!("/Chat?{query}"), &desk.test.admin).await.expect(200);
    let first = page("pageinate=true&page_no=1&page_size=3").await;
    assert_eq!(
        (&first["page_no"], &first["page_size"], &first["record_count"]),
        (&json!(1), &json!(3), &json!(7))
    );
    let third = page("pageinate=true&page_no=3&page_size=3").await;
    assert_eq!((third["chats"].as_array().unwrap().len(), &third["record_count"]), (1, &json!(7)));
    let past = page("pageinate=true&page_no=4&page_size=3").await;
    assert_eq!((&past["chats"], &past["record_count"]), (&json!([]), &json!(0)));
    let plain = page("count=2").await;
    assert_eq!((plain["chats"].as_array().unwrap().len(), &plain["record_count"]), (2, &json!(7)));
    assert!(plain.get("page_no").is_none());
    assert_eq!(page("pageinate=true&page_size=9999").await["page_size"], 100);
    assert_eq!(page("pageinate=true").await["page_size"], 50);
}

#[tokio::test]
async fn five_fields_sort_and_unknown_ones_are_ignored() {
    let desk = Desk::new().await;
    let mut by_name = Vec::new();
    for name in ["Cleo", "Ada", "Bob", "Ada"] {
        let body = json!({ "chatprofileid": "help", "key": "open", "display_name": name });
        let chat = desk.test.post("/Chat", "", &body).await.expect(201);
        by_name.push((name, chat["id"].as_i64().unwrap()));
    }
    let of = |place: usize| by_name[place].1;
    let admin = &desk.test.admin;
    assert_eq!(ids(&desk, "order=name&order2=id&orderdesc2=true", admin).await, [of(3), of(1), of(2), of(0)]);
    assert_eq!(
        ids(&desk, "order=nonsense&order2=name&orderdesc2=1&order3=id", admin).await,
        [of(0), of(2), of(1), of(3)]
    );
    assert_eq!(ids(&desk, "order=id%3Bdrop%20table%20chats", admin).await.len(), 4);
    assert_eq!(ids(&desk, "", admin).await, [of(3), of(2), of(1), of(0)], "the newest first");
}

#[tokio::test]
async fn filters_narrow_what_the_caller_may_see() {
    let desk = Desk::new().await;
    let early = desk.visit().await;
    desk.test.clock.advance(TimeDelta::minutes(5));
    let live = desk.live().await;
    let body = json!({ "chatprofileid": "help", "key": "open", "teams_conversation_id": "t-1" });
    let teams = desk.test.post("/Chat", "", &body).await.expect(201)["id"].as_i64().unwrap();
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": live.chat, "isclosed": true }))
        .await
        .expect(201);
    let admin = &desk.test.admin;
    assert_eq!(ids(&desk, "ignore_all_closed=true", admin).await, [teams, early.chat]);
    assert_eq!(ids(&desk, "after=2026-03-02T09:01:00Z", admin).await, [teams, live.chat]);
    assert_eq!(ids(&desk, "teams_conversation_id=t-1", admin).await, [teams]);
    assert_eq!(ids(&desk, "chatprofile_id=help&ticket_id=4", admin).await, [0_i64; 0]);
    assert_eq!(ids(&desk, "chatprofile_id=other", admin).await, [0_i64; 0]);
    desk.test.get("/Chat?after=yesterday", admin).await.refused(400);
}

#[tokio::test]
async fn everybody_sees_their_own() {
    let desk = Desk::new().await;
    let (bots, queued, live) = (desk.visit().await, desk.queued().await, desk.live().await);
    assert_eq!(ids(&desk, "", &queued.token).await, [queued.chat]);
    assert_eq!(ids(&desk, "", &desk.anna_token).await, [live.chat, queued.chat]);
    assert_eq!(ids(&desk, "", &desk.bert_token).await, [live.chat, queued.chat], "the same team");
    assert_eq!(ids(&desk, "", &desk.carla_token).await, [0_i64; 0]);
    assert_eq!(ids(&desk, "", &desk.test.admin).await, [live.chat, queued.chat, bots.chat]);
    assert_eq!(desk.header(queued.chat, &queued.token).await["queue_position"], 1);
}

#[tokio::test]
async fn the_queue_is_in_order_of_waiting() {
    let desk = Desk::new().await;
    let mut positions: Vec<Value> = Vec::new();
    let mut visits = Vec::new();
    for _ in 0..3 {
        visits.push(desk.queued().await);
        desk.test.clock.advance(TimeDelta::seconds(1));
    }
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visits[0].chat, "agent_id": desk.anna }))
        .await
        .expect(201);
    for visit in &visits {
        positions.push(desk.header(visit.chat, &visit.token).await["queue_position"].clone());
    }
    assert_eq!(positions, [json!(null), json!(1), json!(2)]);
}

#[tokio::test]
async fn a_cursor_lists_what_changed_since_it_was_answered() {
    let desk = Desk::new().await;
    let (one, two) = (desk.visit().await, desk.visit().await);
    let list = async |after: &str, token: &str| desk.test.get(&format!("/Chat?after={after}"), token).await;
    let first = list("2026-03-02T00:00:00Z", &desk.test.admin).await.expect(200);
    assert_eq!(first["record_count"], 2);
    let cursor = first["cursor"].as_str().unwrap();
    // Several changes in the same moment of the clock.
    desk.say(&one, json!({ "text": "Person" })).await;
    let second = list(cursor, &desk.test.admin).await.expect(200);
    assert_eq!((&second["chats"][0]["id"], &second["record_count"]), (&json!(one.chat), &json!(1)));
    desk.say(&two, json!({ "text": "Person" })).await;
    let cursor = second["cursor"].as_str().unwrap();
    let third = list(cursor, &desk.test.admin).await.expect(200);
    assert_eq!((&third["chats"][0]["id"], &third["record_count"]), (&json!(two.chat), &json!(1)));
    assert_eq!(
        list(third["cursor"].as_str().unwrap(), &desk.test.admin).await.expect(200)["record_count"],
        0
    );
    // What another may not see, its cursor does not open.
    list(cursor, &desk.anna_token).await.refused(400);
    let mut feed = desk.test.stream("/Chat/Stream", &desk.anna_token).await;
    let told = feed.find("current").await.id.unwrap();
    desk.say(&two, json!({ "text": "hello?" })).await;
    assert_eq!(list(&told, &desk.anna_token).await.expect(200)["chats"][0]["id"], two.chat);
}
