//! What every answer says to browsers.

use axum::body::Body;
use serde_json::json;

use crate::harness::{Desk, Reply, TestApp};

/// What keeps an answer from being taken for a page, framed, kept, or told on.
#[track_caller]
fn is_guarded(reply: &Reply, what: &str) {
    let header = |name: &str| {
        let value = reply.headers.get(name).unwrap_or_else(|| panic!("{what} has no {name}"));
        value.to_str().unwrap().to_owned()
    };
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
    assert!(!reply.headers.contains_key("server"), "{what}");
    assert!(!reply.headers.contains_key("x-powered-by"), "{what}");
}

#[tokio::test]
async fn every_kind_of_answer_is_guarded_and_kept_by_nobody() {
    let desk = Desk::new().await;
    let visit = desk.visit().await;
    let page = |origin: &str| vec![("origin".to_owned(), origin.to_owned())];
    let mut preflight = page("https://shop.test");
    preflight.push(("access-control-request-method".to_owned(), "POST".to_owned()));
    let call = async |method: &str, path: &str, headers: &[(String, String)]| {
        desk.test.call(method, path, headers, Body::empty()).await
    };
    for (status, reply) in [
        (200, desk.test.get("/ChatMessage", &visit.token).await),
        (200, desk.test.get("/Chat", &desk.test.admin).await),
        (201, desk.test.post("/Chat", "", &json!({ "chatprofileid": "help", "key": "open" })).await),
        (400, desk.test.post("/ChatMessage", &visit.token, &json!({ "chat_id": "x" })).await),
        (401, desk.test.get("/Chat", "").await),
        (403, desk.test.get("/Agent", &visit.token).await),
        (404, desk.test.get("/Chat/999", &desk.test.admin).await),
        (404, call("GET", "/nothing", &[]).await),
        (405, call("PUT", "/Chat", &[]).await),
        (403, call("GET", "/authinfo", &page("https://evil.test")).await),
        (204, call("OPTIONS", "/Chat", &preflight).await),
        (431, call("GET", "/authinfo", &[("x-long".to_owned(), "x".repeat(20_000))]).await),
        (200, call("GET", "/metrics", &[]).await),
        (401, call("POST", "/Slack/Event", &[]).await),
    ] {
        let what = format!("an answer {status}");
        assert_eq!(reply.status, status, "{}", reply.body);
        is_guarded(&reply, &what);
        assert_eq!(reply.headers["cache-control"], "no-store", "{what}");
        assert!(
            reply.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'")
        );
    }
}

#[tokio::test]
async fn a_stream_is_guarded_and_kept_by_nobody() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let url = format!("http://{host}/ChatMessage/Stream");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::new();
    let answer = http.get(url).bearer_auth(&visit.token).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(!answer.headers().contains_key("server"));
}

#[tokio::test]
async fn the_reference_runs_its_own_files_and_nothing_that_stands_in_the_page() {
    let test = TestApp::new().await;
    let page = test.call("GET", "/docs/", &[], Body::empty()).await;
    is_guarded(&page, "the reference");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in ["script-src 'self';", "connect-src 'self';", "base-uri 'none';", "form-action 'none';"] {
        assert!(policy.contains(part), "{policy}");
    }
    let page = String::from_utf8(page.bytes.to_vec()).unwrap();
    let inline = page.split("<script").skip(1).filter(|script| !script.trim_start().starts_with("src="));
    assert_eq!(inline.count(), 0, "{page}");
    assert!(!page.contains("<style") && !page.contains(" style="), "{page}");
}
