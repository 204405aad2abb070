//! Searches and tickets: what is asked of the service, and each way on.

use insta::assert_snapshot;

use super::*;
use crate::domain::ids::ProfileId;

fn opened(flow: &Flow, facts: Facts, events: &[Event]) -> String {
    play_events(flow, facts, &Event::Opened { at: None }, events)
}

/// A question, then a step that looks something up, then a word for either way out.
fn asked_first(look_up: StepSource) -> Flow {
    flow(vec![
        question(1, "What is wrong?", 0).to(link(2)),
        look_up.to(success(3)).to(failure(4)),
        message(3, "success"),
        message(4, "failure"),
    ])
}

fn article(id: i32, title: &str) -> ArticleHit {
    ArticleHit { id, title: title.to_owned(), summary: String::new(), score: 0.5 }
}

#[test]
fn a_knowledge_search_shows_what_it_found() {
    let found = Event::Found(Finding::Articles(vec![article(7, "Paper jam"), article(9, "Toner")]));
    let flow = asked_first(step(2, 5, "Look at $username's:"));
    assert_snapshot!(opened(&flow, facts(), &[says(" printer <jam>"), found]), @r#"
    bot:  What is wrong? <- Text "answer"
    user:  printer <jam>
    took: Text("printer <jam>") for 1
    set:  answer = "printer <jam>"
    do:   Articles { query: "printer <jam>" }
    back: Articles([ArticleHit { id: 7, title: "Paper jam", summary: "", score: 0.5 }, ArticleHit { id: 9, title: "Toner", summary: "", score: 0.5 }])
    bot:  Look at 's: {7: Paper jam} {9: Toner}
    bot:  success
    end:  Finished
    "#);
}

#[test]
fn a_knowledge_search_that_finds_nothing_or_fails_says_so() {
    let flow = asked_first(step(2, 5, "Found:").message2("Nothing fits."));
    for finding in [Finding::Articles(Vec::new()), Finding::Failed, Finding::User(None)] {
        let told = opened(&flow, facts(), &[says("x"), Event::Found(finding)]);
        assert!(told.ends_with("bot:  Nothing fits.\nbot:  failure\nend:  Finished"), "{told}");
    }
}

#[test]
fn a_search_for_nothing_asks_nobody() {
    let flow =
        flow(vec![step(1, 5, "").to(success(2)).to(failure(3)), message(2, "wrong"), message(3, "none")]);
    assert_eq!(play(&flow, &[]), "bot:  none\nend:  Finished");
}

#[test]
fn a_search_can_say_what_it_searches_for() {
    let search = StepSource { content: Some("$answer on $pageurl".to_owned()), ..step(2, 5, "") };
    let facts = Facts { page_url: "a.example/vpn".to_owned(), ..facts() };
    let told = opened(&asked_first(search), facts, &[says("it stops")]);
    assert!(told.contains("do:   Articles { query: \"it stops on a.example/vpn\" }"), "{told}");
}

#[test]
fn a_service_search_shows_services() {
    let hit = ServiceHit { id: 3, name: "New laptop".to_owned(), summary: String::new(), score: 1.0 };
    let found = Event::Found(Finding::Services(vec![hit]));
    assert_snapshot!(opened(&asked_first(step(2, 6, "")), facts(), &[says("laptop"), found]), @r#"
    bot:  What is wrong? <- Text "answer"
    user: laptop
    took: Text("laptop") for 1
    set:  answer = "laptop"
    do:   Services { query: "laptop" }
    back: Services([ServiceHit { id: 3, name: "New laptop", summary: "", score: 1.0 }])
    bot:  These services may fit: {3: New laptop}
    bot:  success
    end:  Finished
    "#);
    let none = Event::Found(Finding::Services(Vec::new()));
    let told = opened(&asked_first(step(2, 6, "")), facts(), &[says("laptop"), none]);
    assert!(told.ends_with("bot:  failure\nend:  Finished"), "{told}");
}

fn ticket() -> StepSource {
    let ticket =
        TicketSource { kind: 1, ticket_type: Some(4), service: Some(6), sends_link: true, template: None };
    let content = Some("$username: $answer".to_owned());
    StepSource { content, ticket, ..step(2, 7, "Your ticket is $ticketid.").message2("That did not work.") }
}

#[test]
fn a_logged_ticket_is_known_to_the_message_and_the_steps_behind_it() {
    let flow = flow(vec![
        question(1, "What is wrong?", 0).to(link(2)),
        ticket().to(success(3)).to(failure(3)),
        message(3, "Again: $ticketid"),
    ]);
    let facts = Facts { visitor_name: "Ann".to_owned(), ..facts() };
    let logged = Event::Found(Finding::TicketLogged { id: 77 });
    assert_snapshot!(opened(&flow, facts, &[says("It \"hums\""), logged]), @r#"
    bot:  What is wrong? <- Text "answer"
    user: It "hums"
    took: Text("It \"hums\"") for 1
    set:  answer = "It \"hums\""
    do:   Ticket(NewTicket { kind: 1, ticket_type: Some(4), template: None, service: Some(6), sends_link: true, summary: "Ann: It \"hums\"" })
    back: TicketLogged { id: 77 }
    bot:  Your ticket is 77.
    bot:  Again: 77
    end:  Finished
    "#);
}

#[test]
fn a_ticket_that_cannot_be_logged_leaves_by_failure() {
    let told = opened(&asked_first(ticket()), facts(), &[says("x"), Event::Found(Finding::Failed)]);
    assert!(told.ends_with("bot:  That did not work.\nbot:  failure\nend:  Finished"), "{told}");
}

#[test]
fn a_lookup_at_the_end_finishes() {
    let flow =
        flow(vec![StepSource { is_start: true, ..ticket() }.to(success(3)).ending(), message(3, "wrong")]);
    let told = opened(&flow, facts(), &[Event::Found(Finding::TicketLogged { id: 1 })]);
    assert!(told.ends_with("bot:  Your ticket is 1.\nend:  Finished"), "{told}");
}

#[test]
fn while_something_is_looked_up_nothing_else_moves_the_chat() {
    let flow = asked_first(step(2, 5, ""));
    let looking = Position::LookingUp { step: StepId::new(2), steps_taken: 3, check: None };
    for event in
        [says("hm"), Event::Opened { at: None }, Event::Entered, Event::EntryFailed, back(Outcome::Failed)]
    {
        assert_eq!(advance(&flow, &looking, &event, &facts()), Advance::stay(&looking));
    }
    let found = Event::Found(Finding::Articles(vec![article(1, "T")]));
    for position in [waiting(1), Position::NotStarted, Position::HandedOver, Position::Finished] {
        assert_eq!(advance(&flow, &position, &found, &facts()), Advance::stay(&position));
    }
}

fn to_other(id: i32) -> StepSource {
    StepSource { next_profile: Some(ProfileId::new("sales")), ..step(id, 12, "One moment.") }
}

#[test]
fn another_flow_takes_over_without_its_greeting() {
    let here = flow(vec![set(1, "colour", "red").to(link(2)), to_other(2)]);
    let there = FlowSource {
        greeting: Some("Welcome to sales".to_owned()),
        ..source(vec![question(1, "What about $colour?", 0)])
    };
    let mut play = Play::new(facts());
    play.event(&here, &Event::Opened { at: None });
    play.event(&load(&there), &Event::Entered);
    assert_snapshot!(play.end(), @r#"
    set:  colour = "red"
    bot:  One moment.
    do:   Continue { profile: ProfileId("sales") }
    back: Entered
    bot:  What about red? <- Text "answer"
    end:  Waiting { step: StepId(1) }
    "#);
}

#[test]
fn a_flow_that_cannot_take_over_leaves_the_chat_where_it_is() {
    let here = flow(vec![to_other(1).to(link(2)), message(2, "Sales are out.")]);
    assert_snapshot!(opened(&here, facts(), &[Event::EntryFailed]), @r#"
    bot:  One moment.
    do:   Continue { profile: ProfileId("sales") }
    back: EntryFailed
    bot:  Sales are out.
    end:  Finished
    "#);
    let told = opened(&flow(vec![to_other(1)]), facts(), &[Event::EntryFailed]);
    assert!(told.ends_with("end:  Finished"), "{told}");
}

#[test]
fn a_flow_without_steps_that_takes_over_leads_to_people() {
    let mut play = Play::new(facts());
    play.event(&flow(vec![to_other(1)]), &Event::Opened { at: None });
    play.event(&load(&FlowSource::default()), &Event::Entered);
    assert!(play.end().ends_with("do:   HandOver []\nend:  HandedOver"));
}

#[test]
fn two_flows_that_send_a_chat_round_stop_after_fifty_steps() {
    let flow = flow(vec![message(1, "round").to(link(2)), to_other(2)]);
    let mut position = Position::NotStarted;
    let mut event = Event::Opened { at: None };
    for _ in 0..STEPS_PER_ACT_MAX / 2 {
        let advance = advance(&flow, &position, &event, &facts());
        assert!(matches!(advance.position, Position::Entering { .. }));
        position = advance.position;
        event = Event::Entered;
    }
    let last = advance(&flow, &position, &event, &facts());
    assert_eq!((last.position, last.steps_taken), (waiting(1), STEPS_PER_ACT_MAX));
    assert_eq!(last.effects, [Effect::ReportEndless { at: StepId::new(1) }]);
}
