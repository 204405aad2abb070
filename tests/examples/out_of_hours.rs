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
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Hello, I am Nora from Harbour IT.
    bot: It is 22:05, and our desk is closed. We are here from Monday to Friday, eight to six.
    bot: What shall I do? <- choice [Have somebody call me] [Leave a message] [It cannot wait]
    Visitor: Have somebody call me [value_int 5]
    bot: What is it about? Then the right person calls. <- memo (Something is broken) (A question)
    Visitor: The server hums
    bot: Which number may we call, with its country code? <- phone
    Visitor: 12345
    bot: Please give a phone number that exists, with its country code, such as +44 20 7946 0123. <- phone
    Visitor: +441614960123
    bot: And at what time, on the next working day? <- time (First thing) (After lunch)
    Visitor: whenever
    bot: A time such as 9:30 or 2 pm, please. <- time (First thing) (After lunch)
    Visitor: 06:00
    bot: At 06:00 nobody is here yet or any more. We call from eight to a quarter to six.
    bot: And at what time, on the next working day? <- time (First thing) (After lunch)
    Visitor: 18:00
    bot: At 18:00 nobody is here yet or any more. We call from eight to a quarter to six.
    bot: And at what time, on the next working day? <- time (First thing) (After lunch)
    Visitor: 09:30
    -- ticket 1
    bot: It is noted as ticket 1: on the next working day at 09:30 we call +441614960123.
    bot: That is all I need. Have a quiet evening!
    -- closed
    ");
    let ticket = test.get("/Tickets/1", &test.admin).await.expect(200);
    assert_eq!(ticket["summary"], "Call +441614960123 at 09:30: The server hums");
}

#[tokio::test]
async fn at_night_a_message_is_taken() {
    let test = at_night().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["2", "Please renew our certificate", "lee@example.com"]).await;
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Hello, I am Nora from Harbour IT.
    bot: It is 22:05, and our desk is closed. We are here from Monday to Friday, eight to six.
    bot: What shall I do? <- choice [Have somebody call me] [Leave a message] [It cannot wait]
    Visitor: Leave a message [value_int 6]
    bot: What shall I tell my colleagues? <- memo
    Visitor: Please renew our certificate
    bot: Where can they write to you? <- email
    Visitor: lee@example.com
    -- ticket 1
    bot: They find it in the morning, as ticket 1, and write to lee@example.com.
    bot: That is all I need. Have a quiet evening!
    -- closed
    ");
}

#[tokio::test]
async fn what_cannot_wait_gets_a_number_to_call() {
    let test = at_night().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["It cannot wait"]).await;
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Hello, I am Nora from Harbour IT.
    bot: It is 22:05, and our desk is closed. We are here from Monday to Friday, eight to six.
    bot: What shall I do? <- choice [Have somebody call me] [Leave a message] [It cannot wait]
    Visitor: It cannot wait [value_int 7]
    bot: For what cannot wait, somebody answers +44 20 7946 0199 day and night. Please call now.
    -- closed
    ");
}

#[tokio::test]
async fn by_day_the_help_desk_takes_over() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "out-of-hours", PAGE).await;
    visitor.say(&["Something does not work"]).await;
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Hello, I am Nora from Harbour IT.
    bot of help-desk: What can I do for you? <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: Something does not work [value_int 1]
    bot of help-desk: Please tell me what is happening. The more you say, the sooner we find it. <- memo (I cannot print) (I forgot my password) (My mail does not arrive)
    ");
}
