//! How long a call may take and how much it may answer: here a second and 1000 bytes.

use aureole::outbound::FetchError;
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::harness::{Server, Trap, answer, get, redirect, to_this_machine};

/// 100,000 noughts, gzipped.
const MUCH: &str = "H4sIAAAAAAACA+3BMQEAAADCoErrn84aHkABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAArwaFwk3FoIYBAA==";
/// `{"a":1}`, gzipped.
const LITTLE: &str = "H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA";
const GZIP: &str = "content-encoding: gzip";

fn gzipped(base64: &str) -> Vec<u8> {
    answer(200, &[GZIP], BASE64_STANDARD.decode(base64).unwrap())
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_limit_and_no_larger() {
    let server = Server::new(vec![
        answer(200, &[], "x".repeat(1000)),
        answer(200, &[], "x".repeat(1001)),
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".iter().copied().chain([b'x'; 2000]).collect(),
    ]);
    let outbound = to_this_machine();
    assert_eq!(get(&outbound, &server.url("/")).await.unwrap().body.len(), 1000);
    for _ in 0..2 {
        let reply = get(&outbound, &server.url("/")).await;
        assert!(matches!(reply, Err(FetchError::TooLarge)), "{reply:?}");
    }
}

/// A server that announces a thousand times a thousand bytes and sends some is not waited for.
#[tokio::test]
async fn reading_stops_at_the_limit() {
    let mut endless = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n".to_vec();
    endless.extend([b'x'; 4000]);
    let server = Server::new(vec![endless]);
    let reply = get(&to_this_machine(), &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::TooLarge)), "{reply:?}");
}

#[tokio::test]
async fn a_packed_answer_is_unpacked_and_counts_unpacked() {
    let server = Server::new(vec![gzipped(LITTLE), gzipped(MUCH)]);
    let outbound = to_this_machine();
    assert_eq!(get(&outbound, &server.url("/")).await.unwrap().body, r#"{"a":1}"#);
    let reply = get(&outbound, &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::TooLarge)), "{reply:?}");
}

#[tokio::test]
async fn what_is_no_utf8_is_replaced() {
    let server = Server::new(vec![answer(200, &[], b"caf\xe9")]);
    assert_eq!(get(&to_this_machine(), &server.url("/")).await.unwrap().body, "caf\u{fffd}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let trap = Trap::everywhere();
    let reply = get(&to_this_machine(), &format!("http://127.0.0.1:{}/", trap.port())).await;
    assert!(matches!(reply, Err(FetchError::Timeout)), "{reply:?}");
    assert_eq!(trap.count(), 1, "it was asked");
}

#[tokio::test]
async fn the_time_covers_redirects() {
    let trap = Trap::everywhere();
    let server = Server::new(vec![redirect(302, &format!("http://127.0.0.1:{}/", trap.port()))]);
    let reply = get(&to_this_machine(), &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::Timeout)), "{reply:?}");
    assert_eq!(trap.count(), 1, "it was followed");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_none() {
    let server = Server::new(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec()]);
    let reply = get(&to_this_machine(), &server.url("/")).await;
    assert!(matches!(reply, Err(FetchError::Unreachable(_))), "{reply:?}");
}
