//! What requests are described to take is what is read.

use serde_json::{Value, json};

use super::super::catalogue::Scalar;
use super::super::kept::read_scalar;
use super::super::scalar_schema::{describe, describe_taken, widen};

const SCALARS: [Scalar; 8] = [
    Scalar::Int,
    Scalar::BigInt,
    Scalar::Real,
    Scalar::Flag,
    Scalar::Text,
    Scalar::Moment,
    Scalar::WallTime,
    Scalar::Guid,
];

fn values() -> Vec<Value> {
    let texts = [
        "",
        " ",
        "5",
        "+5",
        "-5",
        " 5 ",
        "5.0",
        "5.",
        "5.5",
        ".5",
        "1e3",
        "1",
        "0",
        "true",
        "TRUE",
        "False",
        "yes",
        "2026-01-02",
        "2026-1-2",
        " 2026-01-02T03:04:05Z ",
        "2026-01-02t03:04:05z",
        "2026-01-02T03:04:05+02:00",
        "2026-01-02 03:04",
        "2026-01-02T03:04:05.123456",
        "2026-01-02T03:04:05+0200",
        "2026-01-02Z",
        "26-01-02",
        "09:00",
        "9:00",
        "09:00:00.5",
        "25:00",
        "noon",
        "a34f0eb2-5f48-44af-87f7-5ba3307339a9",
        "A34F0EB25F4844AF87F75BA3307339A9",
        "{a34f0eb2-5f48-44af-87f7-5ba3307339a9}",
        "urn:uuid:a34f0eb2-5f48-44af-87f7-5ba3307339a9",
        "a34f0eb2",
        "null",
        "[]",
        "five",
    ];
    let others =
        json!([true, false, 0, 1, 2, -1, 5.0, 5.5, 1e30, 4_294_967_296_i64, [], [1], {}, { "a": 1 }]);
    texts.iter().map(|text| json!(text)).chain(others.as_array().unwrap().iter().cloned()).collect()
}

#[test]
fn whatever_is_read_is_described() {
    for scalar in SCALARS {
        let schema = serde_json::to_value(describe_taken(scalar)).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let mut refused = 0;
        for value in values() {
            let is_read = read_scalar(scalar, value.clone()).is_ok();
            let is_described = validator.is_valid(&value);
            assert!(is_described || !is_read, "{scalar:?} reads {value}, and {schema} does not say so");
            refused += usize::from(!is_described);
        }
        assert!(refused >= 4, "{scalar:?} is described as anything");
    }
}

#[test]
fn a_value_as_it_leaves_is_found_by_its_description() {
    for scalar in SCALARS.into_iter().filter(|scalar| *scalar != Scalar::WallTime) {
        assert_eq!(
            serde_json::to_value(widen(&describe(scalar)).unwrap()).unwrap(),
            serde_json::to_value(describe_taken(scalar)).unwrap(),
        );
    }
}

#[test]
fn requests_have_schemas_of_their_own_where_answers_share_them() {
    let document = serde_json::to_value(crate::api::openapi_document()).unwrap();
    let schemas = &document["components"]["schemas"];
    let answer = &schemas["ChatProfile"]["properties"];
    let request = &schemas["ChatProfileRequest"]["properties"];
    assert_eq!(answer["icon_size"]["type"], json!(["integer", "null"]));
    assert_eq!(request["icon_size"]["type"], json!(["integer", "string", "null"]));
    assert_eq!(request["greeting"]["maxLength"], json!(1000));
    assert_eq!(request["in_use"].get("type"), None, "what is ours to say is ignored, whatever it is");
    let steps = &request["steps"]["anyOf"];
    let step = json!({ "$ref": "#/components/schemas/FlowDetailRequest" });
    assert_eq!(steps[0]["items"]["oneOf"][1], step);
    assert_eq!(steps[1], step, "one step stands for a list of one");
    let body =
        &document["paths"]["/ChatProfile"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(*body, json!({ "$ref": "#/components/schemas/OneOrMany_ChatProfile" }));
    let one = json!({ "$ref": "#/components/schemas/ChatProfileRequest" });
    assert_eq!(schemas["OneOrMany_ChatProfile"]["oneOf"][1], one);
    assert_eq!(schemas["ChatProfileRequest"]["example"], schemas["ChatProfile"]["example"]);
}
