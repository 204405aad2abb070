//! Proving who one is, and failing to.

use insta::assert_snapshot;

use super::*;
use crate::domain::ids::UserId;

fn proof(sequence: i32, question: &str, field: i32) -> ProofSource {
    ProofSource { sequence, question: Some(question.to_owned()), answer_field: Some(field) }
}

fn desk() -> Flow {
    let verify = StepSource {
        proofs: vec![proof(2, "Born when?", 6), proof(1, "First pet?", 5)],
        ..step(1, 4, "Your work address?")
    };
    flow(vec![
        verify.to(success(2)).to(failure(3)),
        message(2, "Hello $username ($useremail)"),
        message(3, "I could not verify you."),
    ])
}

fn records() -> Facts {
    facts_with(vec![field(5, "pet", FieldKind::Text), field(6, "born", FieldKind::Date)])
}

fn ann() -> Event {
    let answers = [(5, " Rex  the Dog"), (6, "1980-03-01")];
    Event::Found(Finding::User(Some(KnownUser {
        id: UserId::new(9),
        name: "Ann".to_owned(),
        email: "ann@example.com".to_owned(),
        answers: answers.map(|(field, answer)| (FieldId::new(field), answer.to_owned())).into(),
    })))
}

fn nobody() -> Event {
    Event::Found(Finding::User(None))
}

fn opened(facts: Facts, events: &[Event]) -> String {
    play_events(&desk(), facts, &Event::Opened { at: None }, events)
}

#[test]
fn right_answers_in_any_form_prove_who_one_is() {
    let told = opened(
        records(),
        &[says("ann"), says("Ann@Example.com"), says("rex the DOG "), ann(), says("1 March 1980"), ann()],
    );
    assert_snapshot!(told, @r#"
    bot:  Your work address? <- Email "email"
    user: ann
    took: Refused { step: StepId(1) }
    bot:  Please give an e-mail address such as name@example.com. <- Email "email"
    user: Ann@Example.com
    took: Text("Ann@example.com") for 1
    bot:  First pet? <- Text "pet"
    user: rex the DOG
    took: Text("rex the DOG") for 1
    do:   User { email: "Ann@example.com" }
    back: User(Some(KnownUser { id: UserId(9), .. }))
    bot:  Born when? <- Date "born"
    user: 1 March 1980
    took: Date(1980-03-01T00:00:00Z) for 1
    do:   User { email: "Ann@example.com" }
    back: User(Some(KnownUser { id: UserId(9), .. }))
    do:   Identify { user: UserId(9), name: "Ann", email: "ann@example.com" }
    bot:  Hello Ann (ann@example.com)
    end:  Finished
    "#);
}

#[test]
fn a_known_address_is_not_asked_for() {
    let facts = Facts { visitor_email: "ann@example.com".to_owned(), ..records() };
    let told = opened(facts, &[says("Rex the Dog")]);
    assert_snapshot!(told, @r#"
    bot:  First pet? <- Text "pet"
    user: Rex the Dog
    took: Text("Rex the Dog") for 1
    do:   User { email: "ann@example.com" }
    end:  LookingUp { step: StepId(1), steps_taken: 0, check: Some(Check { proof: Proof { attempt: 1, email: Some("ann@example.com"), question: 0, holds: true }, answer: "Rex the Dog" }) }
    "#);
}

#[test]
fn a_visitor_who_is_signed_in_proves_nothing() {
    let facts = Facts { visitor_is_known: true, visitor_name: "Ann".to_owned(), ..records() };
    assert_eq!(opened(facts, &[]), "bot:  Hello Ann ()\nend:  Finished");
}

/// One attempt: the address and both answers, each looked up.
fn attempt(pet: &str, found: &Event) -> Vec<Event> {
    vec![says("ann@example.com"), says(pet), found.clone(), says("1.3.1980"), found.clone()]
}

#[test]
fn the_third_failed_attempt_is_the_last() {
    let mut events = attempt("cat", &ann());
    events.extend(attempt("dog", &ann()));
    let told = opened(records(), &events);
    assert!(told.contains("Please try again."), "{told}");
    assert!(told.ends_with("attempt: 3, email: None, question: 0, holds: true } }"), "{told}");
    let mut third = events.clone();
    third.extend(attempt("Rex the Dog", &ann()));
    assert!(opened(records(), &third).ends_with("bot:  Hello Ann (ann@example.com)\nend:  Finished"));
    events.extend(attempt("fish", &ann()));
    assert!(opened(records(), &events).ends_with("bot:  I could not verify you.\nend:  Finished"));
}

#[test]
fn nothing_tells_whether_an_address_belongs_to_anybody() {
    let lines = |found: &Event| {
        let events: Vec<Event> = (0..3).flat_map(|_| attempt("cat", found)).collect();
        let told = opened(records(), &events);
        told.lines().filter(|line| !line.starts_with("back:")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&ann()), lines(&nobody()));
    assert_eq!(lines(&nobody()), lines(&Event::Found(Finding::Failed)));
}

#[test]
fn a_position_holds_neither_the_user_nor_the_right_answers() {
    let told = opened(records(), &[says("ann@example.com"), says("Rex the Dog"), ann()]);
    let end = told.lines().last().expect("an end");
    assert_snapshot!(end, @r#"end:  Verifying { step: StepId(1), proof: Proof { attempt: 1, email: Some("ann@example.com"), question: 1, holds: true } }"#);
}

#[test]
fn a_record_without_an_answer_is_matched_by_none() {
    let user = KnownUser {
        id: UserId::new(9),
        name: String::new(),
        email: String::new(),
        answers: [(FieldId::new(5), " ".to_owned())].into(),
    };
    let found = Event::Found(Finding::User(Some(user)));
    let events: Vec<Event> = (0..3).flat_map(|_| attempt("x", &found)).collect();
    assert!(opened(records(), &events).ends_with("bot:  I could not verify you.\nend:  Finished"));
}

#[test]
fn an_answer_of_the_wrong_kind_costs_no_attempt() {
    let told = opened(records(), &[says("ann@example.com"), says("x"), ann(), says("in spring")]);
    assert!(told.contains("Please give a date"), "{told}");
    assert!(
        told.contains("attempt: 1, email: Some(\"ann@example.com\"), question: 1, holds: false"),
        "{told}"
    );
}

#[test]
fn without_questions_nobody_is_verified() {
    let open = load(&source(vec![
        step(1, 4, "Who?").to(success(2)).to(failure(3)),
        message(2, "wrong"),
        message(3, "not verified"),
    ]));
    assert_eq!(play(&open, &[]), "bot:  not verified\nend:  Finished");
}
