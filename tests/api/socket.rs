//! `/ChatMessage/Socket`: the frames of a stream, and orders the other way.

use aureole::domain::audit::Actor;
use serde_json::{Value, json};

use crate::harness::{Desk, Socket, TestApp};

const PATH: &str = "/ChatMessage/Socket";

#[tokio::test]
async fn a_socket_tells_what_a_stream_tells() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let mut socket = Socket::open(&host, PATH, &visit.token).await.unwrap();
    let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "hello" })).await.expect(201);
    desk.test
        .post("/Chat", &desk.anna_token, &json!({ "id": visit.chat, "isclosed": true }))
        .await
        .expect(201);
    let mut frames = Vec::new();
    while let Some(frame) = socket.next().await {
        frames.push(frame);
    }
    let is_entry = |frame: &&Value| frame["event"] == "message";
    let mut entries = Vec::new();
    while let Some(event) = stream.next().await {
        if event.name == "message" {
            entries.push(json!(event.id));
        }
    }
    assert_eq!(frames.iter().filter(is_entry).map(|frame| frame["id"].clone()).collect::<Vec<_>>(), entries);
    assert_eq!(frames.last().unwrap(), &json!({ "event": "end", "data": { "reason": "closed" } }));
}

#[tokio::test]
async fn a_browser_sends_its_token_in_the_first_frame() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let said = desk.say(&visit, json!({ "text": "seen" })).await;
    desk.say(&visit, json!({ "text": "unseen" })).await;
    let mut socket = Socket::open(&host, "/api/chatmessage/socket/", "").await.unwrap();
    socket.send(&json!({ "token": visit.token, "last_id": said["id"] })).await;
    assert_eq!(socket.next().await.unwrap()["data"]["text"], "unseen");
}

#[tokio::test]
async fn a_socket_posts_types_and_reads() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let path = format!("{PATH}?chat_id={}&last_id=1000", visit.chat);
    let mut visitor = Socket::open(&host, &format!("{PATH}?last_id=1000"), &visit.token).await.unwrap();
    let mut anna = Socket::open(&host, &path.replace("1000", "0"), &desk.anna_token).await.unwrap();
    anna.find("header").await;
    visitor.send(&json!({ "ref": 1, "typing": {} })).await;
    assert_eq!(visitor.find("done").await["ref"], 1);
    assert_eq!(anna.find("typing").await["data"]["typing"][0]["sender_id"], 1);
    let post = json!({ "ref": "a", "idempotency_key": "once", "post": { "text": "by socket" } });
    visitor.send(&post).await;
    let done = visitor.find("done").await;
    assert_eq!((&done["ref"], &done["data"]["text"]), (&json!("a"), &json!("by socket")));
    assert_eq!(anna.find("message").await["data"], done["data"]);
    visitor.send(&post).await;
    assert_eq!(visitor.find("done").await["data"]["id"], done["data"]["id"], "a repeated post is one");
    anna.send(&json!({ "read": done["data"]["id"] })).await;
    anna.find("done").await;
    let header = desk.header(visit.chat, &desk.anna_token).await;
    assert_eq!(header["participants"][1]["readid"], done["data"]["id"]);
    visitor.send(&json!({ "ref": 2, "post": { "text": "" } })).await;
    let error = visitor.find("error").await;
    assert_eq!((&error["ref"], &error["data"]["status"]), (&json!(2), &json!(400)));
    visitor.send(&json!({ "ref": 3, "read": "abc" })).await;
    let error = visitor.find("error").await;
    assert_eq!((&error["ref"], &error["data"]["status"]), (&json!(3), &json!(400)));
    visitor.send(&json!({ "nothing": true })).await;
    assert_eq!(visitor.find("error").await["data"]["Message"], "a frame has post, typing or read");
}

#[tokio::test]
async fn a_socket_refuses_in_the_words_of_every_other_transport() {
    let desk = Desk::new().await;
    let (visit, other) = (desk.live().await, desk.live().await);
    let host = desk.test.listen().await;
    for token in [&*other.token, &*desk.carla_token, "nonsense"] {
        let reply = desk.test.get(&format!("/ChatMessage?chat_id={}", visit.chat), token).await;
        let refused =
            Socket::open(&host, &format!("{PATH}?chat_id={}", visit.chat), token).await.err().unwrap();
        assert_eq!(refused.0, reply.status.as_u16());
        assert!(refused.1.is_null() || refused.1 == reply.body, "{}", refused.1);
        // The same words for those who send their token first.
        let mut socket = Socket::open(&host, PATH, "").await.unwrap();
        socket.send(&json!({ "token": token, "chat_id": visit.chat })).await;
        let end = socket.next().await.unwrap();
        assert_eq!((&end["event"], &end["data"]["status"]), (&json!("end"), &json!(reply.status.as_u16())));
        assert_eq!(end["data"]["Message"], reply.body["Message"]);
        assert_eq!(socket.next().await, None);
    }
    let mut socket = Socket::open(&host, PATH, "").await.unwrap();
    socket.send(&json!({ "chat_id": visit.chat })).await;
    assert_eq!(socket.next().await.unwrap()["data"]["status"], 401);
}

#[tokio::test]
async fn a_socket_ends_when_its_token_does_and_when_the_server_does() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let host = desk.test.listen().await;
    let mut bert =
        Socket::open(&host, &format!("{PATH}?chat_id={}", visit.chat), &desk.bert_token).await.unwrap();
    let mut visitor = Socket::open(&host, PATH, &visit.token).await.unwrap();
    bert.find("header").await;
    visitor.find("header").await;
    let bert_id = aureole::domain::ids::AgentId::new(i32::try_from(desk.bert).unwrap());
    let password = "another long password".to_owned().into();
    aureole::service::auth::agent::set_password(&desk.test.app, &Actor::operator(), bert_id, password)
        .await
        .unwrap();
    assert_eq!(bert.find("end").await["data"]["status"], 401);
    desk.test.app.news.stop();
    assert_eq!(visitor.find("end").await["data"]["reason"], "shutdown");
}

#[tokio::test]
async fn profiles_tell_chat_windows_what_the_operator_chose() {
    let desk = Desk::over(TestApp::with(&[("CHAT_MODE", "websocket")]).await).await;
    let profile = desk.test.get("/ChatProfile/help?key=open", "").await.expect(200);
    assert_eq!(profile["_chat_mode"], "websocket");
}
