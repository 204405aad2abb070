//! A redirect is a new call: judged like the first, and given no more than it may have.

use std::sync::Arc;

use aureole::{flow::HttpRequest, outbound::FetchError};

use crate::harness::{Names, Server, Trap, answer, get, get_request, outbound, redirect, to_this_machine};

fn post(url: &str) -> HttpRequest {
    HttpRequest {
        method: "POST".to_owned(),
        headers: vec![
            ("Authorization".to_owned(), "Bearer hush".to_owned()),
            ("Accept".to_owned(), "text/plain".to_owned()),
        ],
        body: Some("words".to_owned()),
        content_type: Some("text/plain; charset=utf-8"),
        ..get_request(url)
    }
}

/// The server is allowed by its name alone, so everything that leads elsewhere is refused.
#[tokio::test]
async fn a_redirect_to_a_refused_address_is_refused() {
    let trap = Trap::everywhere();
    let port = trap.port();
    for target in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("//127.0.0.1:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("http://private.example:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let server = Server::new(vec![redirect(status, &target)]);
            let names = Names::default().with("good.example", &[&["127.0.0.1"]]);
            let names = Arc::new(names.with("private.example", &[&["127.0.0.1"]]));
            let url = format!("http://good.example:{}/", server.port());
            let reply = get(&outbound("good.example", &names), &url).await;
            assert!(matches!(reply, Err(FetchError::Refused)), "{status} {target}: {reply:?}");
            assert_eq!((server.seen().len(), trap.count()), (1, 0), "{status} {target}");
        }
    }
}

#[tokio::test]
async fn a_redirect_to_no_http_address_is_refused() {
    for target in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:password@127.0.0.1/"] {
        let server = Server::new(vec![redirect(302, target)]);
        let reply = get(&to_this_machine(), &server.url("/")).await;
        assert!(matches!(reply, Err(FetchError::BadRequest(_))), "{target}: {reply:?}");
    }
    let server = Server::new(vec![redirect(302, "http://")]);
    let reply = get(&to_this_machine(), &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::BadRedirect(_))), "{reply:?}");
}

#[tokio::test]
async fn five_redirects_are_followed_and_no_sixth() {
    let hops = |count| vec![redirect(302, "/on"); count];
    let mut answers = hops(5);
    answers.push(answer(200, &[], "there"));
    let server = Server::new(answers);
    assert_eq!(get(&to_this_machine(), &server.url("/")).await.unwrap().body, "there");

    let server = Server::new(hops(7));
    let reply = get(&to_this_machine(), &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::BadRedirect(_))), "{reply:?}");
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn at_the_same_origin_the_request_stays_what_it_was() {
    for (status, method, body) in
        [(301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "words"), (308, "POST", "words")]
    {
        let server = Server::new(vec![redirect(status, "there?x=1"), answer(200, &[], "")]);
        to_this_machine().fetch(&post(&server.url("/a/b")), "key").await.unwrap();
        let seen = &server.seen()[1];
        assert_eq!((seen.method.as_str(), seen.target.as_str()), (method, "/a/there?x=1"), "{status}");
        assert_eq!(seen.body, body, "{status}");
        assert_eq!(seen.header("authorization"), Some("Bearer hush"), "{status}");
        assert_eq!(seen.header("idempotency-key"), Some("key"), "{status}");
        let content_type = (!body.is_empty()).then_some("text/plain; charset=utf-8");
        assert_eq!(seen.header("content-type"), content_type, "{status}");
    }
}

/// Another port is another origin.
#[tokio::test]
async fn another_origin_gets_no_headers() {
    for status in [301, 302, 303] {
        let target = Server::new(vec![answer(200, &[], "")]);
        let server = Server::new(vec![redirect(status, &target.url("/there"))]);
        to_this_machine().fetch(&post(&server.url("/")), "key").await.unwrap();
        let seen = &target.seen()[0];
        for name in ["authorization", "idempotency-key", "content-type", "referer"] {
            assert_eq!(seen.header(name), None, "{status}");
        }
        assert_eq!(seen.header("accept"), Some("text/plain"), "{status}");
        assert!(seen.header("user-agent").unwrap().starts_with("Aureole/"), "{status}");
    }
}

#[tokio::test]
async fn another_origin_gets_no_body() {
    let trap = Trap::everywhere();
    for status in [307, 308] {
        let server = Server::new(vec![redirect(status, &format!("http://127.0.0.1:{}/", trap.port()))]);
        let reply = to_this_machine().fetch(&post(&server.url("/")), "key").await;
        assert!(matches!(reply, Err(FetchError::BadRedirect(_))), "{status}: {reply:?}");
        assert_eq!(trap.count(), 0, "{status}");
    }
}
