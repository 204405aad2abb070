//! The catalogue holds together, and describes itself.

use std::collections::HashSet;

use serde_json::{Value, json};
use utoipa::openapi::{ComponentsBuilder, OpenApiBuilder};

use super::super::catalogue::{CATALOGUE, Kind, Role, Scalar};
use super::super::{inline_scalars, schema, schemas};

#[test]
fn every_object_that_a_field_names_exists() {
    for object in CATALOGUE.objects() {
        for field in &object.fields {
            if let Some(name) = field.kind.object() {
                assert!(CATALOGUE.find(name).is_some(), "{}.{}", object.name, field.name);
            }
        }
    }
}

#[test]
fn names_stand_once_and_limits_stand_on_text() {
    for object in CATALOGUE.objects() {
        let names: HashSet<&str> = object.fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), object.fields.len(), "{}", object.name);
        for field in object.fields.iter().filter(|field| field.max.is_some()) {
            assert_eq!(field.kind, Kind::Scalar(Scalar::Text), "{}.{}", object.name, field.name);
        }
    }
}

#[test]
fn what_a_chat_profile_says_of_itself_is_not_taken_from_clients() {
    let profile = CATALOGUE.object("ChatProfile");
    let names = |role| {
        let of_role = profile.fields.iter().filter(move |field| field.role == role);
        of_role.map(|field| field.name).collect::<Vec<_>>()
    };
    assert_eq!(profile.fields.len(), 80);
    assert_eq!(names(Role::Command), ["intent"]);
    assert_eq!(names(Role::Secret), ["new_hmac_secret"]);
    assert_eq!(
        names(Role::Computed),
        [
            "workdays_name",
            "tickettype_name",
            "in_use",
            "_chat_available",
            "_chat_mode",
            "_chatserviceurl",
            "_tenantid",
            "default_ticket_clientsite_name",
            "new_user_site_name",
            "_warning",
        ]
    );
}

#[test]
fn schemas_tell_types_limits_and_direction() {
    let profile = serde_json::to_value(schema("ChatProfile")).unwrap();
    let fields = &profile["properties"];
    assert_eq!(fields["icon_size"]["type"], json!(["integer", "null"]));
    assert_eq!(fields["icon_size"]["format"], json!("int32"));
    assert_eq!(fields["greeting"]["maxLength"], json!(1000));
    assert_eq!(fields["in_use"]["readOnly"], json!(true));
    assert_eq!(fields["new_hmac_secret"]["writeOnly"], json!(true));
    assert_eq!(fields["intent"]["writeOnly"], json!(true));
    let steps = json!({ "$ref": "#/components/schemas/FlowDetail" });
    assert_eq!(fields["steps"]["items"], steps);
    let message = serde_json::to_value(schema("LiveChatMsg")).unwrap();
    assert_eq!(message["properties"]["id"]["type"], json!("integer"));
    let field = &message["properties"]["next_input_fieldinfo"]["oneOf"];
    assert_eq!(field[1], json!({ "$ref": "#/components/schemas/ChatInputField" }));
}

#[test]
fn schemas_bring_along_all_that_they_refer_to() {
    let schemas = schemas(&["ChatProfile", "Uname"]);
    let names: HashSet<&str> = schemas.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), schemas.len());
    assert!(names.contains("Uname"));
    let document = serde_json::to_value(&schemas).unwrap();
    each_reference(&document, &mut |reference| {
        let name = reference.rsplit('/').next().unwrap();
        assert!(names.contains(name), "{name} is referred to and absent");
    });
}

#[test]
fn schemas_stand_in_the_document_unchanged() {
    let names: Vec<&str> = CATALOGUE.objects().map(|object| object.name).collect();
    let components = ComponentsBuilder::new().schemas_from_iter(schemas(&names)).build();
    let document = OpenApiBuilder::new().components(Some(components)).build();
    let before = serde_json::to_value(&document).unwrap();
    assert_eq!(serde_json::to_value(inline_scalars(document)).unwrap(), before);
}

fn each_reference(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, visit)),
        Value::Object(members) => {
            members.get("$ref").and_then(Value::as_str).into_iter().for_each(&mut *visit);
            members.values().for_each(|member| each_reference(member, visit));
        }
        _ => {}
    }
}
