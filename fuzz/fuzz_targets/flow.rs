//! Any profile, whole or broken, under any events: the engine answers, comes to rest, and says only
//! what is safe.
//!
//! An input is a profile as JSON and, below a line `---`, one event a line.
#![no_main]

use std::sync::{Arc, LazyLock};

use aureole_fuzz::{
    api::objects,
    domain::{
        document::Document,
        ids::{FieldId, LinkId, StepId, TeamId, UserId},
        text::SafeHtml,
    },
    flow::{
        Advance, Answer, ArticleHit, CallId, Effect, Event, Facts, Finding, Flow, KnownUser, Outcome, Position,
        STEPS_PER_ACT_MAX, advance, compile, diagram, load,
    },
    store::{field_document, profile_document},
};
use chrono::{DateTime, FixedOffset};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

/// Questions of one flow that are looked at; more say nothing new.
const EVENTS_MAX: usize = 40;

fuzz_target!(|input: &str| {
    let (profile, events) = input.split_once("\n---\n").unwrap_or((input, ""));
    let Ok(Value::Object(profile)) = serde_json::from_str::<Value>(profile) else { return };
    // Loading is total: what was never checked runs too.
    run(&profile, events);
    if let Ok(read) = objects::normalise("ChatProfile", profile) {
        let again = objects::normalise("ChatProfile", read.stored.clone()).expect("what was read reads again");
        assert_eq!(again.stored, read.stored, "reading twice changes it");
        run(&read.stored, events);
    }
});

fn run(profile: &Map<String, Value>, events: &str) {
    let source = profile_document::flow(&Document::from_json(Value::Object(profile.clone()).to_string()));
    let is_whole = compile(&source).is_ok();
    assert!(!diagram(&source).is_empty());
    let flow = load(&source);
    let mut facts = FACTS.clone();
    let mut position = Position::NotStarted;
    let told = events.lines().take(EVENTS_MAX).filter_map(event);
    for event in std::iter::once(Event::Opened { at: None }).chain(told) {
        position = act(&flow, position, event, &mut facts, is_whole);
    }
}

/// One act of the visitor with every answer from outside that it asks for.
fn act(flow: &Flow, mut position: Position, mut event: Event, facts: &mut Facts, is_whole: bool) -> Position {
    for round in 0.. {
        assert!(round <= STEPS_PER_ACT_MAX + 1, "never comes to rest");
        let after = advance(flow, &position, &event, facts);
        check(flow, &position, &after, is_whole);
        learn(facts, &after.effects);
        let next = reply(&after, round);
        position = after.position;
        let Some(next) = next else { break };
        event = next;
    }
    position
}

fn check(flow: &Flow, before: &Position, after: &Advance, is_whole: bool) {
    assert!(after.steps_taken <= STEPS_PER_ACT_MAX, "too many steps");
    if let Some(step) = after.position.waits_at() {
        assert!(flow.has_step(step) || after.position == *before, "waits at a step that is not there");
    }
    for effect in &after.effects {
        match effect {
            Effect::Say(saying) => {
                assert!(SafeHtml::sanitise(saying.html.as_str()).was_safe, "{}", saying.html);
            }
            Effect::ReportEndless { .. } => assert!(!is_whole, "a flow that may be saved runs without end"),
            _ => {}
        }
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

/// What the world answers: something else every time.
fn reply(after: &Advance, round: usize) -> Option<Event> {
    match after.effects.last()? {
        Effect::LookUp(_) => Some(Event::Found(finding(round))),
        // Only this flow is known, so no other takes over.
        Effect::Continue { .. } => Some(Event::EntryFailed),
        Effect::CallOut { call, .. } => Some(Event::CalledBack { call: *call, outcome: outcome(round) }),
        _ => None,
    }
}

fn finding(round: usize) -> Finding {
    match round % 4 {
        0 => Finding::Articles(vec![ArticleHit {
            id: 1,
            title: "<b>$a</b>".to_owned(),
            summary: "$answer".to_owned(),
            score: 1.0,
        }]),
        1 => Finding::User(Some(KnownUser {
            id: UserId::new(9),
            name: "Ann".to_owned(),
            email: "ann@example.com".to_owned(),
            answers: (1..13).map(|id| (FieldId::new(id), "a".to_owned())).collect(),
        })),
        2 => Finding::TicketLogged { id: 7 },
        _ => Finding::Failed,
    }
}

fn outcome(round: usize) -> Outcome {
    match round % 5 {
        0 => Outcome::Fetched(vec![("a".to_owned(), "<script>".to_owned())]),
        1 => Outcome::Picked(LinkId::new(1)),
        2 => Outcome::Said("<i>$a".to_owned()),
        3 => Outcome::HandOver { words: "bye".to_owned() },
        _ => Outcome::Failed,
    }
}

/// `o 3` opens at a step, `j 3` jumps, `t 3` is a time limit, `i 3` a number, `p 3 words` an answer to a
/// step; everything else is words.
fn event(line: &str) -> Option<Event> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let number = || rest.split(' ').next().and_then(|number| number.parse().ok());
    Some(match word {
        "o" => Event::Opened { at: number().map(StepId::new) },
        "j" => Event::Jumped { to: StepId::new(number()?) },
        "t" => Event::TimedOut { link: LinkId::new(number()?) },
        "i" => Event::Answered(Answer { value_int: number(), text: rest.to_owned(), ..Answer::default() }),
        "m" => Event::Answered(Answer { value_multi: Some(rest.to_owned()), ..Answer::default() }),
        "d" => Event::Answered(Answer { value_date: Some(FACTS.now.to_utc()), ..Answer::default() }),
        "b" => Event::Answered(Answer { value_bool: Some(rest == "1"), ..Answer::default() }),
        "p" => Event::Answered(Answer {
            step: number().map(StepId::new),
            text: rest.split_once(' ').map_or("", |(_, words)| words).to_owned(),
            ..Answer::default()
        }),
        "k" => {
            let (key, value) = rest.split_once(' ')?;
            let page_data = vec![(key.to_owned(), value.to_owned())];
            Event::Answered(Answer { page_data, ..Answer::default() })
        }
        _ => Event::Answered(Answer { text: line.to_owned(), ..Answer::default() }),
    })
}

/// One field of each kind, 0 to 11, and one with an expression.
static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let field = |kind: i32| {
        let document = json!({
            "name": format!("field{kind}"), "type": kind % 12, "characterlimit": 20,
            "regex": if kind == 12 { "^[a-c]+$" } else { "" },
            "values": [{ "id": 1, "name": "Option 1" }, { "value": "b", "label": "é, ü" }],
        });
        let id = FieldId::new(kind + 1);
        (id, field_document::field(id, &Document::from_json(document.to_string())))
    };
    let moment = DateTime::from_timestamp(1_772_442_000, 0).expect("a moment");
    Facts {
        now: moment.with_timezone(&FixedOffset::east_opt(3600).expect("an offset")),
        country: Some("GB".to_owned()),
        visitor_name: "<Ada>".to_owned(),
        visitor_email: "ada@example.com".to_owned(),
        within_hours: true,
        reachable_teams: [TeamId::new(1)].into(),
        fields: Arc::new((0..13).map(field).collect()),
        ..Facts::default()
    }
});
