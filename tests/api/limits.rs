//! What a connection may take of the server, and how the server takes its leave.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::oneshot,
};

use crate::harness::{Desk, Socket, TestApp, eventually};

#[tokio::test]
async fn a_reader_who_takes_nothing_is_cut_and_finds_everything_again() {
    let limits = [
        ("STREAM_STALL_SECONDS", "1"),
        ("MESSAGE_CHARACTERS_MAX", "80000"),
        ("MESSAGE_HTML_BYTES_MAX", "200000"),
    ];
    let desk = Desk::over(TestApp::with(&limits).await).await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    // Little fits between the two, and much is said at once, so that it is soon full.
    let narrow = TcpSocket::new_v4().unwrap();
    narrow.set_recv_buffer_size(4_096).unwrap();
    let mut stuck = narrow.connect(host.parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /ChatMessage/Stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\r\n",
        visit.token
    );
    stuck.write_all(request.as_bytes()).await.unwrap();
    eventually("the stream to begin", || async { (desk.test.app.seats.taken() == 1).then_some(()) }).await;
    let long = "word ".repeat(15_000);
    // More and more, until what lies between the two is full and the server loses patience.
    eventually("the reader to be cut", || async {
        desk.say_as(&desk.anna_token, visit.chat, json!({ "text": long })).await.expect(201);
        (desk.test.app.seats.taken() == 0).then_some(())
    })
    .await;
    let mut rest = Vec::new();
    let _ = stuck.read_to_end(&mut rest).await;
    let written = desk.log(visit.chat, &visit.token, 0).await.len();
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    for _ in 0..written {
        assert_eq!(stream.next().await.unwrap().name, "message");
    }
}

#[tokio::test]
async fn a_server_that_is_to_end_says_so_and_is_gone_soon() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (host, serving) = desk.test.listen_until(async { drop(stopped.await) }).await;
    let mut socket = Socket::open(&host, "/ChatMessage/Socket", &visit.token).await.unwrap();
    socket.find("header").await;
    let mut stream = TcpStream::connect(&host).await.unwrap();
    let request = format!(
        "GET /ChatMessage/Stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\r\n",
        visit.token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    eventually("both to watch", || async { (desk.test.app.seats.taken() == 2).then_some(()) }).await;
    stop.send(()).unwrap();
    assert_eq!(socket.find("end").await["data"]["reason"], "shutdown");
    let mut told = String::new();
    stream.read_to_string(&mut told).await.unwrap();
    assert!(told.contains("event: end") && told.contains("shutdown") && told.contains("retry: "), "{told}");
    serving.await.unwrap();
}

/// Opens a connection and says this, which asks for nothing yet.
async fn say_and_stay(host: &str, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_connection_that_asks_for_nothing_is_closed() {
    let test = TestApp::with(&[("CONNECTION_IDLE_SECONDS", "1")]).await;
    let host = test.listen().await;
    let whole = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let half = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\nX-Slow: ");
    for (said, is_answered) in [("", false), (&*half, false), (&*whole, true)] {
        let mut heard = String::new();
        // It ends because the server ends it.
        say_and_stay(&host, said).await.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard.starts_with("HTTP/1.1 200"), is_answered, "{said:?}: {heard}");
    }
}

#[tokio::test]
async fn a_connection_too_many_waits_until_another_ends() {
    let test = TestApp::with(&[("CONNECTIONS_MAX", "2")]).await;
    let host = test.listen().await;
    let (first, _second) = (say_and_stay(&host, "").await, say_and_stay(&host, "").await);
    let ask = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut third = say_and_stay(&host, &ask).await;
    let mut heard = String::new();
    let answer = third.read_to_string(&mut heard);
    tokio::pin!(answer);
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut answer).await;
    assert!(early.is_err(), "there is no room yet");
    drop(first);
    answer.await.unwrap();
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
}

#[tokio::test]
async fn nobody_alone_takes_the_places_of_all() {
    let limits = [("CONNECTIONS_PER_ADDRESS_MAX", "2")];
    let host = TestApp::with(&limits).await.listen().await;
    let (first, _second) = (say_and_stay(&host, "").await, say_and_stay(&host, "").await);
    let ask = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let hear = async || {
        let mut heard = String::new();
        // What was not read when it was closed makes the end an abrupt one.
        let _ = say_and_stay(&host, &ask).await.read_to_string(&mut heard).await;
        heard
    };
    assert_eq!(hear().await, "");
    drop(first);
    eventually("the place to be free", || async { hear().await.starts_with("HTTP/1.1 200").then_some(()) })
        .await;
    let behind = [("CONNECTIONS_PER_ADDRESS_MAX", "1"), ("TRUSTED_PROXIES", "127.0.0.1/32")];
    let host = TestApp::with(&behind).await.listen().await;
    let _proxys = say_and_stay(&host, "").await;
    let ask = format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut heard = String::new();
    say_and_stay(&host, &ask).await.read_to_string(&mut heard).await.unwrap();
    assert!(heard.starts_with("HTTP/1.1 200"), "everybody is behind a proxy: {heard}");
}

#[tokio::test]
async fn too_much_before_the_body_is_refused() {
    let test = TestApp::new().await;
    let long = [("x-long".to_owned(), "x".repeat(20_000))];
    let reply = test.call("GET", "/health/live", &long, axum::body::Body::empty()).await;
    assert_eq!(reply.refused(431), "the address and the headers are too long");
}
