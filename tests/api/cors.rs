//! Pages of other sites: only those that a profile lists.

use axum::body::Body;
use serde_json::json;

use crate::harness::{Desk, Reply};

async fn from_page(desk: &Desk, method: &str, origin: &str) -> Reply {
    let mut headers = vec![("origin".to_owned(), origin.to_owned())];
    if method == "OPTIONS" {
        headers.push(("access-control-request-method".to_owned(), "POST".to_owned()));
    }
    desk.test.call(method, "/authinfo", &headers, Body::empty()).await
}

#[tokio::test]
async fn a_listed_site_and_our_own_are_let_in() {
    let desk = Desk::new().await;
    for origin in ["https://shop.test", "http://SHOP.test", "HTTPS://shop.test", "http://chat.test"] {
        let reply = from_page(&desk, "GET", origin).await;
        assert_eq!(reply.headers["access-control-allow-origin"], *origin);
        assert!(reply.headers.get_all("vary").iter().any(|name| name == "origin"));
        reply.expect(200);
        let preflight = from_page(&desk, "OPTIONS", origin).await;
        assert!(
            preflight.headers["access-control-allow-headers"].to_str().unwrap().contains("authorization")
        );
        preflight.expect(204);
    }
}

#[tokio::test]
async fn no_other_site_is() {
    let desk = Desk::new().await;
    for origin in [
        "https://evil.test",
        "https://shop.test.evil.test",
        "https://evilshop.test",
        "https://evil-shop.test",
        "https://www.shop.test",
        "https://shop.tes",
        "https://shop.test.",
        "https://shop.test:8443",
        "http://shop.test:8081",
        "http://shop.test:443",
        "https://shop.test@evil.test",
        "https://shop.test:x@evil.test",
        "https://evil.test/shop.test",
        "https://evil.test?shop.test",
        "https://evil.test#shop.test",
        "https://shop.test/",
        "https://shop.test/page",
        "https://me@shop.test",
        "https://shop.test, https://evil.test",
        "https:shop.test",
        "shop.test",
        "//shop.test",
        "ftp://shop.test",
        "chrome-extension://shop.test",
        "https://shop\u{2024}test",
        "https://shop.test%00.evil.test",
        "https://[::1]",
        "null",
        "",
    ] {
        for method in ["GET", "OPTIONS"] {
            let reply = from_page(&desk, method, origin).await;
            assert!(!reply.headers.contains_key("access-control-allow-origin"), "{origin}");
            assert_eq!(reply.status, 403, "{origin}");
            reply.refused(403);
        }
    }
}

#[tokio::test]
async fn a_port_is_listed_with_its_host_and_the_usual_one_is_not() {
    let desk = Desk::new().await;
    let listed = json!({ "id": "other", "key": "k", "name": "Other",
        "cors_whitelist_list": [{ "value": "Mall.test:8443" }, { "value": "plaza.test" }] });
    desk.test.post("/ChatProfile", &desk.test.admin, &listed).await.expect(201);
    for (origin, status) in [
        ("https://mall.test:8443", 200),
        ("https://mall.test", 403),
        ("https://mall.test:8444", 403),
        ("https://plaza.test", 200),
        ("https://plaza.test:8443", 403),
    ] {
        assert_eq!(from_page(&desk, "GET", origin).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn an_answer_depends_on_who_asks_wherever_it_is_kept() {
    let desk = Desk::new().await;
    let without = desk.test.call("GET", "/authinfo", &[], Body::empty()).await;
    assert!(without.headers.get_all("vary").iter().any(|name| name == "origin"));
    assert!(!without.headers.contains_key("access-control-allow-origin"));
    let credentials = from_page(&desk, "GET", "https://shop.test").await;
    assert!(!credentials.headers.contains_key("access-control-allow-credentials"), "nothing is ambient");
}

#[tokio::test]
async fn a_site_uses_only_the_profiles_that_list_it() {
    let desk = Desk::new().await;
    let other = json!({ "id": "other", "key": "k", "name": "Other", "cors_whitelist_list": [{ "value": "mall.test" }] });
    desk.test.post("/ChatProfile", &desk.test.admin, &other).await.expect(201);
    let visit = desk.visit().await;
    let help = json!({ "chatprofileid": "help", "key": "open" });
    for (origin, status) in
        [("https://shop.test", 201), ("https://mall.test", 403), ("http://chat.test", 201)]
    {
        let page = [("origin", origin)];
        desk.test.post_with("/Chat", "", &page, &help).await.expect(status);
        let words = json!({ "chat_id": visit.chat, "text": "hi" });
        desk.test.post_with("/ChatMessage", &visit.token, &page, &words).await.expect(status);
    }
}

#[tokio::test]
async fn a_page_at_the_address_that_the_browser_used_is_ours() {
    let desk = Desk::new().await;
    let page = [
        ("origin".to_owned(), "http://localhost:8080".to_owned()),
        ("host".to_owned(), "localhost:8080".to_owned()),
    ];
    desk.test.call("GET", "/authinfo", &page, Body::empty()).await.expect(200);
}
