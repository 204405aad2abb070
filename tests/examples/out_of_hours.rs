//! The front door, at night and by day.

use chrono::TimeDelta;
use insta::assert_snapshot;

use crate::{harness::TestApp, server, visitor::Visitor};

const PAGE: &str = "https://www.harbour-it.example/";

/// A new server, late in the evening of its Monday.
async fn at_night() -> TestApp {
    let test = server::new().await;
    test.clock.advance(TimeDelta::minutes(13 * 60 + 5));
    test
}

#[tokio::test]
async fn at_night_a_call_is_promised() {
    let test = at_night().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["have somebody call me", "The server hums", "12345", "+44 161 496 0123"]).await;
    visitor.say(&["whenever", "6 am", "18:00", "9:30"]).await;
    assert_snapshot!(visitor.told().await, @"");
    let ticket = test.get("/Tickets/1", &test.admin).await.expect(200);
    assert_eq!(ticket["summary"], "Call +441614960123 at 09:30: The server hums");
}

#[tokio::test]
async fn at_night_a_message_is_taken() {
    let test = at_night().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["2", "Please renew our certificate", "lee@example.com"]).await;
    assert_snapshot!(visitor.told().await, @"");
}

#[tokio::test]
async fn what_cannot_wait_gets_a_number_to_call() {
    let test = at_night().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["It cannot wait"]).await;
    assert_snapshot!(visitor.told().await, @"");
}

#[tokio::test]
async fn by_day_the_help_desk_takes_over() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["Something does not work"]).await;
    assert_snapshot!(visitor.told().await, @"");
}
