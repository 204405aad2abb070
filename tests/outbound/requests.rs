//! What of a request arrives, and what of an answer comes back.

use aureole::{
    flow::HttpRequest,
    outbound::{FetchError, values},
};

use crate::harness::{Server, answer, get, get_request, to_this_machine};

fn with_headers(url: &str, headers: &[(&str, &str)]) -> HttpRequest {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpRequest { headers, ..get_request(url) }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_given() {
    let server = Server::new(vec![answer(201, &[], r#"{"id": 7}"#)]);
    let request = HttpRequest {
        method: "PUT".to_owned(),
        body: Some(r#"{"name":"Zoë"}"#.to_owned()),
        content_type: Some("application/json"),
        ..with_headers(
            &server.url("/orders/1%2F2?q=a+b&r=%26#part"),
            &[("X-Key", "hush"), ("X-Name", "Zoë"), ("Accept", "application/json")],
        )
    };
    let reply = to_this_machine().fetch(&request, "chat-1-call-2").await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (201, r#"{"id": 7}"#));
    assert_eq!(values(&reply, &[("order".to_owned(), "/id".to_owned())])[0].1, "7");

    let [seen] = &server.seen()[..] else { panic!("one request") };
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("PUT", "/orders/1%2F2?q=a+b&r=%26"));
    assert_eq!(seen.body, r#"{"name":"Zoë"}"#);
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-key", "hush"),
        ("x-name", "Zoë"),
        ("accept", "application/json"),
        ("idempotency-key", "chat-1-call-2"),
        ("user-agent", concat!("Aureole/", env!("CARGO_PKG_VERSION"))),
        ("host", server.address.to_string().as_str()),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_requests_own_headers_win() {
    let server = Server::new(vec![answer(200, &[], "")]);
    let request = HttpRequest {
        method: "POST".to_owned(),
        body: Some("a".to_owned()),
        content_type: Some("text/plain; charset=utf-8"),
        ..with_headers(
            &server.url("/"),
            &[("idempotency-KEY", "mine"), ("content-Type", "text/csv"), ("user-AGENT", "other")],
        )
    };
    to_this_machine().fetch(&request, "ours").await.unwrap();
    let seen = &server.seen()[0];
    for (name, value) in [("idempotency-key", "mine"), ("content-type", "text/csv"), ("user-agent", "other")]
    {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn a_header_cannot_smuggle_another() {
    let server = Server::new(vec![answer(200, &[], "")]);
    for (name, value) in [("X-Key", "a\r\nX-Other: b"), ("X-Key", "a\nb"), ("X-Key: b\r\nX", "a"), ("", "a")]
    {
        let reply = to_this_machine().fetch(&with_headers(&server.url("/"), &[(name, value)]), "key").await;
        assert!(matches!(reply, Err(FetchError::BadRequest(_))), "{reply:?}");
    }
    let reply = to_this_machine().fetch(&get_request(&server.url("/")), "a\r\nb").await;
    assert!(matches!(reply, Err(FetchError::BadRequest(_))), "{reply:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn only_a_success_is_an_answer() {
    for status in [300, 304, 400, 401, 404, 429, 500, 503] {
        let server = Server::new(vec![answer(status, &[], "body")]);
        let reply = get(&to_this_machine(), &server.url("/")).await;
        assert!(matches!(reply, Err(FetchError::Status(seen)) if seen == status), "{status}: {reply:?}");
        assert_eq!(server.seen().len(), 1, "{status} is not repeated");
    }
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = Server::new(vec![answer(200, &["set-cookie: a=b; Path=/"], "")]);
    let outbound = to_this_machine();
    get(&outbound, &server.url("/")).await.unwrap();
    get(&outbound, &server.url("/")).await.unwrap();
    assert_eq!(server.seen()[1].header("cookie"), None);
}

#[tokio::test]
async fn nothing_of_a_request_or_an_answer_prints() {
    let server = Server::new(vec![answer(500, &["x-a: hush"], "hush"), answer(200, &[], "hush")]);
    let outbound = to_this_machine();
    let request = with_headers(&server.url("/?token=hush"), &[("X-Key", "hush")]);
    let status = outbound.fetch(&request, "hush").await.unwrap_err();
    let reply = outbound.fetch(&request, "hush").await.unwrap();
    // The port is held elsewhere, so nobody listens here.
    let (elsewhere, _trap) = Server::beside_a_trap(vec![]);
    let nobody = format!("http://127.0.0.3:{}/?token=hush", elsewhere.port());
    let unreachable = get(&outbound, &nobody).await.unwrap_err();
    assert!(matches!(unreachable, FetchError::Unreachable(_)), "{unreachable:?}");
    let bad = get(&outbound, "http://hush:hush@127.0.0.1/hush").await.unwrap_err();
    let printed = format!("{status:?} {status} {reply:?} {unreachable:?} {unreachable} {bad:?} {bad}");
    assert!(!printed.contains("hush"), "{printed}");
}
