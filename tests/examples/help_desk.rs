//! The help desk, from the first button to the rating.

use aureole::service::sweeper;
use chrono::TimeDelta;
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
    assert_snapshot!(ada.told().await, @r#"
    -- started
    bot: Hello, I am Nora, the assistant of the Harbour IT help desk.
    bot: What can I do for you? <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: help!
    bot: Please press one of the buttons, or type what is on it. <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: Something does not work [value_int 1]
    bot: Please tell me what is happening. The more you say, the sooner we find it. <- memo (I cannot print) (I forgot my password) (My mail does not arrive)
    Visitor: my printer is not printing
    bot: This has helped others: {The printer prints nothing}
    bot: Take your time to read. Does that solve it? <- choice [Yes, it does] [No, not yet]
    Visitor: Yes, it does [value_int 9]
    bot: How was it to talk to me, from 1 (bad) to 5 (good)? <- rating [1] [2] [3] [4] [5]
    Visitor: great
    bot: A number from 1 to 5, please. <- rating [1] [2] [3] [4] [5]
    Visitor: 5 [value_int 5]
    -- rated 5
    bot: Would you like to say why? Otherwise, say "no". <- memo
    Visitor: no
    bot: Thank you, that makes me better.
    bot: Good bye, and come back whenever something is in your way.
    -- closed
    "#);
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
    assert_snapshot!(ada.told().await, @r"
    -- started
    bot: Hello, I am Nora, the assistant of the Harbour IT help desk.
    bot: Please tell me what is happening. The more you say, the sooner we find it. <- memo (I cannot print) (I forgot my password) (My mail does not arrive)
    Ada Marsh: The coffee machine is broken
    bot: I have found nothing about that in our articles, so a person will look at it.
    bot: So that I can log a ticket for you: which e-mail address do we know you by? <- email
    Ada Marsh: ada.marsh
    bot: Please give an e-mail address such as name@example.com. <- email
    Ada Marsh: Ada.Marsh@brightbakery.example
    bot: What is the number of your contract? It begins with HB and is on every invoice. <- text
    Ada Marsh: 1042
    bot: That does not have the form that is expected here: HB-1234. <- text
    Ada Marsh: hb-9999
    bot: And the postcode of your office? <- text
    Ada Marsh: SW1A 1AA
    bot: That does not match our records. Let us try once more.
    bot: So that I can log a ticket for you: which e-mail address do we know you by? <- email
    Ada Marsh: ada.marsh@brightbakery.example
    bot: What is the number of your contract? It begins with HB and is on every invoice. <- text
    Ada Marsh: hb-1042
    bot: And the postcode of your office? <- text
    Ada Marsh: sw1a 1aa
    -- identified
    -- ticket 1
    bot: Thank you, Ada Marsh. This is ticket 1 now.
    bot: Can you work in the meantime? <- choice [No, I am stuck] [Yes, it can wait]
    Ada Marsh: I am stuck
    bot: Please choose one of: No, I am stuck, Yes, it can wait. <- choice [No, I am stuck] [Yes, it can wait]
    Ada Marsh: No, I am stuck [value_int 19]
    bot: I am getting a colleague for you. It usually takes a few minutes.
    -- queued
    ");
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
    assert_snapshot!(stranger.told().await, @r#"
    -- started
    bot: Hello, I am Nora, the assistant of the Harbour IT help desk.
    bot: What do you need? A few words will do. <- text (A laptop) (Somebody joins us)
    Visitor: a laptop for somebody new
    bot: You can order this from our catalogue: {New laptop} {New colleague}
    bot: Shall I log a request for "a laptop for somebody new"? <- choice [Yes, please] [No, I only wanted to know] [Talk to somebody]
    Visitor: Yes, please [value_int 28]
    bot: So that I can log a ticket for you: which e-mail address do we know you by? <- email
    Visitor: nobody@nowhere.example
    bot: What is the number of your contract? It begins with HB and is on every invoice. <- text
    Visitor: HB-1042
    bot: And the postcode of your office? <- text
    Visitor: SW1A 1AA
    bot: That does not match our records. Let us try once more.
    bot: So that I can log a ticket for you: which e-mail address do we know you by? <- email
    Visitor: nobody@nowhere.example
    bot: What is the number of your contract? It begins with HB and is on every invoice. <- text
    Visitor: HB-1042
    bot: And the postcode of your office? <- text
    Visitor: SW1A 1AA
    bot: That does not match our records. Let us try once more.
    bot: So that I can log a ticket for you: which e-mail address do we know you by? <- email
    Visitor: nobody@nowhere.example
    bot: What is the number of your contract? It begins with HB and is on every invoice. <- text
    Visitor: HB-1042
    bot: And the postcode of your office? <- text
    Visitor: SW1A 1AA
    bot: I could not match that with our records. That is no harm: a colleague will ask you a few things first.
    bot: I am getting a colleague for you. It usually takes a few minutes.
    -- queued
    "#);
}

#[tokio::test]
async fn a_message_is_taken_when_nobody_is_free() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "help-desk", PAGE).await;
    visitor.say(&["talk to somebody", "call me", "lee@example.com", "six", "4", "Nobody was there"]).await;
    assert_snapshot!(visitor.told().await, @r#"
    -- started
    bot: Hello, I am Nora, the assistant of the Harbour IT help desk.
    bot: What can I do for you? <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: Talk to somebody [value_int 3]
    bot: All my colleagues are busy or away at the moment.
    bot: Where can we write to you? <- email
    Visitor: call me
    bot: Please give an e-mail address such as name@example.com. <- email
    Visitor: lee@example.com
    -- ticket 1
    bot: I have left them a note, as ticket 1. Somebody will write to you within a working day.
    bot: How was it to talk to me, from 1 (bad) to 5 (good)? <- rating [1] [2] [3] [4] [5]
    Visitor: six
    bot: A number from 1 to 5, please. <- rating [1] [2] [3] [4] [5]
    Visitor: 4 [value_int 4]
    -- rated 4
    bot: Would you like to say why? Otherwise, say "no". <- memo
    Visitor: Nobody was there
    bot: Thank you, that makes me better.
    bot: Good bye, and come back whenever something is in your way.
    -- closed
    "#);
    let feedback = test.get("/Feedback", &test.admin).await.expect(200);
    let kept = &feedback["feedback"][0];
    assert_eq!((&kept["score"], &kept["comment"]), (&json!(4), &json!("Nobody was there")));
}

#[tokio::test]
async fn who_says_nothing_more_is_told_good_bye() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "help-desk", PAGE).await;
    visitor.say(&["something does not work"]).await;
    test.clock.advance(TimeDelta::minutes(20));
    sweeper::sweep(&test.app).await.unwrap();
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Hello, I am Nora, the assistant of the Harbour IT help desk.
    bot: What can I do for you? <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: Something does not work [value_int 1]
    bot: Please tell me what is happening. The more you say, the sooner we find it. <- memo (I cannot print) (I forgot my password) (My mail does not arrive)
    bot: I have not heard from you for a while, so I close this chat. Open a new one whenever you like.
    -- closed
    ");
}
