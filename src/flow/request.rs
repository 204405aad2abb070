//! The request of an HTTP step: parsed once, filled with every value encoded for its place.
//!
//! A value never leaves its place: it adds no segment, parameter, header or JSON member.

use std::fmt::Write as _;

use url::Url;

use super::{
    model::{HttpBody, HttpRequest, HttpTemplate},
    scope::Scope,
    template::{Piece, Plain, percent_encode, pieces},
};

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/// Headers that belong to the connection; setting them would let a request pose as another.
const OWN_HEADERS: [&str; 5] = ["host", "content-length", "transfer-encoding", "connection", "upgrade"];

/// A request with places for values.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    method: String,
    url: Vec<Piece<UrlPlace>>,
    headers: Vec<(String, Plain)>,
    body: Option<Body>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UrlPlace {
    Path,
    Query,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JsonPlace {
    String,
    Value,
}

#[derive(Clone, Debug)]
enum Body {
    Json(Vec<Piece<JsonPlace>>),
    Form(Vec<Piece<()>>),
    Text(Plain),
}

impl RequestTemplate {
    /// The request, or everything that is wrong with it.
    pub(super) fn compile(source: &HttpTemplate) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let method = source.method.trim().to_ascii_uppercase();
        if !METHODS.contains(&method.as_str()) {
            problems.push(format!("has the method {:?}; it can be {}", source.method, METHODS.join(", ")));
        }
        let url = url_pieces(source.url.trim());
        if let Err(problem) = check_url(&url) {
            problems.push(problem);
        }
        for (name, _) in &source.headers {
            if !is_token(name) {
                problems.push(format!("has the header {name:?}, which is no header's name"));
            } else if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                problems.push(format!("sets the header {name:?}, which belongs to the connection"));
            }
        }
        let body = source.body.as_ref().map(Body::parse);
        if matches!(&source.body, Some(HttpBody::Json(text)) if !JsonScan::holds_together(text)) {
            problems.push("has a body that is not JSON, once its variables are filled in".to_owned());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let headers = source.headers.iter().map(|(name, value)| (name.clone(), Plain::parse(value)));
        Ok(Self { method, url, headers: headers.collect(), body })
    }

    /// None when a value cannot stand where the template has it.
    pub(super) fn fill(&self, scope: &Scope, wanted: Vec<(String, String)>) -> Option<HttpRequest> {
        let header = |(name, value): &(String, Plain)| (name.clone(), one_line(&value.fill(scope)));
        let has_type = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        Some(HttpRequest {
            method: self.method.clone(),
            url: fill_url(&self.url, scope)?,
            headers: self.headers.iter().map(header).collect(),
            body: self.body.as_ref().map(|body| body.fill(scope)),
            content_type: self.body.as_ref().filter(|_| !has_type).map(Body::content_type),
            wanted,
        })
    }
}

fn url_pieces(source: &str) -> Vec<Piece<UrlPlace>> {
    let mut place = UrlPlace::Path;
    pieces(source, |literal| {
        if literal.contains(['?', '#']) {
            place = UrlPlace::Query;
        }
        place
    })
}

/// The host is the administrator's: no variable stands in front of the path.
fn check_url(url: &[Piece<UrlPlace>]) -> Result<(), String> {
    let sample: String = url
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Variable(..) => "x",
        })
        .collect();
    let parsed = Url::parse(&sample).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if parsed.is_none_or(|url| !url.has_host()) {
        return Err("has no web address to call (http or https)".to_owned());
    }
    let head = match url.first() {
        Some(Piece::Literal(text)) => text.split_once("://").map_or("", |(_, rest)| rest),
        _ => "",
    };
    if url.len() > 1 && !head.contains(['/', '?', '#']) {
        return Err("has a variable in front of the path of its address".to_owned());
    }
    Ok(())
}

fn fill_url(url: &[Piece<UrlPlace>], scope: &Scope) -> Option<String> {
    let mut filled = String::new();
    for piece in url {
        match piece {
            Piece::Literal(text) => filled.push_str(text),
            Piece::Variable(name, place) => {
                let value = scope.value(name);
                // Without its last part "/orders/$order" is quite another address.
                if *place == UrlPlace::Path && value.trim().is_empty() {
                    return None;
                }
                percent_encode(&value, &mut filled);
            }
        }
    }
    let path = filled.split(['?', '#']).next().unwrap_or_default();
    // Dots cannot be encoded: "%2E%2E" too leads one folder up.
    let is_dots = |segment: &str| matches!(&*segment.to_ascii_lowercase().replace("%2e", "."), "." | "..");
    (!path.split('/').any(is_dots)).then_some(filled)
}

fn is_token(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

/// A header's value; a line break would begin another header.
fn one_line(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

impl Body {
    fn parse(source: &HttpBody) -> Self {
        match source {
            HttpBody::Json(text) => {
                let mut scan = JsonScan::default();
                Self::Json(pieces(text, |literal| scan.place_after(literal)))
            }
            HttpBody::Form(text) => Self::Form(pieces(text, |_| ())),
            HttpBody::Text(text) => Self::Text(Plain::parse(text)),
        }
    }

    fn fill(&self, scope: &Scope) -> String {
        let mut filled = String::new();
        match self {
            Self::Json(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => filled.push_str(text),
                        Piece::Variable(name, JsonPlace::String) => {
                            json_escape(&scope.value(name), &mut filled);
                        }
                        Piece::Variable(name, JsonPlace::Value) => {
                            json_value(&scope.value(name), &mut filled);
                        }
                    }
                }
            }
            Self::Form(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => filled.push_str(text),
                        Piece::Variable(name, ()) => percent_encode(&scope.value(name), &mut filled),
                    }
                }
            }
            Self::Text(text) => filled = text.fill(scope),
        }
        filled
    }

    const fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Text(_) => "text/plain; charset=utf-8",
        }
    }
}

/// Follows JSON text in and out of its strings.
#[derive(Default)]
struct JsonScan {
    in_string: bool,
    is_escaped: bool,
}

impl JsonScan {
    fn place_after(&mut self, text: &str) -> JsonPlace {
        for byte in text.bytes() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
        if self.in_string { JsonPlace::String } else { JsonPlace::Value }
    }

    /// Whether every string ends, and no backslash takes the first character of a value.
    fn holds_together(text: &str) -> bool {
        let mut scan = Self::default();
        let mut is_broken = false;
        pieces(text, |literal| {
            scan.place_after(literal);
            is_broken |= scan.is_escaped;
        });
        !is_broken && Self::default().place_after(text) == JsonPlace::Value
    }
}

fn json_escape(value: &str, json: &mut String) {
    for c in value.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            c if c.is_control() => {
                write!(json, "\\u{:04x}", u32::from(c)).expect("writing to a String cannot fail");
            }
            c => json.push(c),
        }
    }
}

/// A number or a truth as it is, nothing as null, and anything else as a string.
fn json_value(value: &str, json: &mut String) {
    let value = value.trim();
    if value.is_empty() {
        json.push_str("null");
    } else if is_json_number(value) || matches!(value, "true" | "false") {
        json.push_str(value);
    } else {
        json.push('"');
        json_escape(value, json);
        json.push('"');
    }
}

fn is_json_number(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    is_digits(whole) && (whole == "0" || !whole.starts_with('0')) && part.is_none_or(is_digits)
}
