//! Names that lead, or would later lead, to where no call may go.

use std::sync::Arc;

use aureole::outbound::{FetchError, Outbound};

use crate::harness::{Names, Server, Trap, answer, config, get, outbound, redirect};

/// Public, and never connected to: every name here that has it is refused for its other address.
const PUBLIC: &str = "8.8.8.8";

#[tokio::test]
async fn a_name_of_a_private_address_is_refused_and_asked_for_once() {
    let trap = Trap::everywhere();
    for (name, addresses) in [
        ("localhost", &["127.0.0.1"][..]),
        ("localhost.", &["127.0.0.1"]),
        ("sub.localhost", &["::1"]),
        ("localhost6", &["::1"]),
        ("any.example", &["127.0.0.1"]),
        ("127.0.0.1.nip.example", &["127.0.0.1"]),
        ("zero.example", &["0.0.0.0"]),
        ("unspecified.example", &["::"]),
        ("mapped.example", &["::ffff:127.0.0.1"]),
        ("translated.example", &["64:ff9b::7f00:1"]),
        ("metadata.google.internal", &["169.254.169.254"]),
        ("metadata", &["fd00:ec2::254"]),
        ("intranet", &["10.0.0.7"]),
        ("xn--bro-hoa.example", &["192.168.1.1"]),
        ("public-first.example", &[PUBLIC, "127.0.0.1"]),
        ("private-first.example", &["127.0.0.1", PUBLIC]),
        ("both-families.example", &[PUBLIC, "::1"]),
    ] {
        let names = Arc::new(Names::default().with(name, &[addresses]));
        let reply = get(&outbound("", &names), &format!("http://{name}:{}/", trap.port())).await;
        assert!(matches!(reply, Err(FetchError::Refused)), "{name}: {reply:?}");
        assert_eq!((trap.count(), names.asked(name)), (0, 1), "{name}");
    }
}

#[tokio::test]
async fn the_systems_localhost_is_refused() {
    let trap = Trap::everywhere();
    let outbound = Outbound::new(&config(&[]));
    for name in ["localhost", "LOCALHOST", "localhost."] {
        get(&outbound, &format!("http://{name}:{}/", trap.port())).await.unwrap_err();
        assert_eq!(trap.count(), 0, "{name}");
    }
}

#[tokio::test]
async fn a_name_without_an_address_is_unknown() {
    let names = Arc::new(Names::default().with("empty.example", &[&[]]));
    for name in ["empty.example", "none.example"] {
        let reply = get(&outbound("", &names), &format!("http://{name}/")).await;
        assert!(matches!(reply, Err(FetchError::UnknownName)), "{name}: {reply:?}");
    }
}

/// 127.0.0.2 is allowed and stands for a public address; 127.0.0.1 is not.
#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let (server, trap) = Server::beside_a_trap(vec![answer(200, &[], "fine")]);
    let names = Names::default().with("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let names = Arc::new(names);
    let outbound = outbound("127.0.0.2", &names);
    let url = format!("http://rebind.example:{}/", server.port());

    assert_eq!(get(&outbound, &url).await.unwrap().body, "fine");
    assert_eq!((server.seen().len(), trap.count(), names.asked("rebind.example")), (1, 0, 1));

    let second = get(&outbound, &url).await;
    assert!(matches!(second, Err(FetchError::Refused)), "{second:?}");
    assert_eq!((server.seen().len(), trap.count(), names.asked("rebind.example")), (1, 0, 2));
}

#[tokio::test]
async fn a_failed_connection_does_not_ask_again() {
    let (server, trap) = Server::beside_a_trap(vec![answer(200, &[], "")]);
    let names = Arc::new(Names::default().with("rebind.example", &[&["127.0.0.3"], &["127.0.0.1"]]));
    let url = format!("http://rebind.example:{}/", server.port());
    let reply = get(&outbound("127.0.0.3", &names), &url).await;
    assert!(matches!(reply, Err(FetchError::Unreachable(_))), "nobody is there: {reply:?}");
    assert_eq!((trap.count(), names.asked("rebind.example")), (0, 1));
}

#[tokio::test]
async fn a_name_that_changes_its_mind_between_redirects_is_refused() {
    let (server, trap) = Server::beside_a_trap(vec![redirect(302, "/again")]);
    let names = Arc::new(Names::default().with("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]]));
    let url = format!("http://rebind.example:{}/", server.port());
    let reply = get(&outbound("127.0.0.2", &names), &url).await;
    assert!(matches!(reply, Err(FetchError::Refused)), "{reply:?}");
    assert_eq!((server.seen().len(), trap.count(), names.asked("rebind.example")), (1, 0, 2));
}
