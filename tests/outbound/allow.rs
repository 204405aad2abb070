//! `OUTBOUND_ALLOW` lets through what it names, and nothing beside it.

use std::sync::Arc;

use aureole::outbound::FetchError;

use crate::harness::{Names, Server, Trap, answer, get, outbound};

fn names() -> Arc<Names> {
    Arc::new(Names::default().with("intranet.example", &[&["127.0.0.1"]]))
}

#[tokio::test]
async fn a_network_a_host_and_a_host_with_its_port_let_a_call_through() {
    let server = Server::new(vec![answer(200, &[], "hello")]);
    let port = server.port();
    for (allow, host) in [
        ("127.0.0.0/8".to_owned(), "127.0.0.1"),
        ("127.0.0.1".to_owned(), "127.0.0.1"),
        ("127.0.0.1".to_owned(), "0x7f.1"),
        ("127.0.0.1".to_owned(), "intranet.example"),
        ("intranet.example".to_owned(), "intranet.example"),
        ("10.0.0.0/8, Intranet.Example".to_owned(), "INTRANET.example"),
        (format!("intranet.example:{port}"), "intranet.example"),
    ] {
        let reply = get(&outbound(&allow, &names()), &format!("http://{host}:{port}/")).await;
        assert_eq!(reply.unwrap().body, "hello", "{allow} and {host}");
    }
    assert_eq!(server.seen().len(), 7);
}

#[tokio::test]
async fn what_is_not_named_stays_refused() {
    let trap = Trap::everywhere();
    let port = trap.port();
    let other_port = if port == 443 { 80 } else { 443 };
    for (allow, host) in [
        ("127.0.0.2".to_owned(), "127.0.0.1"),
        ("10.0.0.0/8".to_owned(), "intranet.example"),
        ("example".to_owned(), "intranet.example"),
        ("other.example".to_owned(), "intranet.example"),
        (format!("intranet.example:{other_port}"), "intranet.example"),
        // A name is allowed, not the address behind it.
        ("intranet.example".to_owned(), "127.0.0.1"),
        ("127.0.0.1".to_owned(), "[::1]"),
    ] {
        let reply = get(&outbound(&allow, &names()), &format!("http://{host}:{port}/")).await;
        assert!(matches!(reply, Err(FetchError::Refused)), "{allow} and {host}: {reply:?}");
    }
    assert_eq!(trap.count(), 0);
}
