//! Puts plain types where the document refers to our value types.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, OneOf, SchemaType, Type};
use utoipa::openapi::{Content, Header, OpenApi, Ref, RefOr, Response, Schema};

use super::scalar_schema::value_schemas;

/// The derive refers to `Int` as it refers to any struct. Readers of the document should see
/// an integer, so references to our value types give way to what they stand for.
pub fn inline_scalars(mut document: OpenApi) -> OpenApi {
    let mut components = document.components.take().unwrap_or_default();
    let mut schemas = std::mem::take(&mut components.schemas);
    let mut plain = BTreeMap::new();
    for (name, schema) in value_schemas() {
        schemas.remove(&name);
        plain.insert(name, schema);
    }
    let inliner = Inliner { plain };
    for schema in schemas.values_mut() {
        inliner.schema(schema);
    }
    for response in components.responses.values_mut() {
        inliner.response(response);
    }
    for parameter in components.parameters.values_mut() {
        inliner.parameter(parameter);
    }
    for header in components.headers.values_mut() {
        inliner.header(header);
    }
    for body in components.request_bodies.values_mut() {
        if let RefOr::T(body) = body {
            inliner.contents(body.content.values_mut());
        }
    }
    for path in document.paths.paths.values_mut() {
        inliner.path(path);
    }
    components.schemas = schemas;
    document.components = Some(components);
    document
}

struct Inliner {
    plain: BTreeMap<String, RefOr<Schema>>,
}

impl Inliner {
    fn path(&self, path: &mut PathItem) {
        path.parameters.iter_mut().flatten().for_each(|parameter| self.parameter(parameter));
        let PathItem { get, put, post, delete, options, head, patch, trace, .. } = path;
        let operations = [get, put, post, delete, options, head, patch, trace];
        operations.into_iter().flatten().for_each(|operation| self.operation(operation));
    }

    fn operation(&self, operation: &mut Operation) {
        operation.parameters.iter_mut().flatten().for_each(|parameter| self.parameter(parameter));
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            self.contents(body.content.values_mut());
        }
        let responses = operation.responses.responses.values_mut();
        responses.for_each(|response| self.response(response));
    }

    fn parameter(&self, parameter: &mut RefOr<Parameter>) {
        if let RefOr::T(parameter) = parameter {
            parameter.schema.iter_mut().for_each(|schema| self.schema(schema));
            self.contents(parameter.content.values_mut());
        }
    }

    fn response(&self, response: &mut RefOr<Response>) {
        if let RefOr::T(response) = response {
            response.headers.values_mut().for_each(|header| self.header(header));
            self.contents(response.content.values_mut());
        }
    }

    fn header(&self, header: &mut RefOr<Header>) {
        if let RefOr::T(header) = header {
            header.schema.iter_mut().for_each(|schema| self.schema(schema));
        }
    }

    fn contents<'a>(&self, contents: impl Iterator<Item = &'a mut RefOr<Content>>) {
        for content in contents {
            if let RefOr::T(content) = content {
                content.schema.iter_mut().for_each(|schema| self.schema(schema));
                content.item_schema.iter_mut().for_each(|schema| self.schema(schema));
            }
        }
    }

    fn schema(&self, slot: &mut RefOr<Schema>) {
        if let RefOr::Ref(reference) = slot {
            let name = reference.ref_location.strip_prefix("#/components/schemas/");
            let Some(plain) = name.and_then(|name| self.plain.get(name)) else {
                return;
            };
            *slot = dressed(plain.clone(), reference);
        }
        let RefOr::T(schema) = slot else { return };
        match schema {
            Schema::Object(object) => {
                object.properties.values_mut().for_each(|property| self.schema(property));
                if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref_mut()
                {
                    self.schema(value);
                }
            }
            Schema::Array(array) => {
                if let ArrayItems::RefOrSchema(items) = &mut array.items {
                    self.schema(items);
                }
            }
            Schema::OneOf(one_of) => {
                one_of.items.iter_mut().for_each(|item| self.schema(item));
                if let Some(flat) = flatten_nullable(one_of) {
                    *schema = flat;
                }
            }
            Schema::AllOf(all_of) => all_of.items.iter_mut().for_each(|item| self.schema(item)),
            Schema::AnyOf(any_of) => any_of.items.iter_mut().for_each(|item| self.schema(item)),
            _ => {}
        }
    }
}

/// What was said beside the reference belongs to the field and stays.
fn dressed(plain: RefOr<Schema>, reference: &Ref) -> RefOr<Schema> {
    let words = Some(reference.description.clone()).filter(|words| !words.is_empty());
    let mut plain = plain;
    match &mut plain {
        RefOr::T(Schema::Object(object)) => {
            object.description = words;
            object.default.clone_from(&reference.default);
            object.read_only = reference.read_only;
            object.write_only = reference.write_only;
        }
        RefOr::T(Schema::OneOf(one_of)) => {
            one_of.description = words;
            one_of.default.clone_from(&reference.default);
        }
        _ => {}
    }
    plain
}

/// "One of null or an integer" is written shorter as a type that may be null.
fn flatten_nullable(one_of: &OneOf) -> Option<Schema> {
    let null = SchemaType::Type(Type::Null);
    let is_null = |item: &&RefOr<Schema>| matches!(item, RefOr::T(Schema::Object(object)) if object.schema_type == null);
    let (nulls, others): (Vec<_>, Vec<_>) = one_of.items.iter().partition(is_null);
    let ([_], [RefOr::T(only)]) = (&nulls[..], &others[..]) else {
        return None;
    };
    let mut flat = only.clone();
    let (schema_type, description, default) = match &mut flat {
        Schema::Object(Object { schema_type, description, default, .. }) => {
            (schema_type, description, default)
        }
        Schema::Array(array) => (&mut array.schema_type, &mut array.description, &mut array.default),
        _ => return None,
    };
    let SchemaType::Type(kind) = schema_type else {
        return None;
    };
    *schema_type = SchemaType::Array(vec![kind.clone(), Type::Null]);
    if one_of.description.is_some() {
        description.clone_from(&one_of.description);
    }
    // A default of null says no more than the type does.
    default.clone_from(&one_of.default.clone().filter(|default| !default.is_null()));
    Some(flat)
}
