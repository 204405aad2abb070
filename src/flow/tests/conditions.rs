//! Comparisons over variables and built-in names.

use super::{
    super::{
        condition::{Condition, all_hold},
        scope::Scope,
    },
    *,
};

fn holds_with(facts: &Facts, criterion: &CriterionSource) -> bool {
    let (condition, problem) = Condition::compile(criterion);
    assert_eq!(problem, None);
    condition.holds(&Scope::new(facts))
}

/// Whether `value` of a variable passes the comparison with `other`.
fn holds(value: &str, comparison: i32, other: &str) -> bool {
    let mut facts = facts();
    facts.variables.insert("Subject".to_owned(), value.to_owned());
    holds_with(&facts, &criterion(" $suBject", comparison, other))
}

#[test]
fn compares_as_its_number_says() {
    let cases = [
        (0, [("Red", "red"), ("7", "7.0"), ("", ""), ("007", "7"), ("-0", "0")], ("red", "green")),
        (1, [("a", "b"), ("", "a"), ("7", "8"), ("inf", "infinity"), ("1e1", "10")], ("A", "a")),
        (2, [("big red box", "RED"), ("a", ""), ("É", "é"), ("aa", "a"), ("12", "1")], ("box", "boxes")),
        (3, [("box", "boxes"), ("", "a"), ("a", "b"), ("1", "2"), ("x", "xy")], ("big red", "RED")),
        (4, [("Redder", "red"), ("a", ""), ("12", "1"), ("É", "é"), ("a b", "a ")], ("a red", "red")),
        (5, [("10", "9"), ("-1", "-2"), ("1.5", "1"), ("b", "a"), ("2026-03-02", "2026-03-01")], ("", "-1")),
        (6, [("9", "10"), ("-2", "-1"), ("1", "1.5"), ("a", "B"), ("2026-03-01", "2026-11-01")], ("", "1")),
        (7, [("a", ""), ("0", ""), ("false", ""), ("x", "y"), ("1", "")], (" ", "")),
        (8, [("", ""), (" ", ""), ("", "x"), ("  ", "x"), ("\n", "")], ("a", "")),
        (9, [("b", "a, B"), ("7", "6,7.0"), ("", "a,"), ("a", "a"), ("true", "yes,x")], ("ab", "a,b")),
        (10, [("Box 7", r"box \d"), ("aaa", "^a+$"), ("x", ""), ("é", "É"), ("ab", "b")], ("box", r"^\d$")),
    ];
    for (comparison, hold, fails) in cases {
        for (value, other) in hold {
            assert!(holds(value, comparison, other), "{comparison}: {value:?} {other:?}");
        }
        assert!(!holds(fails.0, comparison, fails.1), "{comparison}: {fails:?}");
    }
}

#[test]
fn equal_is_neither_greater_nor_less() {
    for comparison in [5, 6] {
        assert!(!holds("7", comparison, "7.0"));
        assert!(!holds("a", comparison, "A"));
    }
}

#[test]
fn a_comparison_that_we_do_not_know_never_holds() {
    for comparison in [-1, 11, 999] {
        assert!(!holds("a", comparison, "a"));
    }
}

#[test]
fn an_invalid_expression_is_a_problem_and_never_holds() {
    for expression in ["(", r"\p{Nope}", "(a{1000}){1000}"] {
        let (condition, problem) = Condition::compile(&criterion("a", 10, expression));
        let problem = problem.expect("a problem");
        assert!(problem.starts_with("the condition on \"a\""), "{problem}");
        assert!(!problem.contains('\n'), "{problem}");
        assert!(!condition.holds(&Scope::new(&facts())));
    }
}

#[test]
fn compares_with_whichever_member_has_the_value() {
    let mut facts = facts();
    facts.variables.insert("n".to_owned(), "5".to_owned());
    facts.variables.insert("day".to_owned(), "2026-03-01".to_owned());
    let source =
        |name: &str| CriterionSource { field_name: Some(name.to_owned()), ..CriterionSource::default() };
    assert!(holds_with(&facts, &CriterionSource { value_int: Some(5), ..source("n") }));
    assert!(holds_with(&facts, &CriterionSource { value_float: Some(5.0), ..source("n") }));
    let value_datetime = Some("2026-03-01T00:00:00Z".parse().expect("a date"));
    assert!(holds_with(&facts, &CriterionSource { value_datetime, ..source("day") }));
    let value_string = Some(String::new());
    assert!(holds_with(&facts, &CriterionSource { value_string, value_int: Some(5), ..source("n") }));
    assert!(holds_with(&facts, &source("nothing")));
    assert!(holds_with(&facts, &CriterionSource::default()));
}

#[test]
fn knows_the_visitor_the_time_and_who_is_there() {
    let facts = Facts {
        chat_id: Some(crate::domain::ids::ChatId::new(12)),
        visitor_email: "Ann@example.com".to_owned(),
        visitor_is_known: true,
        page_url: "https://shop.example/help".to_owned(),
        language_id: Some(3),
        reachable_teams: [TeamId::new(1)].into(),
        ticket_id: Some(99),
        ..facts()
    };
    let cases = [
        ("known", 0, "yes"),
        ("known", 0, "1"),
        ("known", 1, "false"),
        ("withinhours", 0, "no"),
        ("reachable", 0, "true"),
        ("reachable1", 0, "yes"),
        ("$Reachable2", 0, "no"),
        ("language", 0, "3"),
        ("pageurl", 2, "/HELP"),
        ("useremail", 10, "@example\\.com$"),
        ("weekday", 0, "7"),
        ("weekday", 0, "Sunday"),
        ("weekday", 9, "sat, sun"),
        ("weekday", 5, "friday"),
        ("time", 0, "14:30"),
        ("time", 5, "09:00"),
        ("time", 6, "17:00"),
        ("today", 0, "2026-03-01"),
        ("chatid", 5, "11"),
        ("ticketid", 7, ""),
        ("queueposition", 8, ""),
        ("agentname", 8, ""),
        ("$BotName", 0, "robin"),
    ];
    for (name, comparison, value) in cases {
        assert!(holds_with(&facts, &criterion(name, comparison, value)), "{name} {comparison} {value}");
    }
}

#[test]
fn of_several_groups_one_must_hold_as_a_whole() {
    let mut facts = facts();
    facts.variables.insert("a".to_owned(), "1".to_owned());
    let (yes, no) = (("a", "1"), ("a", "2"));
    let hold = |rows: &[(Option<i32>, (&str, &str))]| {
        let compiled: Vec<Condition> = rows
            .iter()
            .map(|(group, (name, value))| CriterionSource { group: *group, ..criterion(name, 0, value) })
            .map(|source| Condition::compile(&source).0)
            .collect();
        all_hold(&compiled, &Scope::new(&facts))
    };
    assert!(hold(&[(Some(1), no), (Some(2), yes)]));
    assert!(hold(&[(None, yes), (Some(1), yes), (Some(2), no), (Some(1), yes)]));
    assert!(!hold(&[(Some(1), yes), (Some(1), no), (Some(2), no)]));
    assert!(!hold(&[(None, no), (Some(1), yes)]));
    assert!(!hold(&[(None, yes), (Some(1), no)]));
    assert!(hold(&[]));
}

#[test]
fn an_answer_cannot_pose_as_a_fact() {
    let mut facts = facts();
    facts.variables.insert("known".to_owned(), "true".to_owned());
    facts.variables.insert("username".to_owned(), "Ann".to_owned());
    assert!(holds_with(&facts, &criterion("known", 0, "false")));
    // A name nobody else has given may come from an answer.
    assert!(holds_with(&facts, &criterion("username", 0, "Ann")));
    facts.visitor_name = "Bob".to_owned();
    assert!(holds_with(&facts, &criterion("username", 0, "Bob")));
}
