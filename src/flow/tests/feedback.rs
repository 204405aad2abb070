//! Ratings, page data, time limits and starting pages.

use insta::assert_snapshot;

use super::*;

fn rating() -> StepSource {
    StepSource { after_feedback: Some("Thank you, $answer!".to_owned()), ..step(1, 13, "") }
}

#[test]
fn a_rating_is_one_to_five() {
    let flow = flow(vec![rating().to(link(2)), message(2, "Bye")]);
    assert_snapshot!(play(&flow, &["great", "6", "4"]), @r#"
    bot:  How would you rate this chat, from 1 (worst) to 5 (best)? <- Rating "rating" [1=1] [2=2] [3=3] [4=4] [5=5]
    user: great
    took: Refused { step: StepId(1) }
    bot:  Please give a number from 1 (worst) to 5 (best). <- Rating "rating" [1=1] [2=2] [3=3] [4=4] [5=5]
    user: 6
    took: Refused { step: StepId(1) }
    bot:  Please give a number from 1 (worst) to 5 (best). <- Rating "rating" [1=1] [2=2] [3=3] [4=4] [5=5]
    user: 4
    took: Integer(4) for 1
    set:  answer = "4"
    do:   Rate { score: 4 }
    bot:  Thank you, 4!
    bot:  Bye
    end:  Finished
    "#);
    let by_number = Answer { value_int: Some(5), ..Answer::default() };
    let rated = advance(&flow, &waiting(1), &Event::Answered(by_number), &facts());
    assert!(rated.effects.contains(&Effect::Rate { score: 5 }));
}

fn commented() -> Flow {
    let step = StepSource {
        asks_for_comment: true,
        before_comment: Some("Why $answer?".to_owned()),
        ..rating().message2("One to five, please.")
    };
    flow(vec![step.to(link(2)), message(2, "Bye")])
}

#[test]
fn a_comment_goes_with_the_rating() {
    assert_snapshot!(play(&commented(), &["bad", "1", "Nobody came."]), @r#"
    bot:  How would you rate this chat, from 1 (worst) to 5 (best)? <- Rating "rating" [1=1] [2=2] [3=3] [4=4] [5=5]
    user: bad
    took: Refused { step: StepId(1) }
    bot:  One to five, please. <- Rating "rating" [1=1] [2=2] [3=3] [4=4] [5=5]
    user: 1
    took: Integer(1) for 1
    set:  answer = "1"
    do:   Rate { score: 1 }
    bot:  Why 1? <- Memo "comment"
    user: Nobody came.
    took: Text("Nobody came.") for 1
    do:   CommentOnRating { comment: "Nobody came." }
    bot:  Thank you, 1!
    bot:  Bye
    end:  Finished
    "#);
}

#[test]
fn a_comment_can_be_left_out() {
    for nothing in ["", "no", "No."] {
        let told = play(&commented(), &["5", nothing]);
        assert!(!told.contains("CommentOnRating"), "{told}");
        assert!(told.ends_with("bot:  Thank you, 5!\nbot:  Bye\nend:  Finished"), "{told}");
    }
}

fn page_data() -> Flow {
    let assignments = [("$cart", "shop.cart"), ("plan", "")];
    let assignments = assignments.map(|(name, key)| (name.to_owned(), key.to_owned())).to_vec();
    flow(vec![
        StepSource { assignments, ..step(1, 14, "") }.to(link(2)),
        message(2, "Cart: $cart, plan: $plan"),
    ])
}

#[test]
fn page_data_fills_the_variables_it_was_asked_for() {
    let page_data_sent = [("shop.cart", "<3>"), ("plan", "pro"), ("answer", "not asked for")];
    let page_data_sent = page_data_sent.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let answer = Event::Answered(Answer { page_data: page_data_sent, ..Answer::default() });
    let told = play_events(&page_data(), facts(), &Event::Opened { at: None }, &[answer]);
    assert_snapshot!(told, @r#"
    bot:   <- PageData "pagedata" [shop.cart=cart] [plan=plan]
    user:
    took: Text("") for 1
    set:  cart = "<3>"
    set:  plan = "pro"
    bot:  Cart: &lt;3&gt;, plan: pro
    end:  Finished
    "#);
}

#[test]
fn a_client_without_page_data_goes_on_with_whatever_it_says() {
    assert_snapshot!(play(&page_data(), &["hello?"]), @r#"
    bot:   <- PageData "pagedata" [shop.cart=cart] [plan=plan]
    user: hello?
    took: Text("hello?") for 1
    bot:  Cart: , plan:
    end:  Finished
    "#);
}

fn timed() -> Flow {
    let limit = |minutes: f64, id: i32, to: i32| LinkSource {
        id: Some(id),
        time_limit_mins: Some(minutes),
        ..link(to)
    };
    flow(vec![
        question(1, "Still there?", 0).to(limit(5.0, 8, 3)).to(limit(2.5, 9, 3)).to(link(2)),
        message(2, "answered").to(limit(1.0, 10, 3)),
        message(3, "It seems not."),
    ])
}

#[test]
fn a_time_limit_is_told_and_taken_only_while_the_step_waits() {
    let flow = timed();
    assert_eq!(flow.time_limit(StepId::new(1)), Some((2.5, LinkId::new(9))));
    assert_eq!(flow.time_limit(StepId::new(3)), None);
    let timed_out = Event::TimedOut { link: LinkId::new(9) };
    let told =
        play_events(&flow, facts(), &Event::Opened { at: None }, &[timed_out.clone(), timed_out.clone()]);
    assert_snapshot!(told, @r#"
    bot:  Still there? <- Text "answer"
    time: 9
    bot:  It seems not.
    time: 9
    end:  Finished
    "#);
    for position in [Position::NotStarted, waiting(2), waiting(99), Position::HandedOver, Position::Finished]
    {
        assert_eq!(advance(&flow, &position, &timed_out, &facts()), Advance::stay(&position));
    }
    let no_limit = Event::TimedOut { link: LinkId::new(11) };
    assert_eq!(advance(&flow, &waiting(1), &no_limit, &facts()), Advance::stay(&waiting(1)));
}

#[test]
fn an_answer_never_leaves_by_a_timed_link() {
    assert!(play(&timed(), &["yes"]).ends_with("bot:  answered\nend:  Finished"));
}

#[test]
fn a_time_limit_ends_a_proof_and_a_comment_too() {
    let limit = LinkSource { id: Some(9), time_limit_mins: Some(1.0), ..link(2) };
    let proofs = vec![ProofSource { answer_field: Some(1), ..ProofSource::default() }];
    let verify = StepSource { proofs, ..step(1, 4, "Who?") };
    let feedback = StepSource { asks_for_comment: true, ..rating() };
    let after = message(2, "Gone.");
    let timed_out = Event::TimedOut { link: LinkId::new(9) };
    for (first, said) in [(verify.to(success(2)).to(failure(2)), vec![]), (feedback, vec![says("3")])] {
        let flow = flow(vec![first.to(limit.clone()), after.clone()]);
        let events: Vec<Event> = said.into_iter().chain([timed_out.clone()]).collect();
        let told = play_events(&flow, facts(), &Event::Opened { at: None }, &events);
        assert!(told.ends_with("time: 9\nbot:  Gone.\nend:  Finished"), "{told}");
    }
}

/// The step at which a chat begins that is opened on this page.
fn begins(mappings: &[(&str, i32)], page: &str) -> i32 {
    let start_mappings = mappings
        .iter()
        .map(|(url, step)| StartMapping { url: (*url).to_owned(), step: Some(*step) })
        .collect();
    let steps = (1..6).map(|id| question(id, "?", 0)).collect();
    let flow = compile(&FlowSource { start_mappings, ..source(steps) }).expect("a whole flow");
    let facts = Facts { page_url: page.to_owned(), ..facts() };
    let opened = advance(&flow, &Position::NotStarted, &Event::Opened { at: None }, &facts);
    opened.position.waits_at().expect("a question").get()
}

#[test]
fn a_page_says_where_a_chat_begins() {
    let shop = [
        ("https://www.Shop.example/", 2),
        ("shop.example/help", 3),
        ("shop.example/help/*/print", 4),
        ("/careers", 5),
    ];
    for (page, step) in [
        ("https://shop.example", 2),
        ("http://shop.example/cart?x=1", 2),
        ("https://SHOP.example/help/", 3),
        ("https://shop.example/help?topic=vpn", 3),
        ("https://shop.example/help/vpn", 3),
        ("https://shop.example/helpless", 2),
        ("https://shop.example/help/vpn/print", 4),
        ("https://shop.example/help/vpn/print/print#top", 4),
        ("https://shop.example/help/vpn/printer", 3),
        ("https://other.example/careers/berlin", 5),
        ("https://shop.example.evil.example/", 1),
        ("https://other.example/", 1),
        ("", 1),
    ] {
        assert_eq!(begins(&shop, page), step, "{page}");
    }
}

#[test]
fn the_pages_own_address_comes_before_longer_patterns() {
    let both = [("a.example/x*y*", 2), ("a.example/xyz", 3), ("a.example/xyz", 4), ("*", 5)];
    assert_eq!(begins(&both, "https://a.example/xyz"), 3);
    assert_eq!(begins(&both, "https://a.example/xayb"), 2);
    assert_eq!(begins(&both, "https://b.example"), 5);
    assert_eq!(begins(&[("a.example/search?q=", 2)], "https://a.example/search?q=é"), 2);
}

#[test]
fn a_step_that_the_page_names_comes_before_its_mapping() {
    let named = StepSource { allow_start_override: true, ..question(2, "?", 0) };
    let start_mappings = vec![StartMapping { url: "*".to_owned(), step: Some(3) }];
    let steps = vec![question(1, "?", 0), named, question(3, "?", 0)];
    let flow = load(&FlowSource { start_mappings, ..source(steps) });
    let facts = Facts { page_url: "https://a.example".to_owned(), ..facts() };
    let at = |at| advance(&flow, &Position::NotStarted, &Event::Opened { at }, &facts).position;
    assert_eq!(at(Some(StepId::new(2))), waiting(2));
    assert_eq!(at(None), waiting(3));
}
