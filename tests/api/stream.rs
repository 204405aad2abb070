//! `GET /ChatMessage/Stream`: what its reader is told, and how it ends.

use serde_json::json;

use crate::harness::{Desk, Socket, TestApp};

#[tokio::test]
async fn a_stream_tells_the_log_so_far_the_header_and_then_every_entry() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    let log = desk.log(visit.chat, &visit.token, 0).await;
    for entry in &log {
        let event = stream.next().await.unwrap();
        assert_eq!((event.name.as_str(), &event.data), ("message", entry));
        assert_eq!(event.id, Some(entry["id"].to_string()), "the number resumes");
    }
    let header = stream.next().await.unwrap();
    assert_eq!((header.name.as_str(), &header.data["state"]), ("header", &json!("live")));
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "one" })).await.expect(201);
    assert_eq!(stream.next().await.unwrap().data["text"], "one");
    desk.say(&visit, json!({ "text": "two" })).await;
    assert_eq!(stream.next().await.unwrap().data["text"], "two", "words alone bring no header");
}

#[tokio::test]
async fn a_stream_resumes_after_the_last_event_that_was_seen() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let said = desk.say(&visit, json!({ "text": "seen" })).await;
    desk.say(&visit, json!({ "text": "unseen" })).await;
    let last = said["id"].to_string();
    let seen = [("last-event-id", last.as_str())];
    let mut stream = desk.test.stream_with("/ChatMessage/Stream?last_id=1", &visit.token, &seen).await;
    assert_eq!(stream.next().await.unwrap().data["text"], "unseen", "the header wins over last_id");
    let mut stream = desk.test.stream(&format!("/ChatMessage/Stream?last_id={last}"), &visit.token).await;
    assert_eq!(stream.next().await.unwrap().data["text"], "unseen");
}

#[tokio::test]
async fn a_stream_is_not_packed_where_a_packer_would_hold_events_back() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let packed = [("accept-encoding", "gzip")];
    let stream = desk.test.stream_with("/ChatMessage/Stream", &visit.token, &packed).await;
    assert!(!stream.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn visitors_are_not_told_what_is_for_staff() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut visitor = desk.test.stream("/ChatMessage/Stream?last_id=1000", &visit.token).await;
    let of_staff = format!("/ChatMessage/Stream?chat_id={}&last_id=1000", visit.chat);
    let mut anna = desk.test.stream(&of_staff.replace("1000", "0"), &desk.anna_token).await;
    let note = json!({ "id": visit.chat, "_note": "a difficult one" });
    desk.test.post("/Chat", &desk.anna_token, &note).await.expect(201);
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "Good day" })).await.expect(201);
    assert!(anna.texts_until("Good day").await.contains(&"a difficult one".to_owned()));
    let mut visitor_from_start = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    assert!(!visitor_from_start.texts_until("Good day").await.contains(&"a difficult one".to_owned()));
    assert_eq!(visitor.next().await.unwrap().name, "header");
}

#[tokio::test]
async fn others_who_type_are_told_at_every_process() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let other = TestApp::beside(&desk.test, &[]).await;
    other.hear_news().await;
    let mut anna =
        other.stream(&format!("/ChatMessage/Stream?chat_id={}", visit.chat), &desk.anna_token).await;
    let mut own = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    anna.find("header").await;
    own.find("header").await;
    let typing = json!({ "chat_id": visit.chat, "sender_id": 1 });
    desk.test.post("/ChatMessage/IsTyping", &visit.token, &typing).await.expect(201);
    let told = anna.next().await.unwrap();
    assert_eq!((told.name.as_str(), &told.data["typing"][0]["sender_id"]), ("typing", &json!(1)));
    let stopped = json!({ "chat_id": visit.chat, "sender_id": 1, "_stopped": true });
    desk.test.post("/ChatMessage/IsTyping", &visit.token, &stopped).await.expect(201);
    assert_eq!(anna.next().await.unwrap().data["typing"], json!([]));
    desk.say(&visit, json!({ "text": "done" })).await;
    assert_eq!(own.next().await.unwrap().name, "message", "nobody is told of their own typing");
}

#[tokio::test]
async fn a_read_mark_alone_brings_the_header() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    stream.find("header").await;
    desk.test.post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "readid": 9999 })).await.expect(201);
    let header = stream.next().await.unwrap();
    assert_eq!(header.name, "header");
    assert_eq!(header.data["participants"][1]["readid"], header.data["lastmessageid"]);
}

#[tokio::test]
async fn the_end_of_a_chat_is_told_and_ends_its_streams() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    stream.find("header").await;
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    let mut told = Vec::new();
    while let Some(event) = stream.next().await {
        told.push(event);
    }
    assert!(told.iter().any(|event| event.name == "message" && event.data["system_id"] == 4), "{told:?}");
    let [.., header, end] = &told[..] else { panic!("{told:?}") };
    assert_eq!((header.name.as_str(), &header.data["state"]), ("header", &json!("closed")));
    assert_eq!((end.name.as_str(), &end.data["reason"]), ("end", &json!("closed")));
}

#[tokio::test]
async fn streams_end_with_a_word_when_the_server_does() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    stream.find("header").await;
    let waiting = desk.test.wait_for("/ChatMessage?last_id=1000&wait=60", &visit.token);
    desk.test.app.news.stop();
    assert_eq!(stream.next().await.unwrap().data["reason"], "shutdown");
    assert_eq!(stream.next().await, None);
    assert_eq!(waiting.await.unwrap().expect(200), json!([]));
}

#[tokio::test]
async fn what_has_gone_on_for_as_long_as_it_may_is_opened_anew() {
    let desk = Desk::over(TestApp::with(&[("STREAM_SECONDS_MAX", "1")]).await).await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    let mut feed = desk.test.stream("/Chat/Stream", &desk.anna_token).await;
    let mut socket = Socket::open(&host, "/api/ChatMessage/Socket", &visit.token).await.unwrap();
    for stream in [&mut stream, &mut feed] {
        assert_eq!(stream.find("end").await.data["reason"], "renew");
        assert_eq!(stream.next().await, None);
    }
    assert_eq!(socket.find("end").await["data"]["reason"], "renew");
    assert_eq!(socket.next().await, None);
    let last = desk.log(visit.chat, &visit.token, 0).await.pop().unwrap()["id"].clone();
    desk.say(&visit, json!({ "text": "meanwhile" })).await;
    // As a client does: on a busy machine the next one may be over before anything was told.
    let told = loop {
        let again = format!("/ChatMessage/Stream?last_id={last}");
        let event = desk.test.stream(&again, &visit.token).await.next().await.unwrap();
        if event.name != "end" {
            break event;
        }
    };
    assert_eq!(told.data["text"], "meanwhile");
}
