//! Whatever the flow and whatever is said: the engine keeps its word.

use std::collections::BTreeSet;

use proptest::{prelude::*, sample::select};

use super::*;

/// Words that mean something to one step or another, and some that do not.
const WORDS: [&str; 24] = [
    "",
    " ",
    "1",
    "2",
    "yes",
    "no",
    "a",
    "b",
    "Option 1",
    "2026-03-01",
    "14:30",
    "-5",
    "1,5",
    "a@b.example",
    "+44 12345678",
    "https://a.example",
    "$a",
    "$$",
    "<b>x</b>",
    "<a href='https://a.example/$a'>$b</a>",
    "é, ü",
    "(",
    "[a-c]+",
    "99999999999999999999",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![9 => select(WORDS.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

/// Step numbers close together, so that links meet steps, and some that meet none.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![20 => 1..7, 1 => any::<i32>()]
}

fn name() -> impl Strategy<Value = String> {
    select(vec!["a", "B", "$answer", "known", "weekday", "field1", "time", ""]).prop_map(str::to_owned)
}

fn a_criterion() -> impl Strategy<Value = CriterionSource> {
    (name(), -1..12, words(), prop::option::of(any::<i32>())).prop_map(|(name, comparison, value, number)| {
        CriterionSource { value_int: number, ..criterion(&name, comparison, &value) }
    })
}

fn a_link() -> impl Strategy<Value = LinkSource> {
    let conditions = prop::collection::vec(a_criterion(), 0..2);
    let label = prop::option::of(words());
    (prop::option::of(0..40), prop::option::of(number()), label, -2..4, -2..4, 0..4, conditions).prop_map(
        |(id, end_step, label, seq, selection_order, approval_result, conditions)| LinkSource {
            id,
            end_step,
            label,
            seq,
            selection_order,
            approval_result,
            time_limit_mins: None,
            conditions,
        },
    )
}

fn a_step() -> impl Strategy<Value = StepSource> {
    let kinds = prop_oneof![4 => select(vec![0, 1, 2, 3, 8, 15, 16]), 1 => -1..18];
    let texts = (prop::option::of(words()), prop::option::of(words()), prop::option::of(words()));
    let lists = (
        prop::collection::vec(a_link(), 0..4),
        prop::collection::vec(a_criterion(), 0..2),
        prop::collection::vec((name(), words()), 0..3),
        prop::collection::vec((1..4).prop_map(TeamId::new), 0..2),
    );
    let flags = (any::<bool>(), prop::bool::weighted(0.1), any::<bool>());
    (prop::option::weighted(0.95, number()), kinds, texts, lists, flags, prop::option::of(0..14)).prop_map(
        |(step_id, kind, texts, (links, conditions, assignments, teams), flags, input_field_id)| StepSource {
            step_id,
            kind,
            message: texts.0,
            message2: texts.1,
            message3: texts.2,
            links,
            conditions,
            assignments,
            teams,
            is_start: flags.0,
            is_end: flags.1,
            allow_start_override: flags.2,
            input_field_id,
            ..StepSource::default()
        },
    )
}

fn a_flow() -> impl Strategy<Value = FlowSource> {
    (prop::option::of(words()), prop::collection::vec(a_step(), 0..7))
        .prop_map(|(greeting, steps)| FlowSource { greeting, steps })
}

fn an_event() -> impl Strategy<Value = Event> {
    let answer = (
        prop::option::weighted(0.2, number().prop_map(StepId::new)),
        words(),
        prop::option::weighted(0.2, 0..50),
        prop::option::weighted(0.1, any::<bool>()),
        prop::option::weighted(0.2, words()),
    );
    let answer = answer.prop_map(|(step, text, value_int, value_bool, value_multi)| {
        let value_date = value_bool.map(|_| facts().now.to_utc());
        Event::Answered(Answer { step, text, value_int, value_bool, value_date, value_multi })
    });
    prop_oneof![
        1 => prop::option::of(number().prop_map(StepId::new)).prop_map(|at| Event::Opened { at }),
        8 => answer,
        1 => number().prop_map(|to| Event::Jumped { to: StepId::new(to) }),
    ]
}

/// One field of each kind, 1 to 12.
fn some_facts() -> Facts {
    use FieldKind::{Bool, Choice, Date, Decimal, Email, Integer, Memo, MultiChoice, Phone, Text, Time, Url};
    let kinds = [Text, Memo, Choice, MultiChoice, Date, Time, Bool, Integer, Decimal, Email, Phone, Url];
    let fields = kinds.into_iter().zip(1..).map(|(kind, id)| Field {
        values: vec![entry("a", "Option 1"), entry("b", "é, ü")],
        character_limit: Some(20),
        ..field(id, &format!("field{id}"), kind)
    });
    Facts { reachable_teams: [TeamId::new(1)].into(), ..facts_with(fields.collect()) }
}

/// What holds after every event.
fn check(flow: &Flow, before: &Position, event: &Event, after: &Advance) -> Result<(), TestCaseError> {
    if let Position::Waiting { step } = after.position {
        prop_assert!(flow.has_step(step), "waits at a step that does not exist");
    }
    let steps_said: Vec<StepId> = after
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Say(saying) => saying.step,
            _ => None,
        })
        .collect();
    prop_assert!(steps_said.len() <= 3 * STEPS_PER_EVENT_MAX, "too many steps");
    let sets = after.effects.iter().filter(|effect| matches!(effect, Effect::SetVariable { .. })).count();
    prop_assert!(sets <= 3 * STEPS_PER_EVENT_MAX, "too many steps");
    prop_assert!(steps_said.iter().all(|&step| flow.has_step(step)));

    let does = |wanted: fn(&Effect) -> bool| after.effects.iter().filter(|&effect| wanted(effect)).count();
    let hand_overs = does(|effect| matches!(effect, Effect::HandOver { .. }));
    let closes = does(|effect| matches!(effect, Effect::Close));
    let questions = does(|effect| matches!(effect, Effect::Say(Saying { ask: Some(_), .. })));
    let endless = does(|effect| matches!(effect, Effect::ReportEndless { .. }));
    prop_assert!(hand_overs + closes + questions + endless <= 1, "more than one end of a walk");
    if after.effects.is_empty() && matches!(after.reception, Reception::NotAsked | Reception::Stale) {
        let jumped = matches!(event, Event::Jumped { .. });
        let is_first = matches!((before, event), (Position::NotStarted, Event::Opened { .. }));
        // Endless walks stop at steps that ask nothing, and are walked again from there.
        let again = matches!((before, event), (Position::Waiting { .. }, Event::Answered(_)));
        prop_assert!(jumped || is_first || again || after.position == *before);
    }
    match &after.reception {
        Reception::Refused { step } => {
            prop_assert_eq!(before, &Position::Waiting { step: *step });
            prop_assert_eq!(&after.position, before);
            prop_assert_eq!((questions, after.effects.len()), (1, 1));
        }
        Reception::Stale => {
            prop_assert_eq!(&after.position, before);
            prop_assert!(after.effects.is_empty());
        }
        Reception::Accepted { step, .. } => prop_assert_eq!(before, &Position::Waiting { step: *step }),
        Reception::NotAsked => {}
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_flow_runs_under_any_events(source in a_flow(), events in prop::collection::vec(an_event(), 1..12)) {
        let flow = load(&source);
        let twin = load(&source);
        let mut facts = some_facts();
        let mut position = Position::NotStarted;
        for event in std::iter::once(Event::Opened { at: None }).chain(events) {
            let after = advance(&flow, &position, &event, &facts);
            prop_assert_eq!(&after, &advance(&twin, &position, &event, &facts), "not the same twice");
            check(&flow, &position, &event, &after)?;
            for effect in &after.effects {
                if let Effect::SetVariable { name, value } = effect {
                    facts.variables.insert(name.clone(), value.clone());
                }
            }
            let spellings: BTreeSet<String> =
                facts.variables.keys().map(|name| name.to_ascii_lowercase()).collect();
            prop_assert_eq!(spellings.len(), facts.variables.len(), "one variable, two spellings");
            position = after.position;
        }
    }

    #[test]
    fn what_may_be_saved_never_runs_without_end(source in a_flow(), events in prop::collection::vec(an_event(), 1..6)) {
        let Ok(flow) = compile(&source) else { return Ok(()) };
        let mut position = Position::NotStarted;
        for event in std::iter::once(Event::Opened { at: None }).chain(events) {
            let after = advance(&flow, &position, &event, &some_facts());
            let is_endless = after.effects.iter().any(|effect| matches!(effect, Effect::ReportEndless { .. }));
            prop_assert!(!is_endless);
            position = after.position;
        }
    }

    #[test]
    fn filled_messages_are_safe(template in words(), value in words()) {
        let mut facts = facts();
        facts.variables.insert("a".to_owned(), value);
        let flow = load(&source(vec![message(1, &template)]));
        let opened = advance(&flow, &Position::NotStarted, &Event::Opened { at: None }, &facts);
        for effect in opened.effects {
            let Effect::Say(saying) = effect else { continue };
            let again = crate::domain::text::SafeHtml::sanitise(saying.html.as_str());
            prop_assert!(again.was_safe, "{}", saying.html);
        }
    }
}
