//! Repeated requests: one message, one chat, one answer, whatever happens in between.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    client::{Chat, Client},
    harness::Folder,
    server::Server,
};

const AT_ONCE: usize = 50;

async fn said(staff: &Client, chat: &Chat, text: &str) -> usize {
    staff.log(chat.id).await.iter().filter(|entry| entry.text == text).count()
}

async fn post(caller: &Client, chat: &Chat, text: &str, key: &str) -> (u16, Value) {
    let body = json!({"chat_id": chat.id, "text": text});
    caller.post("/ChatMessage", &body, Some(key)).await.expect("the server answers")
}

/// Posts the same under the same key, all at once, and gives the one answer that all got.
async fn post_at_once(caller: &Client, chat: &Chat, text: &str, key: &str) -> Value {
    let mut posts = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (caller, chat, text, key) = (caller.clone(), chat.clone(), text.to_owned(), key.to_owned());
        posts.spawn(async move { post(&caller, &chat, &text, &key).await });
    }
    let mut answers = posts.join_all().await;
    let first = answers.pop().expect("there are many");
    assert_eq!(first.0, 201, "{}", first.1);
    for answer in answers {
        assert_eq!(answer, first);
    }
    first.1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_makes_one_message_and_equal_answers_also_after_a_kill() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let chat = staff.start_chats(1).await.remove(0);

    let by_staff = post_at_once(&staff, &chat, "hello", "one key").await;
    // The same key of somebody else is another request.
    let by_visitor = post_at_once(&chat.visitor, &chat, "hello?", "one key").await;
    assert_ne!(by_staff["id"], by_visitor["id"]);
    assert_eq!(post(&staff, &chat, "another", "one key").await.0, 422);

    server.kill(true);
    server.restart().await;

    assert_eq!(post_at_once(&staff, &chat, "hello", "one key").await, by_staff);
    assert_eq!(post_at_once(&chat.visitor, &chat, "hello?", "one key").await, by_visitor);
    assert_eq!(post(&staff, &chat, "another", "one key").await.0, 422);
    for (text, times) in [("hello", 1), ("hello?", 1), ("another", 0)] {
        assert_eq!(said(&staff, &chat, text).await, times, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeating_a_start_answers_the_same_chat_with_a_token_that_works() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let staff = server.sign_in().await;
    let profile = staff.publish().await;
    let body = json!({"chatprofileid": profile, "display_name": "Ada"});
    let start = async || {
        let (status, started) = staff.post("/Chat", &body, Some("a start")).await.unwrap();
        assert_eq!(status, 201, "{started}");
        started
    };

    let mut started = vec![start().await, start().await];
    server.kill(true);
    server.restart().await;
    started.push(start().await);

    let mut tokens: Vec<&str> = started.iter().map(|one| one["access_token"].as_str().unwrap()).collect();
    for (turn, one) in started.iter().enumerate() {
        assert_eq!((&one["id"], &one["messages"]), (&started[0]["id"], &started[0]["messages"]));
        let chat = staff.chat(one);
        let (status, answer) = post(&chat.visitor, &chat, &format!("turn {turn}"), &format!("{turn}")).await;
        assert_eq!(status, 201, "{answer}");
    }
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), started.len(), "every answer has a token of its own");
    let another = json!({"chatprofileid": profile, "display_name": "Grace"});
    let (status, _) = staff.post("/Chat", &another, Some("a start")).await.unwrap();
    assert_eq!(status, 422);
    assert_eq!(staff.read("/Chat").await["record_count"], 1);
}
