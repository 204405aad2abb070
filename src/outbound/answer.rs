//! An answer from outside, and how values are found in it. Pure.

use std::fmt;

use serde_json::Value;

/// What a server answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Where it is no UTF-8, with replacement characters.
    pub body: String,
}

/// Never the body: what is printed ends in logs.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// The values at the wanted (variable, JSON pointer)s, as (variable, text). What is not there or
/// null is left out; the empty pointer is the whole answer, even one that is no JSON.
pub fn values(answer: &Answer, wanted: &[(String, String)]) -> Vec<(String, String)> {
    let text = answer.body.trim_start_matches('\u{feff}');
    let json = serde_json::from_str::<Value>(text);
    let find = |pointer: &str| match &json {
        Ok(json) => json.pointer(pointer).and_then(as_text),
        Err(_) => pointer.is_empty().then(|| text.to_owned()),
    };
    wanted.iter().filter_map(|(name, pointer)| Some((name.clone(), find(pointer)?))).collect()
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str, pointer: &str) -> Option<String> {
        let answer = Answer { status: 200, body: body.to_owned() };
        let mut found = values(&answer, &[("it".to_owned(), pointer.to_owned())]);
        assert!(found.iter().all(|(name, _)| name == "it"));
        found.pop().map(|(_, value)| value)
    }

    #[test]
    fn every_kind_of_value_has_a_text() {
        let body = r#"{"s": "a \"b\"", "n": 1.5, "i": -7, "b": true, "z": null, "e": "",
            "o": {"x": [1, "y"]}, "l": [{"id": 9}, [], {}]}"#;
        for (pointer, text) in [
            ("/s", Some("a \"b\"")),
            ("/n", Some("1.5")),
            ("/i", Some("-7")),
            ("/b", Some("true")),
            ("/e", Some("")),
            ("/o", Some(r#"{"x":[1,"y"]}"#)),
            ("/l/0/id", Some("9")),
            ("/l/1", Some("[]")),
            ("/z", None),
            ("/none", None),
            ("/l/3", None),
            ("/l/00", None),
            ("/l/-", None),
            ("/s/0", None),
            ("s", None),
        ] {
            assert_eq!(found(body, pointer).as_deref(), text, "{pointer}");
        }
    }

    #[test]
    fn a_pointer_escapes_its_two_signs_and_nothing_else() {
        let body = r#"{"a/b": 1, "m~n": 2, "": 3, " ": 4, "c%d": 5, "~1": 6}"#;
        for (pointer, text) in
            [("/a~1b", "1"), ("/m~0n", "2"), ("/", "3"), ("/ ", "4"), ("/c%d", "5"), ("/~01", "6")]
        {
            assert_eq!(found(body, pointer).as_deref(), Some(text), "{pointer}");
        }
    }

    #[test]
    fn the_empty_pointer_is_the_whole_answer() {
        assert_eq!(found(r#"{ "a" : 1 }"#, "").as_deref(), Some(r#"{"a":1}"#));
        assert_eq!(found(r#""words""#, "").as_deref(), Some("words"));
        assert_eq!(found("\u{feff}[1]", "/0").as_deref(), Some("1"));
        assert_eq!(found("no JSON {", "").as_deref(), Some("no JSON {"));
        assert_eq!(found("no JSON {", "/a"), None);
        assert_eq!(found("", "").as_deref(), Some(""));
        assert_eq!(found("null", ""), None);
    }

    #[test]
    fn each_variable_gets_its_own_value_in_order() {
        let answer = Answer { status: 200, body: r#"{"a": 1, "b": 2}"#.to_owned() };
        let wanted = [("x", "/b"), ("y", "/c"), ("z", "/a")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let expected = [("x", "2"), ("z", "1")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(values(&answer, &wanted), expected);
    }
}
