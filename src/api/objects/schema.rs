//! The catalogue's objects as schemas for the API document.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};

use super::catalogue::{CATALOGUE, Field, Kind, Role};
use super::scalar_schema::describe;

/// The schema of one object; objects within it are references to schemas of their own.
pub fn schema(object: &str) -> RefOr<Schema> {
    let object = CATALOGUE.object(object);
    let mut builder = ObjectBuilder::new().description(object.words);
    for field in &object.fields {
        builder = builder.property(field.name, property(field));
    }
    RefOr::T(Schema::Object(builder.build()))
}

/// The schemas of these objects and of all that they refer to, by name.
pub fn schemas(roots: &[&str]) -> Vec<(String, RefOr<Schema>)> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = roots.to_vec();
    while let Some(name) = open.pop() {
        let object = CATALOGUE.object(name);
        if reached.insert(object.name) {
            open.extend(object.fields.iter().filter_map(|field| field.kind.object()));
        }
    }
    reached.into_iter().map(|name| (name.to_owned(), schema(name))).collect()
}

fn property(field: &Field) -> RefOr<Schema> {
    let words = field.words.map(str::to_owned);
    let mut reference = match &field.kind {
        Kind::Object(name) => Ref::from_schema_name(*name),
        other => return RefOr::T(described(other, field, words)),
    };
    if field.nullable {
        return null_or(reference, words);
    }
    reference.description = words.unwrap_or_default();
    RefOr::Ref(reference)
}

/// An object, or null where it may be absent.
pub(super) fn null_or(reference: Ref, words: Option<String>) -> RefOr<Schema> {
    let null = ObjectBuilder::new().schema_type(Type::Null);
    OneOfBuilder::new().item(null).item(reference).description(words).into()
}

fn described(kind: &Kind, field: &Field, words: Option<String>) -> Schema {
    match plain(kind) {
        RefOr::T(Schema::Array(mut array)) => {
            array.schema_type = or_null(array.schema_type, field.nullable);
            array.description = words;
            Schema::Array(array)
        }
        RefOr::T(Schema::Object(mut object)) => {
            object.schema_type = or_null(object.schema_type, field.nullable);
            object.description = words;
            object.max_length = field.max;
            object.read_only = (field.role == Role::Computed).then_some(true);
            object.write_only = matches!(field.role, Role::Command | Role::Secret).then_some(true);
            Schema::Object(object)
        }
        _ => unreachable!("only objects are references, and nothing here is composed"),
    }
}

fn plain(kind: &Kind) -> RefOr<Schema> {
    let schema = match kind {
        Kind::Scalar(scalar) => describe(*scalar).into(),
        Kind::Any => ObjectBuilder::new().schema_type(SchemaType::AnyValue).into(),
        Kind::List(item) => ArrayBuilder::new().items(plain(item)).into(),
        Kind::Map(value) => {
            let value = AdditionalProperties::RefOr(plain(value));
            ObjectBuilder::new().additional_properties(Some(value)).into()
        }
        Kind::Object(name) => return RefOr::Ref(Ref::from_schema_name(*name)),
    };
    RefOr::T(schema)
}

fn or_null(schema_type: SchemaType, nullable: bool) -> SchemaType {
    match schema_type {
        SchemaType::Type(only) if nullable => SchemaType::Array(vec![only, Type::Null]),
        other => other,
    }
}
