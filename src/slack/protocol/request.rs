//! What a request from Slack is, told from its body alone: any of the three routes takes any kind.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::json;

/// A request as it came, not to be believed before its signature is.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// A probe of the certificate. Whatever else it carries counts for nothing.
    SslCheck,
    /// Somebody saves the address at Slack: it wants this text back.
    Challenge(String),
    /// Something happened, as JSON.
    Event(Value),
    /// A slash command: its form as an object of texts.
    Command(Value),
    /// A click, a submitted form, a shortcut, as JSON.
    Interaction(Value),
}

impl Request {
    /// None: it is nothing that Slack sends.
    pub fn read(body: &[u8]) -> Option<Self> {
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'{') {
            return Self::from_json(serde_json::from_slice(body).ok()?);
        }
        let form: Map<String, Value> = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        if form.get("ssl_check").is_some_and(|value| value == "1") {
            return Some(Self::SslCheck);
        }
        match form.get("payload").and_then(Value::as_str) {
            Some(payload) => {
                let payload: Value = serde_json::from_str(payload).ok()?;
                payload.is_object().then_some(Self::Interaction(payload))
            }
            None if form.contains_key("command") => Some(Self::Command(Value::Object(form))),
            None => None,
        }
    }

    fn from_json(body: Value) -> Option<Self> {
        match body["type"].as_str()? {
            "url_verification" => Some(Self::Challenge(body["challenge"].as_str()?.to_owned())),
            _ => Some(Self::Event(body)),
        }
    }

    fn body(&self) -> Option<&Value> {
        match self {
            Self::SslCheck | Self::Challenge(_) => None,
            Self::Event(body) | Self::Command(body) | Self::Interaction(body) => Some(body),
        }
    }

    /// The app that it says it is for.
    pub fn app_id(&self) -> Option<String> {
        self.body().and_then(|body| json::text(&body["api_app_id"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_smuggles_nothing() {
        assert_eq!(Request::read(b"command=%2Fstart&ssl_check=1&payload=%7B%7D"), Some(Request::SslCheck));
    }

    #[test]
    fn each_kind_is_told_by_its_body() {
        let challenge = br#" {"type": "url_verification", "token": "x", "challenge": "3eZb"}"#;
        assert_eq!(Request::read(challenge), Some(Request::Challenge("3eZb".to_owned())));
        let event = Request::read(br#"{"type": "event_callback", "api_app_id": "A1"}"#);
        assert!(matches!(&event, Some(Request::Event(_))));
        assert_eq!(event.and_then(|event| event.app_id()).as_deref(), Some("A1"));
        let command = Request::read(b"command=/weather&text=a+b%20c&api_app_id=A2");
        let Some(Request::Command(form)) = &command else { panic!("{command:?}") };
        assert_eq!((form["text"].as_str(), form["command"].as_str()), (Some("a b c"), Some("/weather")));
        let click = Request::read(b"payload=%7B%22type%22%3A%22block_actions%22%7D");
        assert!(matches!(click, Some(Request::Interaction(_))));
    }

    #[test]
    fn anything_else_is_nothing_of_slacks() {
        for body in [
            &b""[..],
            b"{",
            b"{}",
            b"[]",
            b"payload=x",
            b"payload=[]",
            b"hello",
            b"\xff\xfe",
            b"{\"type\":1}",
        ] {
            assert_eq!(Request::read(body), None, "{}", String::from_utf8_lossy(body));
        }
    }
}
