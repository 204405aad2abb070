//! What a site knows about a visitor before the chat.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Desk, Reply, TestApp};

#[tokio::test]
async fn a_record_is_kept_under_a_pair_that_is_chosen_or_made_up() {
    let desk = Desk::new().await;
    let path = "/ChatMatchingData";
    let made =
        desk.test.post(path, &desk.test.admin, &json!([{ "json_content": { "a": 1 } }])).await.expect(201);
    assert_eq!(made["guid"].as_str().unwrap().len(), 36);
    let pair = json!({ "guid": "6A1C0E9E-0000-4000-8000-000000000001", "key": "6a1c0e9e-0000-4000-8000-000000000002" });
    let record = json!({ "guid": pair["guid"], "key": pair["key"], "json_content": "x" });
    let kept = desk.test.post(path, &desk.test.admin, &record).await.expect(201);
    assert_eq!(kept["guid"], "6a1c0e9e-0000-4000-8000-000000000001");
    let stolen = json!({ "guid": pair["guid"], "key": made["key"], "json_content": "y" });
    desk.test.post(path, &desk.test.admin, &stolen).await.refused(400);
}

#[tokio::test]
async fn a_page_keeps_records_with_the_profiles_public_key() {
    let desk = Desk::new().await;
    let record = json!({ "json_content": {} });
    desk.test.post("/ChatMatchingData?chatprofile_id=help&key=open", "", &record).await.expect(201);
    desk.test.post("/ChatMatchingData?chatprofile_id=help&key=wrong", "", &record).await.refused(401);
    desk.test.post("/ChatMatchingData", "", &record).await.refused(401);
    let long = json!({ "json_content": "x".repeat(1000) });
    desk.test.post("/ChatMatchingData", &desk.test.admin, &long).await.refused(400);
}

/// Keeps what a site knows; the pair.
async fn keep(desk: &Desk, content: Value) -> Value {
    let record = json!({ "json_content": content });
    desk.test.post("/ChatMatchingData", &desk.test.admin, &record).await.expect(201)
}

async fn start(desk: &Desk, guid: &Value, key: &Value, more: Value) -> Reply {
    let mut body =
        json!({ "chatprofileid": "help", "key": "open", "matching_guid": guid, "matching_key": key });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    desk.test.post("/Chat", "", &body).await
}

#[tokio::test]
async fn a_chat_that_presents_the_pair_begins_with_what_the_site_knows() {
    let desk = Desk::new().await;
    let greeting = json!({ "id": "help", "greeting": "Hello $username, order $order, vip $VIP, $list" });
    desk.test.post("/ChatProfile", &desk.test.admin, &greeting).await.expect(201);
    let content = json!({ "Name": "Grace", "emailaddress": "g@x.test", "order": 1815, "vip": true,
        "list": [1], "known": "true" });
    let pair = keep(&desk, content).await;
    let started = start(&desk, &pair["guid"], &pair["key"], json!({})).await.expect(201);
    assert_eq!(started["messages"][1]["textplain"], "Hello Grace, order 1815, vip true, ");
    assert_eq!(
        (&started["name"], &started["user_id"]),
        (&json!("Grace"), &json!(0)),
        "a claim signs nobody in"
    );
    assert_eq!(started["participants"][0]["email"], "g@x.test");
    let own = json!({ "display_name": "Ada", "email": "a@x.test" });
    let started = start(&desk, &pair["guid"], &pair["key"], own).await.expect(201);
    assert_eq!((&started["name"], &started["participants"][0]["email"]), (&json!("Ada"), &json!("a@x.test")));
    // The same as JSON text.
    let pair = keep(&desk, json!(r#"{ "name": "Grace", "order": 1815 }"#)).await;
    let started = start(&desk, &pair["guid"], &pair["key"], json!({})).await.expect(201);
    assert_eq!(started["messages"][1]["textplain"], "Hello Grace, order 1815, vip , ");
    // Content that is no object is kept, and says nothing.
    let pair = keep(&desk, json!("just words")).await;
    start(&desk, &pair["guid"], &pair["key"], json!({})).await.expect(201);
}

#[tokio::test]
async fn a_pair_that_opens_nothing_is_refused_without_telling_why() {
    let desk = Desk::over(TestApp::with(&[("MATCHING_DATA_HOURS", "2")]).await).await;
    let (pair, other) = (keep(&desk, json!({})).await, keep(&desk, json!({})).await);
    let (guid, key, nobody) = (&pair["guid"], &pair["key"], json!("6a1c0e9e-0000-4000-8000-000000000001"));
    let before = desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"].clone();
    let mut words = Vec::new();
    for (guid, key) in [
        (guid, &other["key"]),
        (&nobody, key),
        (guid, &nobody),
        (guid, &json!("no uuid")),
        (&json!("no uuid"), key),
        (guid, &Value::Null),
        (&Value::Null, key),
    ] {
        words.push(start(&desk, guid, key, json!({})).await.refused(400));
    }
    desk.test.clock.advance(TimeDelta::minutes(119));
    start(&desk, guid, key, json!({})).await.expect(201);
    desk.test.clock.advance(TimeDelta::minutes(1));
    words.push(start(&desk, guid, key, json!({})).await.refused(400));
    words.dedup();
    assert_eq!(words.len(), 1, "{words:?}");
    let chats = desk.test.get("/Chat", &desk.test.admin).await.expect(200)["record_count"].as_i64().unwrap();
    assert_eq!(chats - before.as_i64().unwrap(), 1, "a refused start makes no chat");
}

#[tokio::test]
async fn a_record_for_one_use_serves_one_chat_also_of_several_at_once() {
    let desk = Desk::new().await;
    let pair = keep(&desk, json!({ "name": "Grace" })).await;
    let start = async |more: Value| start(&desk, &pair["guid"], &pair["key"], more).await;
    for _ in 0..2 {
        start(json!({})).await.expect(201);
    }
    let once = json!({ "id": "help", "cmd_one_time_use": true });
    desk.test.post("/ChatProfile", &desk.test.admin, &once).await.expect(201);
    start(json!({ "flow_step": 99 })).await.refused(400);
    let replies = futures_util::future::join_all((0..10).map(|_| start(json!({})))).await;
    let served = replies.iter().filter(|reply| reply.status.as_u16() == 201).count();
    let refused = replies.iter().filter(|reply| reply.status.as_u16() == 400).count();
    assert_eq!((served, refused), (1, 9), "a start that failed uses nothing up");
}
