//! When the model does not answer, or not so that it can be understood.

use aureole::outbound::{Outbound, model::ModelError};
use serde_json::json;

use crate::{
    harness::{Server, Trap, answer, config, redirect},
    model::{question, said, to_model},
};

/// How a question ends whose server gives these answers, and how often it was asked.
async fn ask(answers: Vec<Vec<u8>>) -> (Result<String, ModelError>, usize) {
    let server = Server::new(answers);
    let outbound = to_model(&server.url("/v1"));
    let reply = outbound.model().complete(&question()).await;
    (reply.map(|reply| reply.words), server.seen().len())
}

fn hello() -> Vec<u8> {
    said(&json!({ "content": "Hello" }))
}

#[tokio::test]
async fn without_an_address_there_is_no_model() {
    let outbound = Outbound::new(&config(&[("AI_API_KEY", "sk-hush"), ("AI_MODEL", "small")]));
    assert!(!outbound.model().is_configured());
    let reply = outbound.model().complete(&question()).await;
    assert!(matches!(reply, Err(ModelError::NotConfigured)), "{reply:?}");
}

#[tokio::test]
async fn a_busy_or_unwell_server_is_asked_once_more() {
    for status in [429, 500, 502, 503, 529] {
        let busy = || answer(status, &["retry-after: 0"], "");
        let (reply, count) = ask(vec![busy(), hello()]).await;
        assert_eq!((reply.unwrap().as_str(), count), ("Hello", 2), "{status}");
        let (reply, count) = ask(vec![busy(), busy(), hello()]).await;
        assert!(matches!(reply, Err(ModelError::Status(seen)) if seen == status), "{reply:?}");
        assert_eq!(count, 2, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_say_when_is_asked_again_soon() {
    let (reply, count) = ask(vec![answer(503, &[], ""), hello()]).await;
    assert_eq!((reply.unwrap().as_str(), count), ("Hello", 2));
    let date = "retry-after: Wed, 21 Oct 2037 07:28:00 GMT";
    let (reply, count) = ask(vec![answer(429, &[date], ""), hello()]).await;
    assert_eq!((reply.unwrap().as_str(), count), ("Hello", 2));
}

#[tokio::test]
async fn a_server_that_wants_more_time_than_there_is_is_not_waited_for() {
    for seconds in ["1", "3600", "18446744073709551615"] {
        let (reply, count) = ask(vec![answer(429, &[&format!("retry-after: {seconds}")], ""), hello()]).await;
        assert!(matches!(reply, Err(ModelError::Status(429))), "{seconds}: {reply:?}");
        assert_eq!(count, 1, "{seconds}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_once_more() {
    let (reply, count) = ask(vec![Vec::new(), hello()]).await;
    assert_eq!((reply.unwrap().as_str(), count), ("Hello", 2));
    let (reply, count) =
        ask(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec(), hello()]).await;
    assert_eq!((reply.unwrap().as_str(), count), ("Hello", 2));
    let (reply, count) = ask(vec![Vec::new()]).await;
    assert!(matches!(reply, Err(ModelError::Unreachable(_))), "{reply:?}");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn what_will_not_pass_is_not_repeated() {
    for status in [400, 401, 403, 404, 422] {
        let (reply, count) = ask(vec![answer(status, &[], ""), hello()]).await;
        assert!(matches!(reply, Err(ModelError::Status(seen)) if seen == status), "{reply:?}");
        assert_eq!(count, 1, "{status}");
    }
    for body in ["", "no JSON", "{}", r#"{"choices":[]}"#, r#"{"error":{"message":"x"}}"#] {
        let (reply, count) = ask(vec![answer(200, &[], body), hello()]).await;
        assert!(matches!(reply, Err(ModelError::Unreadable)), "{body}: {reply:?}");
        assert_eq!(count, 1, "{body}");
    }
    let (reply, count) = ask(vec![said(&json!({ "content": "x".repeat(1000) })), hello()]).await;
    assert!(matches!(reply, Err(ModelError::TooLarge)), "{reply:?}");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let trap = Trap::everywhere();
    let (reply, count) = ask(vec![redirect(307, &format!("http://127.0.0.1:{}/", trap.port()))]).await;
    assert!(matches!(reply, Err(ModelError::Status(307))), "{reply:?}");
    assert_eq!((count, trap.count()), (1, 0));
}

#[tokio::test]
async fn a_model_that_never_answers_is_given_up() {
    let trap = Trap::everywhere();
    let outbound = to_model(&format!("http://127.0.0.1:{}/v1", trap.port()));
    let reply = outbound.model().complete(&question()).await;
    assert!(matches!(reply, Err(ModelError::Timeout)), "{reply:?}");
    assert_eq!(trap.count(), 1);
}

#[tokio::test]
async fn no_error_prints_what_was_asked() {
    let mut printed = String::new();
    for answers in [vec![answer(400, &["x: hush"], "hush")], vec![answer(200, &[], "hush")], vec![Vec::new()]]
    {
        let error = ask(answers).await.0.unwrap_err();
        printed += &format!("{error:?} {error}\n");
    }
    assert!(!printed.contains("hush") && !printed.contains("http:"), "{printed}");
}
