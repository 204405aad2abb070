//! What a site knows about a visitor before the chat.

use serde_json::json;

use crate::harness::Desk;

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
