//! Each step that asks nothing, and each way of leaving it.

use insta::assert_snapshot;

use super::*;

#[test]
fn greets_before_the_first_step() {
    let source = FlowSource {
        greeting: Some("<b>Hello</b>, I am $botname.".to_owned()),
        steps: vec![message(1, "Welcome")],
        ..FlowSource::default()
    };
    assert_snapshot!(play(&load(&source), &[]), @"
    bot:  <b>Hello</b>, I am Robin.
    bot:  Welcome
    end:  Finished
    ");
}

#[test]
fn a_profile_without_steps_leads_straight_to_people() {
    let source = FlowSource { greeting: Some("Hello".to_owned()), ..FlowSource::default() };
    let flow = compile(&source).expect("no steps are no problem");
    assert_snapshot!(play(&flow, &["Anybody there?"]), @"
    bot:  Hello
    do:   HandOver []
    user: Anybody there?
    end:  HandedOver
    ");
}

#[test]
fn a_message_says_all_its_texts_and_goes_on_by_its_default_link() {
    let first = StepSource {
        message2: Some("two".to_owned()),
        message3: Some("three".to_owned()),
        ..message(1, "one")
    };
    let flow = flow(vec![
        first
            .to(LinkSource { seq: 3, ..link(3) })
            .to(LinkSource { seq: 2, ..link(2) })
            .to(LinkSource { seq: 1, ..when("known", 0, "false", 3) })
            .to(LinkSource { seq: 0, ..success(3) }),
        message(2, "the default"),
        message(3, "wrong"),
    ]);
    assert_snapshot!(play(&flow, &[]), @"
    bot:  one
    bot:  two
    bot:  three
    bot:  the default
    end:  Finished
    ");
}

#[test]
fn a_message_at_the_end_leaves_its_links_alone() {
    let flow = flow(vec![message(1, "bye").to(link(2)).ending(), message(2, "wrong")]);
    assert_snapshot!(play(&flow, &["and now?"]), @"
    bot:  bye
    user: and now?
    end:  Finished
    ");
}

#[test]
fn kinds_that_we_do_not_know_are_messages() {
    for kind in [17, -1, 999] {
        let flow = flow(vec![step(1, kind, "one").to(link(2)), message(2, "two")]);
        assert_eq!(play(&flow, &[]), "bot:  one\nbot:  two\nend:  Finished", "{kind}");
    }
}

#[test]
fn a_condition_step_leaves_by_success_or_failure() {
    let judge = StepSource {
        conditions: vec![criterion("$known", 0, "yes"), criterion("language", 0, "2")],
        ..step(1, 3, "never said")
    };
    let flow = flow(vec![judge.to(success(2)).to(failure(3)), message(2, "success"), message(3, "failure")]);
    let known = Facts { visitor_is_known: true, ..facts() };
    assert_snapshot!(play_with(&flow, known.clone(), &[]), @"
    bot:  failure
    end:  Finished
    ");
    let both = Facts { language_id: Some(2), ..known };
    assert_snapshot!(play_with(&flow, both, &[]), @"
    bot:  success
    end:  Finished
    ");
}

#[test]
fn a_condition_step_takes_the_first_link_that_holds_else_the_default() {
    let flow = flow(vec![
        step(1, 3, "")
            .to(LinkSource { seq: 2, ..when("language", 5, "1", 2) })
            .to(LinkSource { seq: 1, ..when("language", 0, "9", 3) })
            .to(LinkSource { seq: 0, ..link(4) }),
        message(2, "more than one"),
        message(3, "nine"),
        message(4, "default"),
    ]);
    let speaks = |language| Facts { language_id: Some(language), ..facts() };
    assert_eq!(play_with(&flow, speaks(9), &[]), "bot:  nine\nend:  Finished");
    assert_eq!(play_with(&flow, speaks(2), &[]), "bot:  more than one\nend:  Finished");
    assert_eq!(play_with(&flow, speaks(1), &[]), "bot:  default\nend:  Finished");
}

#[test]
fn a_condition_step_without_a_way_out_finishes() {
    let flow = flow(vec![step(1, 3, "").to(when("language", 0, "9", 2)), message(2, "nine")]);
    assert_eq!(play(&flow, &[]), "end:  Finished");
}

fn live_chat(teams: &[i32]) -> StepSource {
    let teams = teams.iter().copied().map(TeamId::new).collect();
    StepSource { teams, ..step(1, 8, "One moment.").message2("Nobody is in.") }
}

fn reachable(teams: &[i32]) -> Facts {
    Facts { reachable_teams: teams.iter().copied().map(TeamId::new).collect(), ..facts() }
}

#[test]
fn live_chat_hands_over_when_a_team_of_its_own_is_reachable() {
    let flow = flow(vec![live_chat(&[7, 8]).to(failure(2)), message(2, "Leave a note.")]);
    assert_snapshot!(play_with(&flow, reachable(&[8]), &["hi"]), @"
    bot:  One moment.
    do:   HandOver [7, 8]
    user: hi
    end:  HandedOver
    ");
    assert_snapshot!(play_with(&flow, reachable(&[9]), &["hi"]), @"
    bot:  Nobody is in.
    bot:  Leave a note.
    user: hi
    end:  Finished
    ");
}

#[test]
fn live_chat_without_teams_takes_any_team() {
    let flow = flow(vec![live_chat(&[]).to(failure(2)), message(2, "Leave a note.")]);
    assert_snapshot!(play_with(&flow, reachable(&[9]), &[]), @"
    bot:  One moment.
    do:   HandOver []
    end:  HandedOver
    ");
    assert_snapshot!(play_with(&flow, reachable(&[]), &[]), @"
    bot:  Nobody is in.
    bot:  Leave a note.
    end:  Finished
    ");
}

#[test]
fn live_chat_without_a_failure_link_queues_even_when_nobody_is_in() {
    let flow = flow(vec![live_chat(&[7]).to(link(2)), message(2, "wrong")]);
    assert_snapshot!(play(&flow, &[]), @"
    bot:  Nobody is in.
    do:   HandOver [7]
    end:  HandedOver
    ");
}

#[test]
fn live_chat_at_the_end_still_hands_over_and_still_fails_over() {
    let flow = flow(vec![live_chat(&[7]).to(failure(2)).ending(), message(2, "Leave a note.")]);
    assert_eq!(
        play_with(&flow, reachable(&[7]), &[]),
        "bot:  One moment.\ndo:   HandOver [7]\nend:  HandedOver"
    );
    assert_eq!(
        play_with(&flow, reachable(&[]), &[]),
        "bot:  Nobody is in.\nbot:  Leave a note.\nend:  Finished"
    );
}

#[test]
fn set_values_are_there_for_the_steps_behind_them() {
    let assignments =
        [("$first", "1 & $botname"), ("second", "<$first>"), (" ", "dropped"), ("FIRST", "new")];
    let assignments = assignments.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let flow = flow(vec![
        StepSource { assignments, ..step(1, 15, "never said") }.to(link(2)),
        message(2, "$second, then $First"),
    ]);
    assert_snapshot!(play(&flow, &[]), @r#"
    set:  first = "1 & Robin"
    set:  second = "<1 & Robin>"
    set:  first = "new"
    bot:  &lt;1 &amp; Robin&gt;, then new
    end:  Finished
    "#);
}

#[test]
fn set_values_at_the_end_finish() {
    let flow = flow(vec![set(1, "a", "b").to(link(2)).ending(), message(2, "wrong")]);
    assert_eq!(play(&flow, &[]), "set:  a = \"b\"\nend:  Finished");
}

#[test]
fn the_end_step_closes_the_chat() {
    let flow =
        flow(vec![step(1, 16, "Good bye, $username.").message2("no").to(link(2)), message(2, "wrong")]);
    let facts = Facts { visitor_name: "Ann <3".to_owned(), ..facts() };
    assert_snapshot!(play_with(&flow, facts, &["wait"]), @"
    bot:  Good bye, Ann &lt;3.
    do:   Close
    user: wait
    end:  Finished
    ");
}
