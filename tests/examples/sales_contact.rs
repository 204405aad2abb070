//! The contact form: every type of field, with answers that are asked for again.

use aureole::service::sweeper;
use chrono::TimeDelta;
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
    assert_snapshot!(visitor.told().await, @r#"
    -- started
    bot: Welcome to Harbour IT! I am Theo. A few questions, and we know how we can help.
    bot:  <- pagedata [shop.basket] [campaign]
    Visitor: page data
    bot: I see that you have been looking at two <laptops>. Good choice.
    bot: What brings you here? <- choice [I would like a quote] [I need help with what I have] [I only look around]
    Visitor: I would like a quote [value_int 7]
    bot: What is your company called? <- text
    Visitor: Lovelace & Sons
    bot: Are you a customer of ours already? <- bool (Yes) (Not yet)
    Visitor: perhaps
    bot: Please answer yes or no. <- bool (Yes) (Not yet)
    Visitor: no [value_bool false]
    bot: What would you like to talk about? <- choice [Managed workplace] [Cloud and backup] [Telephony] [Something else]
    Visitor: Gardening
    bot: Please choose one of: Managed workplace, Cloud and backup, Telephony, Something else. <- choice [Managed workplace] [Cloud and backup] [Telephony] [Something else]
    Visitor: Cloud and backup
    bot: What matters most to you? You may name several. <- multichoice [Security] [Remote work] [Lower cost] [Less downtime]
    Visitor: security, speed
    bot: Please choose from: Security, Remote work, Lower cost, Less downtime; commas go between them. <- multichoice [Security] [Remote work] [Lower cost] [Less downtime]
    Visitor: security, 3 [value_multi "Security,Lower cost"]
    bot: Please describe what you have in mind, in your own words. <- memo
    Visitor: Nightly copies of everything, please. / And of the server.
    bot: For how many workplaces? <- integer
    Visitor: a dozen
    bot: Please give a whole number. <- integer
    Visitor: 0 [value_int 0]
    bot: It takes one workplace at least.
    bot: For how many workplaces? <- integer
    Visitor: 1200 [value_int 1200]
    bot: Roughly, how much may a workplace cost in a month, in pounds? <- decimal
    Visitor: cheap
    bot: A number such as 45 or 49.50, please. <- decimal
    Visitor: 49.50
    bot: When would you like to start? <- date (As soon as possible)
    Visitor: soon
    bot: Please give a date, such as 2026-03-01 or 1 March 2026. <- date (As soon as possible)
    Visitor: next Monday
    bot: Please give a date, such as 2026-03-01 or 1 March 2026. <- date (As soon as possible)
    Visitor: 1st of April 2026 [value_date "2026-04-01T00:00:00Z"]
    bot: Do you have a website that we may look at? <- choice [Yes] [No]
    Visitor: Yes [value_int 38]
    bot: What is its address? <- url
    Visitor: our site
    bot: Please give a web address such as https://example.com. <- url
    Visitor: https://lovelace.example/uk
    bot: Which e-mail address may we send the quote to? <- email
    Visitor: ann at lovelace
    bot: Please give an e-mail address such as name@example.com. <- email
    Visitor: Ann@lovelace.example
    bot: And a phone number, with its country code, for what we have to ask? <- phone
    Visitor: 020 7946 0123
    bot: Please give a phone number that exists, with its country code, such as +44 20 7946 0123. <- phone
    Visitor: +442079460123
    bot: At what time is it best to call you? <- time (In the morning) (After lunch)
    Visitor: late
    bot: Please give a time, such as 14:30 or 2:30 pm. <- time (In the morning) (After lunch)
    Visitor: 19:00
    bot: We call between eight in the morning and six in the evening.
    bot: At what time is it best to call you? <- time (In the morning) (After lunch)
    Visitor: 14:30
    bot: Let me read that back: / Lovelace & Sons is new to us. / Topic: Cloud and backup. Important: Security,Lower cost. / 1200 workplaces from 2026-04-01, for about £49.50 each a month. / Website: https://lovelace.example/uk / "Nightly copies of everything, please. / And of the server." / We write to Ann@lovelace.example, and call +442079460123 at 14:30.
    bot: Is that right? <- choice [Yes, send it] [No, once more]
    Visitor: Yes, send it [value_int 54]
    -- ticket 1
    bot: Sent, as number 1.
    bot: One of us is free right now. Would you like to talk? <- choice [Yes] [No, the quote is enough]
    Visitor: No, the quote is enough [value_int 62]
    bot: Thank you! You hear from us within two working days.
    -- closed
    "#);
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
    assert_snapshot!(visitor.told().await, @r#"
    -- started
    bot: Welcome to Harbour IT! I am Theo. A few questions, and we know how we can help.
    bot: What is your company called? <- text
    Visitor: Haddad Law
    bot: Are you a customer of ours already? <- bool (Yes) (Not yet)
    Visitor: Yes [value_bool true]
    bot: What would you like to talk about? <- choice [Managed workplace] [Cloud and backup] [Telephony] [Something else]
    Visitor: Something else [value_multi "Something else"]
    bot: Please describe what you have in mind, in your own words. <- memo
    Visitor: A new sign
    bot: For how many workplaces? <- integer
    Visitor: 3 [value_int 3]
    bot: Roughly, how much may a workplace cost in a month, in pounds? <- decimal
    Visitor: 15
    bot: When would you like to start? <- date (As soon as possible)
    Visitor: 2026-05-04 [value_date "2026-05-04T00:00:00Z"]
    bot: Do you have a website that we may look at? <- choice [Yes] [No]
    Visitor: No [value_int 39]
    bot: Which e-mail address may we send the quote to? <- email
    Visitor: samir@haddad-law.example
    bot: And a phone number, with its country code, for what we have to ask? <- phone
    Visitor: +441614960123
    bot: At what time is it best to call you? <- time (In the morning) (After lunch)
    Visitor: 09:15
    bot: Let me read that back: / Haddad Law is a customer. / Topic: Something else. Important: everything. / 3 workplaces from 2026-05-04, for about £15 each a month. / Website: none / "A new sign" / We write to samir@haddad-law.example, and call +441614960123 at 09:15.
    bot: Is that right? <- choice [Yes, send it] [No, once more]
    Visitor: No, once more [value_int 55]
    bot: What is your company called? <- text
    "#);
}

#[tokio::test]
async fn who_needs_help_goes_to_the_help_desk() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "sales-contact", PAGE).await;
    visitor.say(&["hello?", "I need help with what I have", "1"]).await;
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Welcome to Harbour IT! I am Theo. A few questions, and we know how we can help.
    bot:  <- pagedata [shop.basket] [campaign]
    Visitor: hello?
    bot: What brings you here? <- choice [I would like a quote] [I need help with what I have] [I only look around]
    Visitor: I need help with what I have [value_int 8]
    bot: Then my colleague Nora takes over.
    bot of help-desk: What can I do for you? <- choice [Something does not work] [I need something new] [Talk to somebody]
    Visitor: Something does not work [value_int 1]
    bot of help-desk: Please tell me what is happening. The more you say, the sooner we find it. <- memo (I cannot print) (I forgot my password) (My mail does not arrive)
    ");
}

#[tokio::test]
async fn a_client_without_a_page_is_not_waited_for() {
    let test = server::new().await;
    let visitor = Visitor::open(&test, "sales-contact", PAGE).await;
    test.clock.advance(TimeDelta::seconds(30));
    sweeper::sweep(&test.app).await.unwrap();
    visitor.say(&["3"]).await;
    assert_snapshot!(visitor.told().await, @r"
    -- started
    bot: Welcome to Harbour IT! I am Theo. A few questions, and we know how we can help.
    bot:  <- pagedata [shop.basket] [campaign]
    bot: What brings you here? <- choice [I would like a quote] [I need help with what I have] [I only look around]
    Visitor: I only look around [value_int 9]
    bot: Have a good look around. I am here when something comes to mind.
    -- closed
    ");
}
