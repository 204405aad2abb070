//! Traces, as a collector gets them.

use serde_json::json;

use crate::{collector::Collector, server::Server, support::database::TestDatabase};

const TRACE: [u8; 16] =
    [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36];

// The collector answers while the test waits for the server's end.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_a_span_of_its_callers_trace_and_the_last_ones_go_out_at_the_end() {
    let (collector, endpoint) = Collector::start().await;
    let database = TestDatabase::new().await;
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=of-the-collector"),
        ("OTEL_SERVICE_NAME", "chat-of-the-shop"),
        // A span waits for others; without the end it would wait longer than the test.
        ("OTEL_BSP_SCHEDULE_DELAY", "600000"),
    ];
    let mut server = Server::start(&database.url(), &variables).await;
    let token = server.sign_in().await;
    server.publish(&token).await;
    let (chat, visitor) = server.visit().await;
    server.post("/ChatMessage", &visitor, &json!({ "chat_id": chat, "text": "a secret word" })).await;
    let request = server.http.get(format!("{}/api/chat/{chat}?secret=of-the-query", server.base));
    let request = request.bearer_auth(&token);
    let request = request.header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assert_eq!(request.send().await.unwrap().status(), 200);

    server.terminate();
    assert!(server.end().success(), "{}", server.log());
    for word in ["GET /Chat/{id}", "POST /ChatMessage", "chat-of-the-shop", "write"] {
        assert!(collector.holds(word.as_bytes()), "{word} is missing in {:?}", collector.batches());
    }
    assert!(collector.holds(&TRACE), "the caller's trace goes on");
    for word in [token.as_str(), visitor.as_str(), "a secret word", "of-the-query", "only-for-these-tests"] {
        assert!(!collector.holds(word.as_bytes()), "{word} left the server");
    }
    for (headers, _) in collector.batches() {
        assert_eq!(headers["x-key"], "of-the-collector");
        assert_eq!(headers["content-type"], "application/x-protobuf");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nothing_up() {
    let database = TestDatabase::new().await;
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let mut server = Server::start(&database.url(), &variables).await;
    server.sign_in().await;
    server.terminate();
    assert!(server.end().success(), "{}", server.log());
}
