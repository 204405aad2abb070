//! The choice step: what it shows, and what it takes for an answer.

use insta::assert_snapshot;

use super::*;

fn menu() -> Flow {
    flow(vec![
        step(1, 1, "What is it?")
            .to(LinkSource { id: Some(11), seq: 1, selection_order: 2, ..option("Printer", 2) })
            .to(LinkSource { id: Some(12), seq: 2, selection_order: 1, ..option("For $botname", 3) })
            .to(LinkSource { id: Some(13), seq: 0, selection_order: 3, ..option("2", 4) })
            .to(LinkSource { id: Some(14), seq: 3, ..link(5) }),
        message(2, "printer"),
        message(3, "robin"),
        message(4, "two"),
        message(5, "unlabelled"),
    ])
}

/// Where an answer leads from the menu, as the bot's words; nothing when it is refused.
fn led_to(answer: Answer) -> Option<String> {
    let advance = advance(&menu(), &waiting(1), &Event::Answered(answer), &facts());
    assert_ne!(advance.reception, Reception::NotAsked);
    let said = advance.effects.into_iter().find_map(|effect| match effect {
        Effect::Say(saying) if saying.ask.is_none() => Some(saying.html.into_string()),
        _ => None,
    });
    assert_eq!(said.is_none(), advance.reception == Reception::Refused { step: StepId::new(1) });
    said
}

fn text(text: &str) -> Answer {
    Answer { text: text.to_owned(), ..Answer::default() }
}

#[test]
fn shows_labelled_links_in_their_order_and_moves_by_the_one_chosen() {
    assert_snapshot!(play(&menu(), &["PRINTER "]), @r#"
    bot:  What is it? <- Choice "Step 1" [12=For Robin] [11=Printer] [13=2]
    user: PRINTER
    took: Choice { id: Some(11), value: "11", label: "Printer" } for 1
    set:  answer = "Printer"
    bot:  printer
    end:  Finished
    "#);
}

#[test]
fn asks_again_until_the_answer_is_a_choice() {
    assert_snapshot!(play(&menu(), &["help!", "for robin"]), @r#"
    bot:  What is it? <- Choice "Step 1" [12=For Robin] [11=Printer] [13=2]
    user: help!
    took: Refused { step: StepId(1) }
    bot:  Please choose one of: For Robin, Printer, 2. <- Choice "Step 1" [12=For Robin] [11=Printer] [13=2]
    user: for robin
    took: Choice { id: Some(12), value: "12", label: "For Robin" } for 1
    set:  answer = "For Robin"
    bot:  robin
    end:  Finished
    "#);
}

#[test]
fn a_bad_answer_is_told_in_the_steps_own_words() {
    let flow = flow(vec![
        step(1, 1, "Yes or no?").message2("Sorry, $username?").to(option("Yes", 2)).to(option("No", 2)),
        message(2, "fine"),
    ]);
    assert_snapshot!(play(&flow, &["hm", "no"]), @r#"
    bot:  Yes or no? <- Choice "Step 1" [1=Yes] [2=No]
    user: hm
    took: Refused { step: StepId(1) }
    bot:  Sorry, ? <- Choice "Step 1" [1=Yes] [2=No]
    user: no
    took: Choice { id: Some(2), value: "2", label: "No" } for 1
    set:  answer = "No"
    bot:  fine
    end:  Finished
    "#);
}

#[test]
fn takes_a_links_id_its_label_or_its_place() {
    assert_eq!(led_to(Answer { value_int: Some(12), ..text("anything") }).as_deref(), Some("robin"));
    assert_eq!(led_to(Answer { value_int: Some(99), ..text("printer") }).as_deref(), Some("printer"));
    assert_eq!(led_to(text("1")).as_deref(), Some("robin"));
    // A label comes before a place.
    assert_eq!(led_to(text("2")).as_deref(), Some("two"));
    assert_eq!(led_to(text("3")).as_deref(), Some("two"));
    for bad in ["", "0", "4", "-1", "99999999999999999999", "11", "print"] {
        assert_eq!(led_to(text(bad)), None, "{bad}");
    }
    // The unlabelled link is no button.
    assert_eq!(led_to(Answer { value_int: Some(14), ..text("") }), None);
}

#[test]
fn a_choice_at_the_end_takes_its_answer_and_finishes() {
    let flow = flow(vec![step(1, 1, "Sure?").to(option("Yes", 2)).ending(), message(2, "wrong")]);
    assert_snapshot!(play(&flow, &["yes"]), @r#"
    bot:  Sure? <- Choice "Step 1" [1=Yes]
    user: yes
    took: Choice { id: Some(1), value: "1", label: "Yes" } for 1
    set:  answer = "Yes"
    end:  Finished
    "#);
}

#[test]
fn quick_replies_go_with_the_question() {
    let reply =
        Suggestion { id: 1, label: "I am $botname".to_owned(), message: "it's $botname".to_owned(), kind: 0 };
    let flow = flow(vec![StepSource { suggestions: vec![reply], image: 4, ..question(1, "Who?", 0) }]);
    assert_snapshot!(play(&flow, &[]), @r#"
    bot:  Who? <- Text "answer" (I am Robin: it's Robin)
    end:  Waiting { step: StepId(1) }
    "#);
    let opened = advance(&flow, &Position::NotStarted, &Event::Opened { at: None }, &facts());
    assert!(matches!(&opened.effects[0], Effect::Say(Saying { image: 4, .. })));
}
