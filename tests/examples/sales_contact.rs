//! The contact form: every type of field, with answers that are asked for again.

use insta::assert_snapshot;
use serde_json::json;

use crate::{
    server::{self, staff},
    visitor::Visitor,
};

const PAGE: &str = "https://www.harbour-it.example/products";

#[tokio::test]
async fn a_form_is_filled_in_read_back_and_sent() {
    let test = server::new().await;
    staff(&test, 2, "Kim").await;
    let visitor = Visitor::open(&test, "sales-contact", PAGE).await;
    let keys = json!([{ "id": "shop.basket", "name": "two <laptops>" }, { "id": "answer", "name": "not asked for" }]);
    visitor.send(json!({ "text": "page data", "local_storage_key_mappings": keys })).await;
    visitor.say(&["1", "Lovelace & Sons", "perhaps", "no"]).await;
    // Topic, interests, wish.
    visitor.say(&["Gardening", "cloud and backup", "security, speed", "security, 3"]).await;
    visitor.say(&["Nightly copies of <b>everything</b>, please.\nAnd of the server."]).await;
    // Workplaces, budget, start.
    visitor
        .say(&["a dozen", "0", "1 200", "cheap", "49,50", "soon", "next Monday", "1st of April 2026"])
        .await;
    // Website, address, number, time.
    visitor.say(&["yes", "our site", "lovelace.example/uk", "ann at lovelace", "Ann@Lovelace.example"]).await;
    visitor.say(&["020 7946 0123", "+44 20 7946 0123", "late", "7 pm", "2.30 pm"]).await;
    visitor.say(&["Yes, send it", "no, the quote is enough"]).await;
    assert_snapshot!(visitor.told().await, @"");
    let ticket = test.get("/Tickets/1", &test.admin).await.expect(200);
    assert_eq!(ticket["summary"], "Lovelace & Sons (new to us): Cloud and backup, 1200 workplaces");
    assert!(ticket["details"].as_str().unwrap().contains("phone: +442079460123"), "{ticket}");
}

#[tokio::test]
async fn values_come_in_their_own_members_and_a_summary_can_be_wrong() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "sales-contact", "https://harbour-it.example/quote?from=mail").await;
    visitor.say(&["Haddad Law"]).await;
    visitor.send(json!({ "value_bool": true })).await;
    visitor.send(json!({ "value_multi": "Something else" })).await;
    visitor.say(&["A new sign"]).await;
    visitor.send(json!({ "value_int": 3 })).await;
    visitor.say(&["15"]).await;
    visitor.send(json!({ "value_date": "2026-05-04T00:00:00Z" })).await;
    visitor.say(&["No", "samir@haddad-law.example", "0044 161 496 0123", "09:15", "no, once more"]).await;
    assert_snapshot!(visitor.told().await, @"");
}

#[tokio::test]
async fn who_needs_help_goes_to_the_help_desk() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "sales-contact", PAGE).await;
    visitor.say(&["hello?", "I need help with what I have", "1"]).await;
    assert_snapshot!(visitor.told().await, @"");
}
