//! Every pair of position and event, starting places, and walks without end.

use insta::assert_snapshot;

use super::*;

fn two_questions() -> Flow {
    let second = StepSource { allow_start_override: true, ..question(2, "Two?", 0) };
    let source = FlowSource {
        greeting: Some("Hello".to_owned()),
        steps: vec![question(1, "One?", 0).to(link(2)), second.to(link(3)), message(3, "Three")],
        ..FlowSource::default()
    };
    compile(&source).expect("a whole flow")
}

fn opened(at: Option<i32>) -> Event {
    Event::Opened { at: at.map(StepId::new) }
}

fn jumped(to: i32) -> Event {
    Event::Jumped { to: StepId::new(to) }
}

fn answered(step: Option<i32>) -> Event {
    let step = step.map(StepId::new);
    Event::Answered(Answer { step, text: "x".to_owned(), ..Answer::default() })
}

fn moved(position: &Position, event: &Event) -> (Position, Reception, usize) {
    let advance = advance(&two_questions(), position, event, &facts());
    (advance.position, advance.reception, advance.effects.len())
}

#[test]
fn opens_at_a_step_that_allows_it_and_else_at_the_start() {
    let play = |at| play_events(&two_questions(), facts(), &opened(at), &[]);
    assert_snapshot!(play(Some(2)), @r#"
    bot:  Hello
    bot:  Two? <- Text "answer"
    end:  Waiting { step: StepId(2) }
    "#);
    for at in [None, Some(1), Some(3), Some(99)] {
        assert_eq!(play(at).lines().last(), Some("end:  Waiting { step: StepId(1) }"));
    }
}

#[test]
fn what_moves_nothing_changes_nothing() {
    let stays = |position: &Position, event: &Event, reception: Reception| {
        assert_eq!(moved(position, event), (position.clone(), reception, 0), "{event:?}");
    };
    for position in [waiting(1), Position::HandedOver, Position::Finished] {
        stays(&position, &opened(None), Reception::NotAsked);
        stays(&position, &jumped(99), Reception::NotAsked);
    }
    for position in [Position::NotStarted, Position::HandedOver, Position::Finished] {
        stays(&position, &answered(None), Reception::NotAsked);
        stays(&position, &answered(Some(1)), Reception::Stale);
    }
    stays(&waiting(1), &answered(Some(2)), Reception::Stale);
    stays(&waiting(99), &answered(None), Reception::NotAsked);
    stays(&waiting(99), &answered(Some(1)), Reception::Stale);
}

#[test]
fn jumps_from_anywhere() {
    for position in [Position::NotStarted, waiting(1), Position::HandedOver, Position::Finished] {
        assert_eq!(moved(&position, &jumped(2)), (waiting(2), Reception::NotAsked, 1));
    }
}

#[test]
fn an_answer_that_names_its_step_moves_on() {
    let (position, reception, _) = moved(&waiting(1), &answered(Some(1)));
    assert_eq!(position, waiting(2));
    assert!(matches!(reception, Reception::Accepted { .. }));
}

/// A flow that cannot be saved, but may have been stored before it was checked.
fn endless() -> Flow {
    load(&source(vec![
        question(1, "Go?", 0).to(link(2)),
        message(2, "round").to(link(3)),
        set(3, "a", "$a.").to(link(2)),
    ]))
}

#[test]
fn an_endless_walk_stops_where_it_spoke_last_and_can_be_walked_again() {
    let first = advance(&endless(), &waiting(1), &says("go"), &facts());
    assert_eq!(first.position, waiting(2));
    assert_eq!(first.effects.last(), Some(&Effect::ReportEndless { at: StepId::new(2) }));
    // The answer's variable, one effect for each step, and the report.
    assert_eq!(first.effects.len(), 1 + STEPS_PER_ACT_MAX + 1);

    let again = advance(&endless(), &first.position, &says("hello?"), &facts());
    assert_eq!((again.position, again.reception), (waiting(2), Reception::NotAsked));
    assert_eq!(again.effects.len(), STEPS_PER_ACT_MAX + 1);
}

#[test]
fn an_endless_walk_that_says_nothing_stops_where_it_began() {
    let silent = load(&source(vec![set(1, "a", "b").to(link(2)), set(2, "a", "b").to(link(1))]));
    let opened = advance(&silent, &Position::NotStarted, &opened(None), &facts());
    assert_eq!(opened.position, waiting(1));

    let asked = load(&source(vec![question(1, "?", 0).to(link(2)), set(2, "a", "b").to(link(2))]));
    let answered = advance(&asked, &waiting(1), &says("x"), &facts());
    assert_eq!(answered.position, waiting(1));
}

#[test]
fn fifty_steps_are_not_too_many() {
    let last = 50;
    let mut steps: Vec<StepSource> = (1..last).map(|id| message(id, "x").to(link(id + 1))).collect();
    steps.push(message(last, "done"));
    assert!(play(&flow(steps), &[]).ends_with("bot:  done\nend:  Finished"));
}
