//! Whatever the flow and whatever is said: the engine keeps its word.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    generators::{a_finding, a_flow, a_whole_flow, an_event, an_outcome, words},
    *,
};

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

/// The step that a position names.
fn step_of(position: &Position) -> Option<StepId> {
    match position {
        Position::LookingUp { step, .. }
        | Position::Entering { step, .. }
        | Position::Calling { step, .. } => Some(*step),
        position => position.waits_at(),
    }
}

/// What holds after every event.
fn check(flow: &Flow, before: &Position, event: &Event, after: &Advance) -> Result<(), TestCaseError> {
    if let Some(step) = step_of(&after.position) {
        let is_known = flow.has_step(step) || after.position == *before;
        prop_assert!(is_known, "stands at a step that does not exist");
    }
    prop_assert!(after.steps_taken <= STEPS_PER_ACT_MAX, "too many steps");
    let said = after.effects.iter().filter_map(|effect| match effect {
        Effect::Say(saying) => saying.step,
        _ => None,
    });
    prop_assert!(said.clone().all(|step| flow.has_step(step)));
    prop_assert!(said.count() <= 3 * STEPS_PER_ACT_MAX + 1);
    check_ending(before, after)?;
    let is_silent = after.effects.is_empty() && after.steps_taken == 0;
    if is_silent && matches!(event, Event::Opened { .. } | Event::Answered(_)) {
        let is_first = *before == Position::NotStarted;
        let is_taken = matches!(after.reception, Reception::Accepted { .. });
        prop_assert!(is_first || is_taken || after.position == *before);
    }
    match &after.reception {
        Reception::Refused { step } => {
            prop_assert_eq!(before.waits_at(), Some(*step));
            prop_assert_eq!(&after.position, before);
            prop_assert_eq!((questions(after), after.effects.len()), (1, 1));
        }
        Reception::Stale => {
            prop_assert_eq!(&after.position, before);
            prop_assert!(after.effects.is_empty());
        }
        Reception::Accepted { step, .. } => prop_assert_eq!(step_of(before), Some(*step)),
        Reception::NotAsked => {}
    }
    Ok(())
}

fn questions(after: &Advance) -> usize {
    let is_question = |effect: &&Effect| matches!(effect, Effect::Say(Saying { ask: Some(_), .. }));
    after.effects.iter().filter(is_question).count()
}

/// A walk ends once, and what must be answered comes last and matches the position.
fn check_ending(before: &Position, after: &Advance) -> Result<(), TestCaseError> {
    let is_ending = |effect: &&Effect| {
        matches!(
            effect,
            Effect::HandOver { .. }
                | Effect::Close
                | Effect::ReportEndless { .. }
                | Effect::LookUp(_)
                | Effect::Continue { .. }
                | Effect::CallOut { .. }
        )
    };
    let endings = after.effects.iter().filter(is_ending).count();
    prop_assert!(endings + questions(after) <= 1, "more than one end of a walk");
    prop_assert!(endings == 0 || after.effects.last().is_some_and(|last| is_ending(&last)));
    let stood_still = after.position == *before
        || matches!((before, &after.position), (Position::Calling { call: one, .. }, Position::Calling { call: two, .. }) if one == two);
    let agrees = match (&after.position, after.effects.last()) {
        (Position::LookingUp { .. }, Some(Effect::LookUp(_)))
        | (Position::Entering { .. }, Some(Effect::Continue { .. })) => true,
        (Position::Calling { call, .. }, Some(Effect::CallOut { call: made, .. })) => call == made,
        (Position::LookingUp { .. } | Position::Entering { .. } | Position::Calling { .. }, _) => stood_still,
        (_, Some(Effect::LookUp(_) | Effect::Continue { .. } | Effect::CallOut { .. })) => false,
        (Position::HandedOver, Some(last)) => matches!(last, Effect::HandOver { .. }),
        _ => true,
    };
    prop_assert!(agrees, "{:?} after {:?}", after.position, after.effects.last());
    Ok(())
}

/// The event with which the world outside answers the last effect.
fn reply(after: &Advance, finding: &Finding, outcome: &Outcome, enters: bool) -> Option<Event> {
    match after.effects.last()? {
        Effect::LookUp(_) => Some(Event::Found(finding.clone())),
        Effect::Continue { .. } => Some(if enters { Event::Entered } else { Event::EntryFailed }),
        Effect::CallOut { call, .. } => Some(Event::CalledBack { call: *call, outcome: outcome.clone() }),
        _ => None,
    }
}

fn learn(facts: &mut Facts, effects: &[Effect]) {
    for effect in effects {
        if let Effect::SetVariable { name, value } = effect {
            facts.variables.insert(name.clone(), value.clone());
        }
    }
    facts.next_call = CallId::new(facts.next_call.get() + 1);
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
            learn(&mut facts, &after.effects);
            let spellings: BTreeSet<String> =
                facts.variables.keys().map(|name| name.to_ascii_lowercase()).collect();
            prop_assert_eq!(spellings.len(), facts.variables.len(), "one variable, two spellings");
            if let (Event::CalledBack { .. }, Position::Calling { .. }) = (&event, &position)
                && after.position != position
            {
                let again = advance(&flow, &after.position, &event, &facts);
                prop_assert_eq!(again, Advance::stay(&after.position), "an answer counted twice");
            }
            position = after.position;
        }
    }

    #[test]
    fn one_act_runs_fifty_steps_at_most_whatever_answers_from_outside(
        source in a_flow(),
        acts in prop::collection::vec(an_event(), 1..6),
        answers in prop::collection::vec((a_finding(), an_outcome(), any::<bool>()), 1..8),
    ) {
        let flow = load(&source);
        let mut facts = some_facts();
        let mut position = Position::NotStarted;
        for act in std::iter::once(Event::Opened { at: None }).chain(acts) {
            let mut event = act;
            let mut replies = 0;
            loop {
                let after = advance(&flow, &position, &event, &facts);
                check(&flow, &position, &event, &after)?;
                learn(&mut facts, &after.effects);
                let (finding, outcome, enters) = &answers[replies % answers.len()];
                let next = reply(&after, finding, outcome, *enters);
                position = after.position;
                let Some(next) = next else { break };
                event = next;
                replies += 1;
                // Each step asks outside once, but for words that an agent has still to hear.
                prop_assert!(replies <= STEPS_PER_ACT_MAX + 1, "never comes to rest");
            }
            let is_at_rest = !matches!(position, Position::LookingUp { .. } | Position::Entering { .. });
            prop_assert!(is_at_rest);
        }
    }

    #[test]
    fn what_may_be_saved_never_runs_without_end(
        source in a_whole_flow(),
        acts in prop::collection::vec(an_event(), 1..6),
        answers in prop::collection::vec((a_finding(), an_outcome()), 1..4),
    ) {
        let Ok(flow) = compile(&source) else { return Ok(()) };
        let mut facts = some_facts();
        let mut position = Position::NotStarted;
        for act in std::iter::once(Event::Opened { at: None }).chain(acts) {
            let mut event = act;
            for (finding, outcome) in answers.iter().cycle() {
                let after = advance(&flow, &position, &event, &facts);
                let is_endless =
                    after.effects.iter().any(|effect| matches!(effect, Effect::ReportEndless { .. }));
                prop_assert!(!is_endless);
                learn(&mut facts, &after.effects);
                // Only this flow is known to be whole, so no other takes over.
                let next = reply(&after, finding, outcome, false);
                position = after.position;
                let Some(next) = next else { break };
                event = next;
            }
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
            let again = SafeHtml::sanitise(saying.html.as_str());
            prop_assert!(again.was_safe, "{}", saying.html);
        }
    }
}
