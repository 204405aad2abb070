//! What values can do to a request: nothing but stand in their place.

use insta::assert_snapshot;

use super::{
    super::{request::RequestTemplate, scope::Scope},
    *,
};

fn template(url: &str) -> HttpTemplate {
    HttpTemplate { method: "POST".to_owned(), url: url.to_owned(), ..HttpTemplate::default() }
}

fn fill(template: &HttpTemplate, value: &str) -> Option<HttpRequest> {
    let mut facts = facts();
    facts.variables.insert("x".to_owned(), value.to_owned());
    RequestTemplate::compile(template).expect("a whole request").fill(&Scope::new(&facts), Vec::new())
}

fn url(template_url: &str, value: &str) -> Option<String> {
    fill(&template(template_url), value).map(|request| request.url)
}

#[test]
fn a_value_stays_one_part_of_the_address() {
    let path = "https://a.example/v1/$x/z?q=$x&r=1";
    assert_eq!(url(path, "a b").as_deref(), Some("https://a.example/v1/a%20b/z?q=a%20b&r=1"));
    assert_eq!(
        url(path, "../é?#&=%\\@\r\n").as_deref(),
        Some(
            "https://a.example/v1/..%2F%C3%A9%3F%23%26%3D%25%5C%40%0D%0A/z?q=..%2F%C3%A9%3F%23%26%3D%25%5C%40%0D%0A&r=1"
        )
    );
    for (template, value) in [
        ("https://a.example/v1/$x/z", ".."),
        ("https://a.example/v1/$x", "."),
        ("https://a.example/v1/.$x", "."),
        ("https://a.example/v1/%2e$x", "."),
        ("https://a.example/v1/$x", ""),
        ("https://a.example/v1/$x", " "),
    ] {
        assert_eq!(url(template, value), None, "{template} {value:?}");
    }
    assert_eq!(url("https://a.example/?q=$x", "..").as_deref(), Some("https://a.example/?q=.."));
    assert_eq!(url("https://a.example/?q=$x", "").as_deref(), Some("https://a.example/?q="));
}

#[test]
fn a_value_adds_no_header() {
    let headers = vec![("X-Name".to_owned(), "for $x".to_owned())];
    let filled = fill(&HttpTemplate { headers, ..template("https://a.example") }, "a\r\nHost: b\0\u{85}c");
    let headers = filled.expect("a request").headers;
    assert_eq!(headers, [("X-Name".to_owned(), "for a  Host: b  c".to_owned())]);
}

fn body(body: HttpBody, value: &str) -> (String, Option<&'static str>) {
    let request = HttpTemplate { body: Some(body), ..template("https://a.example") };
    let filled = fill(&request, value).expect("a request");
    (filled.body.expect("a body"), filled.content_type)
}

fn json(text: &str, value: &str) -> String {
    body(HttpBody::Json(text.to_owned()), value).0
}

#[test]
fn a_value_stays_one_json_value() {
    let text = r#"{"a": "<$x>", "b": $x, "c\"": [$x]}"#;
    assert_eq!(json(text, "5"), r#"{"a": "<5>", "b": 5, "c\"": [5]}"#);
    assert_eq!(json(text, "a\"b"), r#"{"a": "<a\"b>", "b": "a\"b", "c\"": ["a\"b"]}"#);
    for (value, written) in [
        ("", "null"),
        ("true", "true"),
        ("null", "\"null\""),
        ("-1.50", "-1.50"),
        ("1, 2", "\"1, 2\""),
        ("007", "\"007\""),
        ("1.", "\"1.\""),
        ("+1", "\"+1\""),
        ("\\", r#""\\""#),
        ("a\nb\u{1}", r#""a\nb\u0001""#),
        ("{}", "\"{}\""),
    ] {
        assert_eq!(json("[$x]", value), format!("[{written}]"), "{value:?}");
    }
}

#[test]
fn forms_and_texts_have_their_own_way() {
    let form = body(HttpBody::Form("a=$x&b=2".to_owned()), "1&b=3");
    assert_eq!(form, ("a=1%26b%3D3&b=2".to_owned(), Some("application/x-www-form-urlencoded")));
    let text = body(HttpBody::Text("a=$x".to_owned()), "1&b=3");
    assert_eq!(text, ("a=1&b=3".to_owned(), Some("text/plain; charset=utf-8")));
}

#[test]
fn a_content_type_of_its_own_is_kept() {
    let headers = vec![("content-TYPE".to_owned(), "application/ld+json".to_owned())];
    let body = Some(HttpBody::Json("{}".to_owned()));
    let request = fill(&HttpTemplate { headers, body, ..template("https://a.example") }, "");
    assert_eq!(request.expect("a request").content_type, None);
}

#[test]
fn a_request_that_can_never_be_right_is_refused() {
    let told = |template: HttpTemplate| {
        RequestTemplate::compile(&template).map_or_else(|problems| problems.join("\n"), |_| "none".to_owned())
    };
    assert_eq!(told(template("https://a.example/$x?y=$x")), "none");
    let pair = |name: &str| (name.to_owned(), String::new());
    assert_snapshot!(told(HttpTemplate {
        method: "TRACE".to_owned(),
        url: "ftp://a.example".to_owned(),
        headers: vec![pair("Host"), pair("a b"), pair(""), pair("X-$x")],
        body: Some(HttpBody::Json("{\"a\": \"$x}".to_owned())),
    }), @r#"
    has the method "TRACE"; it can be GET, POST, PUT, PATCH, DELETE, HEAD
    has no web address to call (http or https)
    sets the header "Host", which belongs to the connection
    has the header "a b", which is no header's name
    has the header "", which is no header's name
    has a body that is not JSON, once its variables are filled in
    "#);
    for url in ["$x", "https://$x/", "https://$x.example/", "https://a.example:$x/", "https://a.example$x"] {
        assert_ne!(told(template(url)), "none", "{url}");
    }
    let escaped = HttpBody::Json(r#"{"a": "\$x"}"#.to_owned());
    assert_ne!(told(HttpTemplate { body: Some(escaped), ..template("https://a.example") }), "none");
}
