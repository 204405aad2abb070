//! Random flows, random words, and random answers from outside.

use proptest::{prelude::*, sample::select};

use super::*;
use crate::domain::ids::{ProfileId, UserId};

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

pub(super) fn words() -> impl Strategy<Value = String> {
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
    let limit = prop::option::weighted(0.2, select(vec![0.0, 1.0, 2.5, -1.0, f64::NAN, f64::INFINITY]));
    let ids = (prop::option::of(0..40), prop::option::of(number()));
    (ids, label, -2..4, -2..4, 0..4, limit, conditions).prop_map(
        |((id, end_step), label, seq, selection_order, approval_result, limit, conditions)| LinkSource {
            id,
            end_step,
            label,
            seq,
            selection_order,
            approval_result,
            time_limit_mins: limit,
            conditions,
        },
    )
}

fn a_step() -> impl Strategy<Value = StepSource> {
    let kinds = prop_oneof![2 => select(vec![0, 1, 2, 3, 8, 15, 16]), 3 => -1..18];
    let texts = (prop::option::of(words()), prop::option::of(words()), prop::option::of(words()));
    let lists = (
        prop::collection::vec(a_link(), 0..4),
        prop::collection::vec(a_criterion(), 0..2),
        prop::collection::vec((name(), words()), 0..3),
        prop::collection::vec((1..4).prop_map(TeamId::new), 0..2),
    );
    let flags = (any::<bool>(), prop::bool::weighted(0.1), any::<bool>());
    (prop::option::weighted(0.95, number()), kinds, texts, lists, flags, prop::option::of(0..14), extras())
        .prop_map(
            |(
                step_id,
                kind,
                texts,
                (links, conditions, assignments, teams),
                flags,
                input_field_id,
                extras,
            )| StepSource {
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
                ..extras
            },
        )
}

/// What only some kinds of steps have.
fn extras() -> impl Strategy<Value = StepSource> {
    let proof = (0..3, prop::option::of(words()), prop::option::of(0..14))
        .prop_map(|(sequence, question, answer_field)| ProofSource { sequence, question, answer_field });
    let texts = (prop::option::of(words()), prop::option::of(words()), prop::option::of(words()));
    let proofs = prop::collection::vec(proof, 0..3);
    let places = (prop::option::of(number()), prop::bool::ANY);
    (texts, proofs, prop::option::of(a_request()), places, prop::bool::ANY).prop_map(
        |(
            (content, before_comment, after_feedback),
            proofs,
            request,
            (ai_failure_step, goes_on),
            comment,
        )| {
            StepSource {
                content,
                before_comment,
                after_feedback,
                proofs,
                request,
                ai_failure_step,
                next_profile: goes_on.then(|| ProfileId::new("other")),
                asks_for_comment: comment,
                ..StepSource::default()
            }
        },
    )
}

fn a_request() -> impl Strategy<Value = HttpTemplate> {
    let url = prop_oneof![4 => select(vec!["https://a.example/$a?b=$b", "http://a.example"]).prop_map(str::to_owned), 1 => words()];
    let body = prop::option::of((0..3, words()).prop_map(|(kind, text)| match kind {
        0 => HttpBody::Json(text),
        1 => HttpBody::Form(text),
        _ => HttpBody::Text(text),
    }));
    (select(vec!["GET", "post", "TRACE"]), url, words(), body).prop_map(|(method, url, header, body)| {
        HttpTemplate { method: method.to_owned(), url, headers: vec![("X-Value".to_owned(), header)], body }
    })
}

pub(super) fn a_finding() -> impl Strategy<Value = Finding> {
    let hit = || ArticleHit { id: 1, title: "T".to_owned(), summary: String::new(), score: 1.0 };
    let service = || ServiceHit { id: 2, name: "S".to_owned(), summary: String::new(), score: 1.0 };
    let user = words().prop_map(|words| {
        let answers = (1..13).map(|id| (FieldId::new(id), words.clone())).collect();
        Finding::User(Some(KnownUser {
            id: UserId::new(9),
            name: "Ann".to_owned(),
            email: "ann@example.com".to_owned(),
            answers,
        }))
    });
    prop_oneof![
        (0..3_usize).prop_map(move |hits| Finding::Articles(vec![hit(); hits])),
        (0..3_usize).prop_map(move |hits| Finding::Services(vec![service(); hits])),
        user,
        Just(Finding::User(None)),
        Just(Finding::TicketLogged { id: 7 }),
        Just(Finding::Failed),
    ]
}

pub(super) fn an_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        (name(), words()).prop_map(|pair| Outcome::Fetched(vec![pair])),
        (0..42).prop_map(|link| Outcome::Picked(LinkId::new(link))),
        words().prop_map(Outcome::Said),
        words().prop_map(|words| Outcome::HandOver { words }),
        Just(Outcome::Failed),
    ]
}

pub(super) fn a_flow() -> impl Strategy<Value = FlowSource> {
    let mapping = (words(), prop::option::of(number())).prop_map(|(url, step)| StartMapping { url, step });
    let mappings = prop::collection::vec(mapping, 0..2);
    (prop::option::of(words()), prop::collection::vec(a_step(), 0..7), mappings)
        .prop_map(|(greeting, steps, start_mappings)| FlowSource { greeting, start_mappings, steps })
}

pub(super) fn an_event() -> impl Strategy<Value = Event> {
    let answer = (
        prop::option::weighted(0.2, number().prop_map(StepId::new)),
        words(),
        prop::option::weighted(0.2, 0..50),
        prop::option::weighted(0.1, any::<bool>()),
        prop::option::weighted(0.2, words()),
    );
    let answer = answer.prop_map(|(step, text, value_int, value_bool, value_multi)| {
        let value_date = value_bool.map(|_| facts().now.to_utc());
        Event::Answered(Answer {
            step,
            text,
            value_int,
            value_bool,
            value_date,
            value_multi,
            ..Answer::default()
        })
    });
    prop_oneof![
        1 => prop::option::of(number().prop_map(StepId::new)).prop_map(|at| Event::Opened { at }),
        8 => answer,
        1 => number().prop_map(|to| Event::Jumped { to: StepId::new(to) }),
        1 => (0..42).prop_map(|link| Event::TimedOut { link: LinkId::new(link) }),
        // Answers from outside at any time; most come when nothing waits for them.
        1 => a_finding().prop_map(Event::Found),
        2 => (0..6_i64, an_outcome())
            .prop_map(|(call, outcome)| Event::CalledBack { call: CallId::new(call), outcome }),
        1 => select(vec![Event::Entered, Event::EntryFailed]),
    ]
}

/// Flows that lack nothing; only their circles decide whether they may be saved.
pub(super) fn a_whole_flow() -> impl Strategy<Value = FlowSource> {
    prop::collection::vec(a_step(), 1..7).prop_map(|mut steps| {
        let last = i32::try_from(steps.len()).expect("a few steps");
        for (id, step) in (1..).zip(&mut steps) {
            step.step_id = Some(id);
            step.is_start = id == 1;
            step.conditions.retain(|criterion| criterion.comparison != 10);
            step.proofs.push(ProofSource { answer_field: Some(1), ..ProofSource::default() });
            step.proofs.retain(|proof| proof.answer_field.is_some());
            step.request = Some(HttpTemplate {
                method: "GET".to_owned(),
                url: "https://a.example/$a".to_owned(),
                ..HttpTemplate::default()
            });
            step.assignments = vec![("a".to_owned(), String::new())];
            step.next_profile = Some(ProfileId::new("other"));
            step.ai_failure_step = step.ai_failure_step.map(|to| to.rem_euclid(last) + 1);
            step.links.extend([success(0), failure(0), option("Option 1", 0)]);
            for link in &mut step.links {
                link.id = None;
                // Mostly onward, so that not every flow is a circle.
                let to = link.end_step.unwrap_or(0).rem_euclid(last) + 1;
                link.end_step = Some(if link.seq < 3 { to.max((id + 1).min(last)) } else { to });
                link.conditions.retain(|criterion| criterion.comparison != 10);
                link.time_limit_mins = link.time_limit_mins.filter(|_| link.conditions.is_empty());
            }
        }
        FlowSource { steps, ..FlowSource::default() }
    })
}
