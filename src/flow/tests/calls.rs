//! Calls that leave the process: HTTP, decisions, virtual agents.

use insta::assert_snapshot;

use super::*;

fn opened(flow: &Flow, facts: Facts, events: &[Event]) -> String {
    play_events(flow, facts, &Event::Opened { at: None }, events)
}

fn http(id: i32, url: &str) -> StepSource {
    let request = HttpTemplate { method: "get".to_owned(), url: url.to_owned(), ..HttpTemplate::default() };
    StepSource { request: Some(request), ..step(id, 11, "One moment.") }
}

fn order_desk() -> Flow {
    let assignments = [("state", "/order/state"), ("$eta", "/order/eta")];
    let assignments = assignments.map(|(name, pointer)| (name.to_owned(), pointer.to_owned())).to_vec();
    let call = StepSource { assignments, ..http(2, "https://shop.example/orders/$answer") };
    flow(vec![
        question(1, "Which order?", 0).to(link(2)),
        call.to(success(3)).to(failure(4)),
        message(3, "It is $state."),
        message(4, "I cannot see it."),
    ])
}

#[test]
fn an_http_call_fills_the_variables_that_it_asked_for() {
    let values = [("state", "on its way"), ("answer", "not asked for")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let told = opened(&order_desk(), facts(), &[says("7/8"), says("well?"), back(Outcome::Fetched(values))]);
    assert_snapshot!(told, @r#"
    bot:  Which order? <- Text "answer"
    user: 7/8
    took: Text("7/8") for 1
    set:  answer = "7/8"
    bot:  One moment.
    do:   Http(HttpRequest { method: "GET", url: "https://shop.example/orders/7%2F8", headers: [], body: None, content_type: None, wanted: [("state", "/order/state"), ("eta", "/order/eta")] })
    user: well?
    back: Fetched([("state", "on its way"), ("answer", "not asked for")])
    set:  state = "on its way"
    bot:  It is on its way.
    end:  Finished
    "#);
}

#[test]
fn an_http_call_that_fails_leaves_by_failure() {
    for outcome in [Outcome::Failed, Outcome::Said("hm".to_owned()), Outcome::Picked(LinkId::new(1))] {
        let told = opened(&order_desk(), facts(), &[says("7"), back(outcome)]);
        assert!(told.ends_with("bot:  I cannot see it.\nend:  Finished"), "{told}");
    }
}

#[test]
fn a_request_that_cannot_be_made_fails_at_once() {
    let told = opened(&order_desk(), facts(), &[says("..")]);
    assert!(told.ends_with("bot:  One moment.\nbot:  I cannot see it.\nend:  Finished"), "{told}");
}

#[test]
fn words_during_an_http_call_are_ordinary_ones() {
    let calling =
        Position::Calling { step: StepId::new(2), call: CallId::new(5), steps_taken: 2, has_more: false };
    assert_eq!(advance(&order_desk(), &calling, &says("well?"), &facts()), Advance::stay(&calling));
    let answer = Answer { step: Some(StepId::new(2)), text: "x".to_owned(), ..Answer::default() };
    let late = advance(&order_desk(), &calling, &Event::Answered(answer), &facts());
    assert_eq!((late.position, late.reception), (calling.clone(), Reception::Stale));
    let old = Event::CalledBack { call: CallId::new(4), outcome: Outcome::Failed };
    assert_eq!(advance(&order_desk(), &calling, &old, &facts()), Advance::stay(&calling));
    for position in [waiting(1), Position::HandedOver, Position::Finished, Position::NotStarted] {
        assert_eq!(advance(&order_desk(), &position, &old, &facts()), Advance::stay(&position));
    }
}

fn decision() -> StepSource {
    StepSource {
        content: Some("$username says: $answer".to_owned()),
        ai_model: Some("small".to_owned()),
        ai_failure_step: Some(4),
        ..step(2, 10, "")
    }
}

fn sorted_by_a_model() -> Flow {
    flow(vec![
        question(1, "What is it?", 0).to(link(2)),
        decision().to(option("About $botname", 3)).to(option("Printer", 3)).to(link(3)),
        message(3, "picked"),
        message(4, "failed"),
    ])
}

#[test]
fn a_model_picks_one_of_the_links() {
    let picked = back(Outcome::Picked(LinkId::new(3)));
    assert_snapshot!(opened(&sorted_by_a_model(), facts(), &[says("it hums"), picked]), @r#"
    bot:  What is it? <- Text "answer"
    user: it hums
    took: Text("it hums") for 1
    set:  answer = "it hums"
    do:   Decide { model: Some("small"), prompt: " says: it hums", options: [(LinkId(2), "About Robin"), (LinkId(3), "Printer")] }
    back: Picked(LinkId(3))
    bot:  picked
    end:  Finished
    "#);
}

#[test]
fn a_model_that_fails_or_picks_what_was_not_offered_leaves_by_its_failure_step() {
    let unlabelled = Outcome::Picked(LinkId::new(4));
    for outcome in [Outcome::Failed, unlabelled, Outcome::Picked(LinkId::new(99)), Outcome::Fetched(vec![])] {
        let told = opened(&sorted_by_a_model(), facts(), &[says("x"), back(outcome)]);
        assert!(told.ends_with("bot:  failed\nend:  Finished"), "{told}");
    }
}

#[test]
fn a_decision_without_a_failure_step_fails_by_its_failure_or_its_default_link() {
    let without = |way: LinkSource| {
        let step = StepSource { is_start: true, ai_failure_step: None, ..decision() };
        let flow = flow(vec![step.to(option("A", 3)).to(way), message(3, "picked"), message(4, "failed")]);
        opened(&flow, facts(), &[back(Outcome::Failed)])
    };
    assert!(without(LinkSource { seq: -1, ..failure(4) }).ends_with("bot:  failed\nend:  Finished"));
    assert!(without(LinkSource { seq: -1, ..link(4) }).ends_with("bot:  failed\nend:  Finished"));
}

fn agent(words: &str) -> Flow {
    let agent = StepSource {
        content: Some("Be kind to $username.".to_owned()),
        virtual_agent: Some("ada".to_owned()),
        ai_failure_step: Some(3),
        ..step(1, 9, words)
    };
    flow(vec![agent.to(success(2)), message(2, "People next."), message(3, "failed")])
}

fn said(words: &str) -> Event {
    back(Outcome::Said(words.to_owned()))
}

#[test]
fn a_virtual_agent_and_the_visitor_take_turns_until_it_hands_over() {
    let done = back(Outcome::HandOver { words: "Good bye.".to_owned() });
    let events = [says("help"), said("With <what>?"), says("all of it"), done];
    assert_snapshot!(opened(&agent("Hello, I am $botname."), facts(), &events), @r#"
    bot:  Hello, I am Robin. <- Text "answer"
    user: help
    took: Text("help") for 1
    set:  answer = "help"
    do:   Converse { agent: Some("ada"), model: None, instructions: "Be kind to ." }
    back: Said("With <what>?")
    bot:  With &lt;what&gt;? <- Text "answer"
    user: all of it
    took: Text("all of it") for 1
    set:  answer = "all of it"
    do:   Converse { agent: Some("ada"), model: None, instructions: "Be kind to ." }
    back: HandOver { words: "Good bye." }
    bot:  Good bye.
    bot:  People next.
    end:  Finished
    "#);
}

#[test]
fn a_virtual_agent_without_words_of_its_own_answers_at_once() {
    assert_snapshot!(opened(&agent(""), facts(), &[said("Hi!")]), @r#"
    do:   Converse { agent: Some("ada"), model: None, instructions: "Be kind to ." }
    back: Said("Hi!")
    bot:  Hi! <- Text "answer"
    end:  Waiting { step: StepId(1) }
    "#);
}

#[test]
fn words_that_come_while_an_agent_thinks_are_heard_next() {
    let events = [says("one"), says("two"), says("three"), said("First."), said("Second.")];
    assert_snapshot!(opened(&agent("Hello."), facts(), &events), @r#"
    bot:  Hello. <- Text "answer"
    user: one
    took: Text("one") for 1
    set:  answer = "one"
    do:   Converse { agent: Some("ada"), model: None, instructions: "Be kind to ." }
    user: two
    took: Text("two") for 1
    set:  answer = "two"
    user: three
    took: Text("three") for 1
    set:  answer = "three"
    back: Said("First.")
    bot:  First.
    do:   Converse { agent: Some("ada"), model: None, instructions: "Be kind to ." }
    back: Said("Second.")
    bot:  Second. <- Text "answer"
    end:  Waiting { step: StepId(1) }
    "#);
}

#[test]
fn a_virtual_agent_that_fails_or_says_nothing_leaves_by_its_failure_step() {
    for outcome in [Outcome::Failed, Outcome::Said(" ".to_owned()), Outcome::Picked(LinkId::new(1))] {
        let told = opened(&agent(""), facts(), &[back(outcome)]);
        assert!(told.ends_with("bot:  failed\nend:  Finished"), "{told}");
    }
}

#[test]
fn a_jump_leaves_a_call_behind() {
    let mut play = Play::new(facts());
    let flow = agent("");
    play.event(&flow, &Event::Opened { at: None });
    let left = play.position.clone();
    play.event(&flow, &Event::Jumped { to: StepId::new(1) });
    let Position::Calling { call, .. } = left else { panic!("no call") };
    let late = Event::CalledBack { call, outcome: Outcome::Failed };
    assert_ne!(play.position, left);
    assert_eq!(advance(&flow, &play.position, &late, &facts()), Advance::stay(&play.position));
}

#[test]
fn steps_are_counted_through_every_answer_from_outside() {
    let call = |id| http(id, "https://a.example/").to(success(id + 1)).to(failure(id + 1));
    let mut steps: Vec<StepSource> = (1..=50).map(call).collect();
    steps.push(message(51, "too far"));
    let mut play = Play::new(facts());
    let flow = flow(steps);
    play.event(&flow, &Event::Opened { at: None });
    for _ in 0..50 {
        play.event(&flow, &back(Outcome::Fetched(Vec::new())));
    }
    assert!(play.end().ends_with("do:   ReportEndless at 51\nend:  Waiting { step: StepId(51) }"));
}
