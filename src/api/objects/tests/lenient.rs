//! The lenient types, from JSON text and from strings as a query has them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error, MapDeserializer};
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

use super::super::inline_scalars;
use super::super::lenient::{BigInt, Flag, Guid, Int, Moment, Real, Text, optional};

/// Reads JSON text and the same as a value, which must agree.
fn read<T: DeserializeOwned + PartialEq + std::fmt::Debug>(json: &str) -> Result<T, String> {
    let parsed: Value = serde_json::from_str(json).unwrap();
    let from_value = serde_json::from_value::<T>(parsed).map_err(|error| error.to_string());
    let from_text = serde_json::from_str::<T>(json).map_err(|error| error.to_string());
    assert_eq!(from_value.is_ok(), from_text.is_ok(), "{json}");
    if from_value.is_ok() {
        assert_eq!(from_value, from_text);
    }
    from_value
}

#[test]
fn integers_are_read_from_digits_and_whole_floats() {
    for json in ["5", "5.0", "\"5\"", "\" 5 \"", "\"+5\"", "\"5.00\"", "5e0"] {
        assert_eq!(read(json), Ok(Int(5)), "{json}");
        assert_eq!(read(json), Ok(BigInt(5)), "{json}");
    }
    assert_eq!(read("-2147483648"), Ok(Int(i32::MIN)));
    assert_eq!(read("\"9223372036854775807\""), Ok(BigInt(i64::MAX)));
    for json in ["5.5", "\"5.5\"", "\"five\"", "\"-\"", "\"+-5\"", "\"0x5\"", "true", "\".0\""] {
        assert_eq!(read::<Int>(json), Err("the value is not a whole number".to_owned()), "{json}");
    }
    for json in ["2147483648", "1e300", "18446744073709551615", "\"99999999999999999999\""] {
        let refusal = "the value is a whole number that does not fit in 32 bits".to_owned();
        assert_eq!(read::<Int>(json), Err(refusal), "{json}");
    }
    for json in ["9223372036854775808", "9.3e18", "\"9223372036854775808\""] {
        let refusal = "the value is a whole number that does not fit in 64 bits".to_owned();
        assert_eq!(read::<BigInt>(json), Err(refusal), "{json}");
    }
    assert_eq!(read::<Int>("null"), Err("the value is empty, a whole number belongs here".to_owned()));
    assert!(read::<Int>("[5]").is_err());
    assert!(read::<Int>("{}").is_err());
}

#[test]
fn doubles_are_finite() {
    assert_eq!(read("4"), Ok(Real(4.0)));
    assert_eq!(read("\"-4.5e1\""), Ok(Real(-45.0)));
    for json in ["\"NaN\"", "\"inf\"", "\"1e999\"", "\"four\"", "false"] {
        assert_eq!(read::<Real>(json), Err("the value is not a number".to_owned()), "{json}");
    }
    assert_eq!(serde_json::to_string(&Real(4.0)).unwrap(), "4.0");
}

#[test]
fn truth_is_read_as_python_and_powershell_print_it() {
    for json in ["true", "\"true\"", "\"True\"", "\"TRUE\"", "1", "\"1\""] {
        assert_eq!(read(json), Ok(Flag(true)), "{json}");
    }
    for json in ["false", "\"False\"", "0", "\"0\""] {
        assert_eq!(read(json), Ok(Flag(false)), "{json}");
    }
    for json in ["2", "\"yes\"", "1.0", "-1"] {
        assert_eq!(read::<Flag>(json), Err("the value is not true or false".to_owned()), "{json}");
    }
}

#[test]
fn text_is_read_without_quotes_and_never_holds_nul() {
    for (json, text) in [("\"a\"", "a"), ("\"\"", ""), ("5", "5"), ("-5", "-5"), ("true", "true")] {
        assert_eq!(read(json), Ok(Text(text.to_owned())), "{json}");
    }
    assert_eq!(read("5.0"), Ok(Text("5.0".to_owned())));
    assert_eq!(read("\" kept \""), Ok(Text(" kept ".to_owned())));
    let refusal = "the value contains a NUL character".to_owned();
    assert_eq!(read::<Text>("\"a\\u0000b\""), Err(refusal));
}

#[test]
fn moments_are_read_with_and_without_a_zone_and_printed_as_utc() {
    for (sent, printed) in [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.123Z"),
        ("2024-06-20T14:45:15.9746271Z", "2024-06-20T14:45:15.974627Z"),
        ("2023-10-18T09:54:26.28", "2023-10-18T09:54:26.28Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("2026-01-02T03:04:05-0230", "2026-01-02T05:34:05Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04", "2026-01-02T03:04:00Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999Z"),
    ] {
        let moment: Moment = read(&json!(sent).to_string()).unwrap();
        assert_eq!(moment.to_string(), printed, "{sent}");
        assert_eq!(serde_json::to_value(moment).unwrap(), json!(printed));
    }
    for sent in ["tomorrow", "2026-13-01", "2026-01-02T25:00:00Z", "02/01/2026"] {
        let refusal = "the value is not a date and time such as 2026-01-02T03:04:05Z".to_owned();
        assert_eq!(read::<Moment>(&json!(sent).to_string()), Err(refusal), "{sent}");
    }
    let refusal = "the value is a date outside the years 1 to 9999".to_owned();
    assert_eq!(read::<Moment>("\"9999-12-31T23:59:59-01:00\""), Err(refusal.clone()));
    assert_eq!(read::<Moment>("\"0000-01-01\""), Err(refusal));
    assert!(read::<Moment>("1700000000").is_err());
}

#[test]
fn uuids_are_read_in_any_dress_and_printed_plain() {
    const PLAIN: &str = "a34f0eb2-5f48-44af-87f7-5ba3307339a9";
    for sent in [
        PLAIN,
        "A34F0EB2-5F48-44AF-87F7-5BA3307339A9",
        "{a34f0eb2-5f48-44af-87f7-5ba3307339a9}",
        "a34f0eb25f4844af87f75ba3307339a9",
    ] {
        assert_eq!(read::<Guid>(&json!(sent).to_string()).unwrap().to_string(), PLAIN, "{sent}");
    }
    assert_eq!(read::<Guid>("\"a34f\""), Err("the value is not a uuid".to_owned()));
}

#[derive(Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default)]
struct Header {
    /// The chat's number.
    #[serde(deserialize_with = "optional")]
    id: Option<Int>,
    #[serde(deserialize_with = "optional")]
    name: Option<Text>,
    team: Option<Int>,
    tags: Vec<Text>,
    #[serde(deserialize_with = "optional")]
    since: Option<Moment>,
}

#[test]
fn an_empty_string_is_no_number_and_a_name_like_any_other() {
    let read = |json: Value| serde_json::from_value::<Header>(json).unwrap();
    assert_eq!(read(json!({})), Header::default());
    assert_eq!(read(json!({ "id": null, "name": null })), Header::default());
    let empty = read(json!({ "id": "", "name": "", "tags": [1, "b"] }));
    assert_eq!(empty.id, None);
    assert_eq!(empty.name, Some(Text::default()));
    assert_eq!(empty.tags, [Text("1".to_owned()), Text("b".to_owned())]);
}

#[test]
fn queries_are_read_by_the_same_rules() {
    let query = [("id", "7"), ("name", "5"), ("since", "2026-01-02T03:04:05+01:00")];
    let header = Header::deserialize(MapDeserializer::<_, Error>::new(query.into_iter())).unwrap();
    assert_eq!(header.id, Some(Int(7)));
    assert_eq!(header.name, Some(Text("5".to_owned())));
    assert_eq!(header.since.unwrap().to_string(), "2026-01-02T02:04:05Z");
}

#[test]
fn the_document_shows_plain_types() {
    #[derive(OpenApi)]
    #[openapi(components(schemas(Header)))]
    struct Document;

    let document = serde_json::to_value(inline_scalars(Document::openapi())).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Header"]);
    let fields = &schemas["Header"]["properties"];
    assert_eq!(
        fields["id"],
        json!({ "type": ["integer", "null"], "format": "int32", "description": "The chat's number." })
    );
    assert_eq!(fields["team"], json!({ "type": ["integer", "null"], "format": "int32" }));
    assert_eq!(fields["since"], json!({ "type": ["string", "null"], "format": "date-time" }));
    assert_eq!(fields["tags"]["items"], json!({ "type": "string" }));
}

#[derive(Deserialize, utoipa::IntoParams)]
#[expect(dead_code, reason = "only described")]
struct Filter {
    /// How many.
    count: Option<Int>,
    chat_id: Int,
}

#[utoipa::path(
    post, path = "/Chat", params(Filter), request_body = Vec<Int>,
    responses((status = 200, body = Int)),
)]
#[expect(dead_code, reason = "only described")]
fn post_chats() {}

#[test]
fn requests_and_parameters_show_plain_types_too() {
    #[derive(OpenApi)]
    #[openapi(paths(post_chats))]
    struct Document;

    let document = serde_json::to_value(inline_scalars(Document::openapi())).unwrap();
    assert!(!document.to_string().contains("$ref"), "{document}");
    let parameters = &document["paths"]["/Chat"]["post"]["parameters"];
    assert_eq!(parameters[0]["schema"], json!({ "type": ["integer", "null"], "format": "int32" }));
    assert_eq!(parameters[1]["schema"], json!({ "type": "integer", "format": "int32" }));
}
