//! A profile with every member that the description knows comes back as it was sent.

use serde_json::{Map, Value, json};

use crate::harness::TestApp;

/// Makes a value of every member of a described object, down to this depth.
struct Generator<'a> {
    schemas: &'a Map<String, Value>,
    counter: i64,
}

impl Generator<'_> {
    fn object(&mut self, name: &str, depth: usize) -> Value {
        let properties = self.schemas[name]["properties"].as_object().unwrap();
        let mut object = Map::new();
        for (member, schema) in properties {
            if schema["readOnly"] == true || schema["writeOnly"] == true {
                continue;
            }
            if let Some(value) = self.value(schema, depth) {
                object.insert(member.clone(), value);
            }
        }
        Value::Object(object)
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        self.counter += 1;
        if let Some(name) = reference(schema) {
            return (depth > 0).then(|| self.object(&name, depth - 1));
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => {
                kinds.iter().find_map(|kind| kind.as_str().filter(|kind| *kind != "null"))?
            }
            kind => kind.as_str().unwrap_or("any"),
        };
        Some(match (kind, schema["format"].as_str().unwrap_or_default()) {
            ("integer", _) => json!(self.counter),
            ("number", _) => json!(f64::from(i32::try_from(self.counter).ok()?) + 0.5),
            ("boolean", _) => json!(self.counter % 2 == 0),
            ("string", "date-time") => json!(format!("2026-01-02T03:04:{:02}Z", self.counter % 60)),
            ("string", "uuid") => json!(format!("a34f0eb2-5f48-44af-87f7-{:012x}", self.counter)),
            ("string", _) => json!(format!("ö{}", self.counter)),
            ("array", _) => {
                let items = (0..2).filter_map(|_| self.value(&schema["items"], depth)).collect();
                Value::Array(items)
            }
            _ => json!({ "kept": [self.counter, "x"] }),
        })
    }
}

fn reference(schema: &Value) -> Option<String> {
    let direct = schema["$ref"].as_str();
    let either =
        schema["oneOf"].as_array().and_then(|forms| forms.iter().find_map(|form| form["$ref"].as_str()));
    direct.or(either)?.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// The flow must hold together, whatever else the steps say.
fn mend(profile: &mut Value) {
    for (place, step) in profile["steps"].as_array_mut().unwrap().iter_mut().enumerate() {
        step["step_id"] = json!(place + 1);
        step["isstart"] = json!(place == 0);
        step["steptype"] = json!(0);
        step["ai_failure_step"] = json!(0);
        step["step_conditions"] = json!([{ "id": 1, "fieldname": "a", "type": 0, "value_string": "b" }]);
        for link in step["actions"].as_array_mut().unwrap() {
            link["end_step"] = json!(2 - place);
            link["conditions"] = json!([{ "id": 2, "fieldname": "a", "type": 0, "value_string": "b" }]);
        }
    }
    profile["steps"][1]["actions"] = json!([]);
}

#[tokio::test]
async fn every_member_of_a_profile_survives() {
    let test = TestApp::new().await;
    let document = test.get("/docs/openapi.json", "").await.expect(200);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut generator = Generator { schemas, counter: 0 };
    let mut sent = generator.object("ChatProfile", 4);
    sent["id"] = json!("whole");
    sent["colour"] = json!("#12ab34");
    sent["textcolour"] = json!("#12ab34");
    mend(&mut sent);
    assert!(sent.as_object().unwrap().len() > 60 && sent["steps"][0].as_object().unwrap().len() > 55);
    let saved = test.post("/ChatProfile", &test.admin, &json!([sent])).await.expect(201);
    let read = test.get("/ChatProfile/whole?includedetails=true", &test.admin).await.expect(200);
    for (member, value) in sent.as_object().unwrap() {
        assert_eq!(&saved[member], value, "{member} in the answer to the save");
        assert_eq!(&read[member], value, "{member} when read");
    }
}
