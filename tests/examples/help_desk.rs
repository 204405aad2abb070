//! The help desk, from the first button to the rating.

use insta::assert_snapshot;
use serde_json::json;

use crate::{
    server::{self, staff},
    visitor::Visitor,
};

const PAGE: &str = "https://help.harbour-it.example/";

#[tokio::test]
async fn an_article_helps() {
    let test = server::new().await;
    let ada = Visitor::open(&test, "help-desk", PAGE).await;
    ada.say(&[
        "help!",
        "something does not work",
        "my printer is not printing",
        "yes, it does",
        "great",
        "5",
        "no",
    ])
    .await;
    assert_snapshot!(ada.told().await, @"");
    assert_eq!(ada.header().await["state"], "closed");
}

#[tokio::test]
async fn a_known_user_gets_a_ticket_and_a_person() {
    let test = server::new().await;
    staff(&test, 1, "Robin").await;
    let ada = Visitor::open(&test, "help-desk", "https://help.harbour-it.example/articles/7").await;
    ada.say(&["The coffee machine is broken", "ada.marsh", "Ada.Marsh@BrightBakery.example"]).await;
    // A number of no contract's form is asked again; a wrong one costs an attempt.
    ada.say(&["1042", "hb-9999", "SW1A 1AA"]).await;
    ada.say(&["ada.marsh@brightbakery.example", "hb-1042", "sw1a 1aa", "I am stuck", "1"]).await;
    assert_snapshot!(ada.told().await, @"");
    let header = ada.header().await;
    assert_eq!(
        (&header["state"], &header["ticket_id"], &header["user_id"]),
        (&json!("queued"), &json!(1), &json!(1))
    );
    let ticket = test.get("/Tickets/1", &test.admin).await.expect(200);
    assert_eq!(
        (&ticket["summary"], &ticket["user_id"], &ticket["tickettype_id"]),
        (&json!("Chat: The coffee machine is broken"), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_stranger_who_cannot_be_verified_gets_a_person_all_the_same() {
    let test = server::new().await;
    staff(&test, 1, "Robin").await;
    let stranger = Visitor::open(&test, "help-desk", "https://help.harbour-it.example/catalogue").await;
    stranger.say(&["a laptop for somebody new", "1"]).await;
    for _ in 0..3 {
        stranger.say(&["nobody@nowhere.example", "HB-1042", "SW1A 1AA"]).await;
    }
    assert_snapshot!(stranger.told().await, @"");
}

#[tokio::test]
async fn a_message_is_taken_when_nobody_is_free() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "help-desk", PAGE).await;
    visitor.say(&["talk to somebody", "call me", "lee@example.com", "six", "4", "Nobody was there"]).await;
    assert_snapshot!(visitor.told().await, @"");
    let feedback = test.get("/Feedback", &test.admin).await.expect(200);
    let kept = &feedback["feedback"][0];
    assert_eq!((&kept["score"], &kept["comment"]), (&json!(4), &json!("Nobody was there")));
}
