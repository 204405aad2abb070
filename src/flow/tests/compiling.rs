//! What saving refuses, and what loading mends.

use insta::assert_snapshot;

use super::*;

/// Every problem of a flow, one a line.
fn problems(steps: Vec<StepSource>) -> String {
    match compile(&source(steps)) {
        Ok(_) => "none".to_owned(),
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    }
}

/// A step that is not the start.
fn later(step: StepSource) -> StepSource {
    StepSource { is_start: false, ..step }
}

#[test]
fn tells_every_problem_by_step_number_and_name() {
    let two_way = StepSource { conditions: vec![criterion("a", 10, "(")], ..step(5, 3, "") };
    let told = problems(vec![
        later(message(1, "a")).to(option("Go", 9)).to(LinkSource::default()),
        message(1, "b"),
        StepSource { step_id: None, ..message(3, "c") },
        step(4, 1, "no options").to(link(1)),
        two_way.to(success(1)),
        StepSource { ai_failure_step: Some(77), ..step(6, 10, "d") }
            .to(when("b", 10, "[", 1))
            .to(LinkSource { id: Some(8), ..link(1) })
            .to(LinkSource { id: Some(8), ..link(1) }),
    ]);
    assert_snapshot!(told, @r#"
    step 1 (Step 1) has the number of another step
    (Step 3) has no number
    step 1 (Step 1) the link "Go" leads to step 9, which does not exist
    step 1 (Step 1) the link 10 leads nowhere
    step 4 (Step 4) offers no options: none of its links has a label
    step 5 (Step 5) the condition on "a" has an invalid regular expression: unclosed group
    step 5 (Step 5) has no failure link
    step 6 (Step 6) the link 13 is wrong: the condition on "b" has an invalid regular expression: unclosed character class
    step 6 (Step 6) the link 14 has the id of another link (8)
    step 6 (Step 6) offers no options: none of its links has a label
    step 6 (Step 6) goes to step 77 when the model fails, which does not exist
    "#);
}

#[test]
fn there_is_one_start() {
    assert_snapshot!(problems(vec![later(message(1, "a")), message(2, "b")]), @"no step is marked as the start");
    let second = StepSource { is_start: true, ..message(2, "b") };
    assert_snapshot!(problems(vec![message(1, "a"), second]), @"step 2 (Step 2) is marked as the start, as another step already is");
}

#[test]
fn success_and_failure_are_needed_only_where_a_step_judges() {
    assert_eq!(problems(vec![step(1, 3, "")]), "none");
    let judge = || StepSource { conditions: vec![criterion("a", 0, "b")], ..step(1, 3, "") };
    assert_eq!(problems(vec![judge().ending()]), "none");
    assert_snapshot!(problems(vec![judge()]), @"
    step 1 (Step 1) has no success link
    step 1 (Step 1) has no failure link
    ");
}

#[test]
fn a_circle_needs_a_step_that_waits() {
    let round = |kind: StepSource| {
        problems(vec![message(1, "a").to(link(2)), kind.to(link(3)), message(3, "c").to(link(1))])
    };
    assert_eq!(round(question(2, "b", 0)), "none");
    assert_eq!(round(message(2, "b").ending()), "none");
    assert_eq!(round(step(2, 16, "b")), "none");
    assert_snapshot!(round(message(2, "b")), @"step 1 (Step 1) is in a circle in which no step waits: 1 → 2 → 3 → 1");
    assert_snapshot!(round(step(2, 3, "")), @"step 1 (Step 1) is in a circle in which no step waits: 1 → 2 → 3 → 1");
    assert_snapshot!(problems(vec![message(1, "a").to(link(1))]), @"step 1 (Step 1) is in a circle in which no step waits: 1 → 1");
    assert_snapshot!(problems(vec![step(1, 8, "a").to(failure(2)), message(2, "b").to(link(1))]), @"step 1 (Step 1) is in a circle in which no step waits: 1 → 2 → 1");
    // The second link without a condition is never taken.
    let idle = message(2, "b").to(link(3)).to(LinkSource { seq: 1, ..link(2) });
    assert_eq!(problems(vec![message(1, "a").to(link(2)), idle, message(3, "c")]), "none");
}

#[test]
fn each_circle_is_told_once() {
    let told = problems(vec![
        message(1, "a").to(link(2)),
        message(2, "b").to(link(3)),
        message(3, "c").to(link(2)),
        step(4, 3, "").to(when("x", 0, "1", 5)).to(when("x", 0, "2", 6)).to(when("x", 0, "3", 7)),
        message(5, "e").to(link(4)),
        message(6, "f").to(link(7)),
        message(7, "g").to(link(4)),
    ]);
    assert_snapshot!(told, @"
    step 2 (Step 2) is in a circle in which no step waits: 2 → 3 → 2
    step 4 (Step 4) is in a circle in which no step waits: 4 → 5 → 4
    step 6 (Step 6) is in a circle in which no step waits: 6 → 7 → 4 → 6
    ");
}

#[test]
fn missing_link_ids_are_assigned_above_all_others_and_always_the_same() {
    let id = |id: i32| LinkSource { id: Some(id), ..link(1) };
    let steps =
        vec![question(1, "a", 0).to(link(2)).to(id(40)).to(id(0)), question(2, "b", 0).to(id(7)).to(link(1))];
    let assigned: Vec<_> = assigned_link_ids(&source(steps))
        .into_iter()
        .map(|(step, link, id)| (step, link, id.get()))
        .collect();
    assert_eq!(assigned, [(0, 0, 41), (0, 2, 42), (1, 1, 43)]);

    let full = source(vec![message(1, "a").to(id(i32::MAX)).to(id(1)).to(link(1)).to(id(-5))]);
    assert_eq!(assigned_link_ids(&full).into_iter().map(|(.., id)| id.get()).collect::<Vec<_>>(), [2]);
}

#[test]
fn assigned_ids_are_the_ones_that_choices_show() {
    let menu = source(vec![step(1, 1, "?").to(option("a", 1)).to(option("b", 1))]);
    let ids: Vec<String> = assigned_link_ids(&menu).iter().map(|(.., id)| id.to_string()).collect();
    let opened = advance(&load(&menu), &Position::NotStarted, &Event::Opened { at: None }, &facts());
    let Effect::Say(Saying { ask: Some(ask), .. }) = &opened.effects[0] else { panic!("no question") };
    assert_eq!(ask.options.iter().map(|option| option.value.clone()).collect::<Vec<_>>(), ids);
}

#[test]
fn loading_mends_what_it_can() {
    let broken = load(&source(vec![
        later(message(7, "first")).to(option("nowhere", 99)).to(LinkSource::default()).to(link(8)),
        step(8, 1, "nothing to choose").to(option("nowhere", 99)).to(link(9)),
        later(message(9, "ninth")),
        message(9, "the same number"),
        StepSource { step_id: None, ..message(0, "no number") },
    ]));
    assert_snapshot!(play(&broken, &[]), @"
    bot:  first
    bot:  nothing to choose
    bot:  ninth
    end:  Finished
    ");
    assert!(broken.has_step(StepId::new(10)));
}

#[test]
fn a_step_without_a_number_can_be_the_start() {
    let nameless = StepSource { step_id: None, is_start: true, ..message(0, "hi") };
    assert_eq!(play(&load(&source(vec![message(5, "five"), nameless])), &[]), "bot:  hi\nend:  Finished");
}

#[test]
fn tells_what_the_caller_must_know() {
    let fields = vec![question(1, "a", 4).to(link(2)), question(2, "b", 9).to(link(3)), message(3, "c")];
    let flow = flow(fields);
    assert_eq!(flow.field_ids().collect::<Vec<_>>(), [FieldId::new(4), FieldId::new(9)]);
    assert_eq!(flow.step_name(StepId::new(2)), Some("Step 2"));
    assert!(matches!(flow.kind(StepId::new(3)), Some(StepKind::Message)));
    assert!(!flow.allows_start_at(StepId::new(1)) && !flow.allows_start_at(StepId::new(99)));
}

#[test]
fn every_kind_tells_what_it_lacks() {
    let empty = |kind: i32| problems(vec![StepSource { request: None, ..step(1, kind, "") }]);
    assert_snapshot!(empty(4), @"
    step 1 (Step 1) asks nothing to verify a user by: anybody could give an e-mail address
    step 1 (Step 1) has no success link
    step 1 (Step 1) has no failure link
    ");
    for kind in [5, 6, 7] {
        assert_eq!(empty(kind), "step 1 (Step 1) has no success link\nstep 1 (Step 1) has no failure link");
    }
    assert_snapshot!(empty(9), @"step 1 (Step 1) has no success link");
    assert_snapshot!(empty(10), @"step 1 (Step 1) offers no options: none of its links has a label");
    assert_snapshot!(empty(11), @"
    step 1 (Step 1) has no request: its content must be JSON with method, url, headers and body
    step 1 (Step 1) has no success link
    step 1 (Step 1) has no failure link
    ");
    assert_snapshot!(empty(12), @"step 1 (Step 1) names no flow to continue in");
    assert_eq!(empty(13), "none");
    assert_snapshot!(empty(14), @"step 1 (Step 1) names no local-storage keys to ask for");
}

#[test]
fn tells_what_only_some_kinds_can_have_wrong() {
    let proofs = vec![ProofSource { question: Some("Pet?".to_owned()), ..ProofSource::default() }];
    let verify = StepSource { proofs, ..step(1, 4, "") };
    assert_snapshot!(problems(vec![verify.ending()]), @"step 1 (Step 1) has no field with the right answer to question 1");

    let request =
        HttpTemplate { method: "TRACE".to_owned(), url: "$x".to_owned(), ..HttpTemplate::default() };
    let assignments = vec![("a".to_owned(), "$.b".to_owned()), ("c".to_owned(), String::new())];
    let call = StepSource { request: Some(request), assignments, ..step(1, 11, "") };
    assert_snapshot!(problems(vec![call.ending()]), @r#"
    step 1 (Step 1) has the method "TRACE"; it can be GET, POST, PUT, PATCH, DELETE, HEAD
    step 1 (Step 1) has no web address to call (http or https)
    step 1 (Step 1) takes "a" from "$.b", which is no JSON pointer ("/a/b")
    "#);
}

#[test]
fn what_a_flow_does_not_need_may_be_wrong() {
    let timed = LinkSource { time_limit_mins: Some(1.0), ..when("a", 0, "b", 1) };
    let mapping = |url: &str, step| StartMapping { url: url.to_owned(), step };
    let start_mappings = vec![mapping("a.example", Some(9)), mapping(" ", Some(1)), mapping("*", None)];
    let steps = vec![StepSource { ai_failure_step: Some(9), ..question(1, "?", 0).to(timed) }];
    let flow =
        compile(&FlowSource { start_mappings, ..source(steps) }).expect("nothing that matters is wrong");
    assert_eq!(flow.time_limit(StepId::new(1)), None, "a link with conditions waits for them");
}

#[test]
fn only_a_step_that_waits_for_the_visitor_breaks_a_circle() {
    let round = |second: StepSource| problems(vec![message(1, "a").to(link(2)), second]);
    let is_circle = |told: &str| told.contains("is in a circle in which no step waits: 1 → 2 → 1");
    let both = |step: StepSource| step.to(success(1)).to(failure(1));
    let proofs = vec![ProofSource { answer_field: Some(1), ..ProofSource::default() }];
    let request = Some(HttpTemplate {
        method: "GET".to_owned(),
        url: "https://a.example".to_owned(),
        ..HttpTemplate::default()
    });
    let assignments = vec![("a".to_owned(), String::new())];
    let next_profile = Some(crate::domain::ids::ProfileId::new("other"));
    for runs_on in [
        both(StepSource { proofs: proofs.clone(), ..step(2, 4, "") }),
        both(step(2, 5, "")),
        both(step(2, 6, "")),
        both(step(2, 7, "")),
        both(step(2, 9, "")),
        step(2, 10, "").to(option("A", 1)),
        both(StepSource { request, ..step(2, 11, "") }),
        StepSource { next_profile, ..step(2, 12, "") }.to(link(1)),
    ] {
        let kind = runs_on.kind;
        assert!(is_circle(&round(runs_on)), "{kind}");
    }
    for waits in [
        StepSource { proofs, ..step(2, 4, "") }.to(failure(1)).to(success(3)),
        step(2, 9, "Hello").to(success(1)),
        step(2, 13, "").to(link(1)),
        StepSource { assignments, ..step(2, 14, "") }.to(link(1)),
    ] {
        let kind = waits.kind;
        let told = problems(vec![message(1, "a").to(link(2)), waits, message(3, "c")]);
        assert_eq!(told, "none", "{kind}");
    }
}
