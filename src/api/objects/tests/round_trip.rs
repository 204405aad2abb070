//! Every field that the catalogue knows survives a round trip, alone and all together.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::catalogue::{CATALOGUE, Field, Kind, Role, Scalar};
use super::super::normalise;

/// How often an object may lie within itself before its lists are left empty.
const DEPTH: usize = 6;

/// A document with every field; `seed` varies the values so that no two are alike by chance.
fn document(object: &str, depth: usize, top: bool, seed: &mut i32) -> Map<String, Value> {
    let fields = CATALOGUE.object(object).fields.iter();
    let sent = fields.filter(|field| match field.role {
        Role::Stored => true,
        Role::Computed | Role::Command => !top,
        Role::Secret => false,
    });
    sent.map(|field| (field.name.to_owned(), value(&field.kind, field, depth, seed))).collect()
}

fn value(kind: &Kind, field: &Field, depth: usize, seed: &mut i32) -> Value {
    *seed += 1;
    match kind {
        Kind::Scalar(scalar) => self::scalar(*scalar, field, *seed),
        Kind::Any => json!({ "kept": [*seed, null, { "whole": 1.5 }] }),
        Kind::List(_) if depth == 0 => json!([]),
        Kind::List(item) => json!([value(item, field, depth, seed), value(item, field, 0, seed)]),
        Kind::Map(inner) => json!({ "some key": value(inner, field, depth, seed) }),
        Kind::Object(_) if depth == 0 => json!({}),
        Kind::Object(name) => Value::Object(document(name, depth - 1, false, seed)),
    }
}

fn scalar(scalar: Scalar, field: &Field, seed: i32) -> Value {
    match scalar {
        Scalar::Int => json!(seed),
        Scalar::BigInt => json!(i64::from(seed) << 32),
        Scalar::Real => json!(f64::from(seed) + 0.25),
        Scalar::Flag => json!(seed % 2 == 0),
        Scalar::Text => {
            let text = format!(" <b>é</b> {seed}\n");
            json!(text.chars().take(field.max.unwrap_or(usize::MAX)).collect::<String>())
        }
        Scalar::Moment => json!(format!("2026-01-02T03:04:05.{seed:07}Z")),
        Scalar::WallTime => json!(format!("1900-01-01T09:{:02}:00", seed % 60)),
        Scalar::Guid => json!(format!("{seed:08x}-5f48-44af-87f7-5ba3307339a9")),
    }
}

#[test]
fn every_field_of_a_chat_profile_comes_back_equal() {
    let sent = document("ChatProfile", DEPTH, true, &mut 0);
    assert!(sent["steps"][0]["actions"][0]["group_restrictions"][0]["criteria"][0]["id"].is_i64());
    let read = normalise("ChatProfile", sent.clone()).unwrap();
    assert_eq!(read.stored, sent);
    assert!(read.commands.is_empty());
    // What was kept and is sent again stays as it is.
    assert_eq!(normalise("ChatProfile", read.stored).unwrap().stored, sent);
}

#[test]
fn every_field_of_every_object_comes_back_equal() {
    for object in CATALOGUE.objects() {
        let sent = document(object.name, 3, true, &mut 0);
        let read = normalise(object.name, sent.clone()).unwrap();
        assert_eq!(read.stored, sent, "{}", object.name);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z0-9 .:TZ+-]{0,24}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(field_name(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn field_name() -> impl Strategy<Value = String> {
    let fields = ["ChatProfile", "FlowDetail", "FlowSubDetail", "AutoassignCriteria"]
        .iter()
        .flat_map(|object| &CATALOGUE.object(object).fields);
    prop::sample::select(fields.map(|field| field.name.to_owned()).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_accepted_again_unchanged(
        members in prop::collection::hash_map(field_name(), any_json(), 0..8),
    ) {
        let sent: Map<String, Value> = members.into_iter().collect();
        if let Ok(read) = normalise("ChatProfile", sent) {
            let again = normalise("ChatProfile", read.stored.clone()).unwrap();
            prop_assert_eq!(again.stored, read.stored);
        }
    }
}
