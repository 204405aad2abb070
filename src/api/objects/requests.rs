//! Describes what requests may hold, which is more than answers do, since reading is lenient.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, ArrayItems, Object, SchemaType, Type};
use utoipa::openapi::{ObjectBuilder, OpenApi, Ref, RefOr, Schema};

use super::catalogue::CATALOGUE;
use super::scalar_schema::widen;
use super::schema::null_or;

const SCHEMAS: &str = "#/components/schemas/";

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Lets parameters and bodies say all that is taken. What answers hold as well gets a second schema
/// with `Request` after its name, so that nobody has to read answers leniently.
pub fn describe_requests(mut document: OpenApi) -> OpenApi {
    let mut components = document.components.take().unwrap_or_default();
    let answered = answered(&document, &components.schemas);
    let mut requests = Requests { plain: &components.schemas, answered, taken: BTreeMap::new() };
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            operation.parameters.iter_mut().flatten().for_each(parameter);
            let Some(RefOr::T(body)) = &mut operation.request_body else { continue };
            for content in body.content.values_mut() {
                let RefOr::T(content) = content else { continue };
                match &mut content.schema {
                    // Slack's bodies are text with a signature over it.
                    None | Some(RefOr::T(Schema::Object(_))) => {}
                    Some(schema) => requests.schema(schema),
                }
            }
        }
    }
    let taken = requests.taken;
    components.schemas.extend(taken);
    document.components = Some(components);
    document
}

/// A word in an address is text already, and never null.
fn parameter(parameter: &mut RefOr<Parameter>) {
    let RefOr::T(parameter) = parameter else { return };
    let Some(RefOr::T(Schema::Object(plain))) = &mut parameter.schema else { return };
    if parameter.parameter_in != ParameterIn::Query {
        return;
    }
    let Some(mut wide) = widen(plain) else { return };
    let SchemaType::Array(types) = &mut wide.schema_type else { return };
    types.retain(|kind| *kind != Type::Null);
    // Whatever stands there is text.
    if types.first() != Some(&Type::String) || wide.pattern.is_some() {
        *plain = wide;
    }
}

/// The names of all schemas that answers refer to.
fn answered(document: &OpenApi, schemas: &Schemas) -> BTreeSet<String> {
    let mut open = Vec::new();
    for item in document.paths.paths.values() {
        for operation in [&item.get, &item.post, &item.delete].into_iter().flatten() {
            let responses = serde_json::to_value(&operation.responses).expect("a description is JSON");
            references(&responses, &mut open);
        }
    }
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name).filter(|_| !reached.contains(&name)) {
            references(&serde_json::to_value(schema).expect("a description is JSON"), &mut open);
            reached.insert(name);
        }
    }
    reached
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let name = members.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix(SCHEMAS));
            found.extend(name.map(str::to_owned));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

struct Requests<'a> {
    plain: &'a Schemas,
    answered: BTreeSet<String>,
    /// What requests refer to, by the name they use.
    taken: Schemas,
}

impl Requests<'_> {
    /// Makes the schema that requests refer to instead of the named one, and says its name.
    fn component(&mut self, name: &str) -> String {
        let taken = if self.answered.contains(name) { format!("{name}Request") } else { name.to_owned() };
        if self.taken.contains_key(&taken) {
            return taken;
        }
        let Some(plain) = self.plain.get(name) else { return name.to_owned() };
        // Objects hold objects of their own kind; the second time around this one is there.
        self.taken.insert(taken.clone(), plain.clone());
        let mut schema = plain.clone();
        match &mut schema {
            RefOr::T(Schema::Object(object)) if !object.properties.is_empty() => {
                let is_document = CATALOGUE.find(name).is_some();
                object.properties.values_mut().for_each(|member| self.member(member, is_document));
            }
            other => self.schema(other),
        }
        self.taken.insert(taken.clone(), schema);
        taken
    }

    fn schema(&mut self, slot: &mut RefOr<Schema>) {
        match slot {
            RefOr::Ref(reference) => {
                if let Some(name) = reference.ref_location.strip_prefix(SCHEMAS) {
                    reference.ref_location = format!("{SCHEMAS}{}", self.component(name));
                }
            }
            RefOr::T(Schema::Object(object)) => {
                if let Some(wide) = widen(object) {
                    *object = wide;
                }
                object.properties.values_mut().for_each(|member| self.member(member, false));
                if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref_mut()
                {
                    self.member(value, true);
                }
            }
            RefOr::T(Schema::Array(array)) => {
                if let ArrayItems::RefOrSchema(items) = &mut array.items {
                    self.schema(items);
                }
            }
            RefOr::T(Schema::OneOf(forms)) => forms.items.iter_mut().for_each(|form| self.schema(form)),
            RefOr::T(Schema::AllOf(parts)) => parts.items.iter_mut().for_each(|part| self.schema(part)),
            RefOr::T(Schema::AnyOf(forms)) => forms.items.iter_mut().for_each(|form| self.schema(form)),
            RefOr::T(_) => {}
        }
    }

    /// Null is absent wherever a member may be; a document also takes one value for a list of one, and
    /// leaves out the nulls of a list.
    fn member(&mut self, slot: &mut RefOr<Schema>, is_document: bool) {
        self.schema(slot);
        match slot {
            RefOr::Ref(reference) => *slot = or_null(reference.clone()),
            RefOr::T(Schema::Object(object)) => {
                if object.read_only == Some(true) {
                    // Ours to say, and ignored when a client sends back what it was given.
                    *object = anything(object.description.clone());
                } else {
                    nullable(&mut object.schema_type);
                }
            }
            RefOr::T(Schema::Array(array)) => {
                nullable(&mut array.schema_type);
                let ArrayItems::RefOrSchema(items) = &mut array.items else { return };
                if !is_document {
                    return;
                }
                let one = (**items).clone();
                match &one {
                    RefOr::Ref(reference) => **items = or_null(reference.clone()),
                    RefOr::T(Schema::Object(item)) if item.schema_type == SchemaType::AnyValue => {
                        *slot = Schema::Object(anything(array.description.clone())).into();
                        return;
                    }
                    RefOr::T(_) => {}
                }
                let description = array.description.take();
                let list = slot.clone();
                *slot = AnyOfBuilder::new().item(list).item(one).description(description).into();
            }
            RefOr::T(_) => {}
        }
    }
}

/// The words about a reference are about the choice.
fn or_null(mut reference: Ref) -> RefOr<Schema> {
    let words = Some(std::mem::take(&mut reference.description)).filter(|words| !words.is_empty());
    null_or(reference, words)
}

fn anything(description: Option<String>) -> Object {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(description).build()
}

fn nullable(schema_type: &mut SchemaType) {
    match schema_type {
        SchemaType::Type(only) => *schema_type = SchemaType::Array(vec![only.clone(), Type::Null]),
        SchemaType::Array(types) if !types.contains(&Type::Null) => types.push(Type::Null),
        SchemaType::Array(_) | SchemaType::AnyValue => {}
    }
}
