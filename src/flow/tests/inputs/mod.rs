//! Every kind of field: what it takes, its normal form, and what it refuses.

mod contacts;
mod dates;
mod numbers;

use std::borrow::Cow;

use super::{super::input::Taken, *};

fn take(field: &Field, answer: &Answer) -> Result<Taken, Cow<'static, str>> {
    input::take(field, answer, None)
}

fn text(text: &str) -> Answer {
    Answer { text: text.to_owned(), ..Answer::default() }
}

fn normal(field: &Field, answer: &Answer) -> Option<String> {
    take(field, answer).ok().map(|taken| taken.normal)
}

/// Each text with its normal form; an empty one means that the text is refused.
fn check(field: &Field, pairs: &[(&str, &str)]) {
    for (words, expected) in pairs {
        let expected = Some((*expected).to_owned()).filter(|expected| !expected.is_empty());
        assert_eq!(normal(field, &text(words)), expected, "{:?}: {words:?}", field.kind);
    }
}

fn of(kind: FieldKind) -> Field {
    field(1, "it", kind)
}

#[test]
fn every_refusal_is_one_sentence() {
    use FieldKind::{Bool, Choice, Date, Decimal, Email, Integer, MultiChoice, Phone, Time, Url};
    for kind in [Bool, Choice, Date, Decimal, Email, Integer, MultiChoice, Phone, Time, Url] {
        let field = Field { values: vec![entry("a", "A")], ..of(kind) };
        for words in ["", "?!", "99999999999999"] {
            if let Err(reason) = take(&field, &text(words)) {
                assert!(reason.starts_with("Please ") && reason.ends_with('.'), "{reason}");
            }
        }
    }
}

#[test]
fn text_keeps_to_its_limit_and_its_expression() {
    check(&of(FieldKind::Text), &[("  hello ", "hello"), (" ", "")]);
    let short = Field { character_limit: Some(3), ..of(FieldKind::Memo) };
    check(&short, &[("ééé", "ééé"), ("éééé", "")]);
    assert_eq!(take(&short, &text("four")), Err("Please use at most 3 characters; that was 4.".into()));
    check(&Field { character_limit: Some(0), ..of(FieldKind::Text) }, &[("no limit", "no limit")]);
    let coded = Field { regex: Some(Pattern::new(r"^\d{3}$").expect("valid")), ..of(FieldKind::Text) };
    check(&coded, &[("123", "123"), ("1234", ""), ("abc", "")]);
    let refusal = |field: &Field| take(field, &text("abc")).expect_err("no code").into_owned();
    assert_eq!(refusal(&coded), "That does not have the form that is expected here.");
    let hinted = Field { hint: Some("three digits.".to_owned()), ..coded };
    assert_eq!(refusal(&hinted), "That does not have the form that is expected here: three digits.");
}

#[test]
fn an_answer_counts_whichever_member_it_came_in() {
    let text = of(FieldKind::Text);
    let date = Some("2026-03-01T13:05:00Z".parse().expect("a date"));
    let number = Answer { value_int: Some(5), ..Answer::default() };
    assert_eq!(normal(&text, &number).as_deref(), Some("5"));
    assert_eq!(normal(&of(FieldKind::Integer), &number).as_deref(), Some("5"));
    assert_eq!(normal(&of(FieldKind::Decimal), &number).as_deref(), Some("5"));
    let truth = Answer { value_bool: Some(true), ..Answer::default() };
    assert_eq!(normal(&text, &truth).as_deref(), Some("true"));
    assert_eq!(normal(&of(FieldKind::Bool), &truth).as_deref(), Some("true"));
    let date = Answer { value_date: date, ..Answer::default() };
    assert_eq!(normal(&of(FieldKind::Date), &date).as_deref(), Some("2026-03-01"));
    assert_eq!(normal(&of(FieldKind::Time), &date).as_deref(), Some("13:05"));
    assert_eq!(normal(&text, &date).as_deref(), Some("2026-03-01T13:05:00Z"));
}

#[test]
fn one_of_a_list_by_value_by_label_or_by_place() {
    let colour = Field {
        values: vec![entry("10", "Red"), entry("1", "Green"), entry("b", "2")],
        ..of(FieldKind::Choice)
    };
    check(&colour, &[("10", "10"), ("red", "10"), ("1", "1"), ("GREEN", "1"), ("B", "b"), ("2", "b")]);
    check(&colour, &[("3", "b"), ("4", ""), ("0", ""), ("redd", "")]);
    let by_number = Answer { value_int: Some(10), ..Answer::default() };
    assert_eq!(normal(&colour, &by_number).as_deref(), Some("10"));
    let by_list = Answer { value_multi: Some("Green".to_owned()), ..text("that one") };
    assert_eq!(normal(&colour, &by_list).as_deref(), Some("1"));
    let taken = take(&colour, &text("Red")).expect("a label");
    let value = Value::Choice { id: Some(10), value: "10".to_owned(), label: "Red".to_owned() };
    assert_eq!(taken, Taken { value, normal: "10".to_owned() });
    // Nothing to choose from must not be a trap.
    check(&of(FieldKind::Choice), &[("anything", "anything")]);
}

#[test]
fn several_of_a_list() {
    let values = vec![entry("a", "Apples"), entry("p", "Pears, ripe"), entry("c", "Cherries")];
    let fruit = Field { values, ..of(FieldKind::MultiChoice) };
    check(
        &fruit,
        &[
            ("apples", "a"),
            ("cherries, Apples,a", "c,a"),
            ("Pears, ripe", "p"),
            ("1, 3", "a,c"),
            ("a,,c,", "a,c"),
            ("a, plums", ""),
            (",", ""),
        ],
    );
    let listed = Answer { value_multi: Some("c,p".to_owned()), ..text("two of them") };
    let taken = take(&fruit, &listed).expect("two values");
    assert_eq!(taken.value, Value::Multi(vec!["c".to_owned(), "p".to_owned()]));
    check(&of(FieldKind::MultiChoice), &[("x, y", "x,y"), ("x;y\nz", "x,y,z")]);
}

#[test]
fn yes_and_no_in_words() {
    for words in ["yes", "Y", "TRUE", "1", "Yes!", "yeah", "Yep.", "sure", "OK", "on", "Yes, please."] {
        check(&of(FieldKind::Bool), &[(words, "true")]);
    }
    for words in ["no", "N", "false", "0", "no.", "nope", "Nah", "off", "No thanks"] {
        check(&of(FieldKind::Bool), &[(words, "false")]);
    }
    check(&of(FieldKind::Bool), &[("maybe", ""), ("2", ""), ("yesterday", ""), ("no, yes", "")]);
}
