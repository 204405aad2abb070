//! The question step: what it asks, what it keeps, and how it refuses.

use insta::assert_snapshot;

use super::*;

#[test]
fn keeps_the_normal_form_and_goes_on() {
    let flow =
        flow(vec![question(1, "How many?", 5).to(link(2)), message(2, "$count it is, that is $ANSWER")]);
    let facts = facts_with(vec![field(5, "Count", FieldKind::Integer)]);
    assert_snapshot!(play_with(&flow, facts, &["many", "1,000"]), @r#"
    bot:  How many? <- Integer "Count"
    user: many
    took: Refused { step: StepId(1) }
    bot:  Please give a whole number. <- Integer "Count"
    user: 1,000
    took: Integer(1000) for 1
    set:  Count = "1000"
    set:  answer = "1000"
    bot:  1000 it is, that is 1000
    end:  Finished
    "#);
}

#[test]
fn a_bad_answer_is_told_in_the_steps_own_words_and_asked_again() {
    let flow = flow(vec![question(1, "Mail?", 5).message2("Not <b>mail</b>, $username."), message(2, "x")]);
    let facts =
        Facts { visitor_name: "A&B".to_owned(), ..facts_with(vec![field(5, "mail", FieldKind::Email)]) };
    assert_snapshot!(play_with(&flow, facts, &["a@b", "", "a@b.example"]), @r#"
    bot:  Mail? <- Email "mail"
    user: a@b
    took: Refused { step: StepId(1) }
    bot:  Not <b>mail</b>, A&amp;B. <- Email "mail"
    user:
    took: Refused { step: StepId(1) }
    bot:  Not <b>mail</b>, A&amp;B. <- Email "mail"
    user: a@b.example
    took: Text("a@b.example") for 1
    set:  mail = "a@b.example"
    set:  answer = "a@b.example"
    end:  Finished
    "#);
}

#[test]
fn a_choice_field_shows_its_values() {
    let flow = flow(vec![question(1, "Colour?", 5).to(link(2)), message(2, "$colour")]);
    let colour = Field {
        values: vec![entry("r", "Red"), entry("g", "Green")],
        ..field(5, "colour", FieldKind::Choice)
    };
    assert_snapshot!(play_with(&flow, facts_with(vec![colour]), &["blue", "2"]), @r#"
    bot:  Colour? <- Choice "colour" [r=Red] [g=Green]
    user: blue
    took: Refused { step: StepId(1) }
    bot:  Please choose one of: Red, Green. <- Choice "colour" [r=Red] [g=Green]
    user: 2
    took: Choice { id: None, value: "g", label: "Green" } for 1
    set:  colour = "g"
    set:  answer = "g"
    bot:  g
    end:  Finished
    "#);
}

#[test]
fn a_question_without_words_asks_with_its_fields_label() {
    let flow = flow(vec![question(1, "", 5)]);
    let facts = facts_with(vec![field(5, "name", FieldKind::Text)]);
    assert_snapshot!(play_with(&flow, facts, &[]), @r#"
    bot:  Your name <- Text "name"
    end:  Waiting { step: StepId(1) }
    "#);
}

#[test]
fn a_question_for_an_unknown_field_takes_any_words() {
    let flow = flow(vec![question(1, "So?", 99).to(link(2)), message(2, "You said $answer")]);
    assert_snapshot!(play(&flow, &["<i>x</i> $botname"]), @r#"
    bot:  So? <- Text "answer"
    user: <i>x</i> $botname
    took: Text("<i>x</i> $botname") for 1
    set:  answer = "<i>x</i> $botname"
    bot:  You said &lt;i&gt;x&lt;/i&gt; $botname
    end:  Finished
    "#);
}

#[test]
fn a_question_at_the_end_finishes() {
    let flow = flow(vec![question(1, "So?", 99).to(link(2)).ending(), message(2, "wrong")]);
    assert_snapshot!(play(&flow, &["so"]), @r#"
    bot:  So? <- Text "answer"
    user: so
    took: Text("so") for 1
    set:  answer = "so"
    end:  Finished
    "#);
}

#[test]
fn two_answers_to_one_question_move_the_flow_once() {
    let flow = flow(vec![question(1, "One?", 0).to(link(2)), question(2, "Two?", 0)]);
    let answer =
        Event::Answered(Answer { step: Some(StepId::new(1)), text: "a".to_owned(), ..Answer::default() });
    let told = play_events(&flow, facts(), &Event::Opened { at: None }, &[answer.clone(), answer]);
    assert_snapshot!(told, @r#"
    bot:  One? <- Text "answer"
    user: a
    took: Text("a") for 1
    set:  answer = "a"
    bot:  Two? <- Text "answer"
    user: a
    took: Stale
    end:  Waiting { step: StepId(2) }
    "#);
}

#[test]
fn a_variable_keeps_the_spelling_it_had_first() {
    let flow = flow(vec![
        set(1, "Name", "Ann").to(link(2)),
        question(2, "Name?", 5).to(link(3)),
        message(3, "$NAME"),
    ]);
    let facts = facts_with(vec![field(5, "NAME", FieldKind::Text)]);
    assert_snapshot!(play_with(&flow, facts, &["Bob"]), @r#"
    set:  Name = "Ann"
    bot:  Name? <- Text "NAME"
    user: Bob
    took: Text("Bob") for 2
    set:  Name = "Bob"
    set:  answer = "Bob"
    bot:  Bob
    end:  Finished
    "#);
}
