//! Long polls and what a process knows by news: correctness never depends on it.

use serde_json::{Value, json};

use crate::harness::{Desk, TestApp, Visit, eventually};

async fn last_of(desk: &Desk, visit: &Visit) -> i64 {
    desk.header(visit.chat, &visit.token).await["lastmessageid"].as_i64().unwrap()
}

#[tokio::test]
async fn a_read_that_waits_is_answered_by_the_next_entry() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let path = format!("/ChatMessage?last_id={}&wait=60", last_of(&desk, &visit).await);
    let waiting = desk.test.wait_for(&path, &visit.token);
    eventually("the read to wait", || async { (desk.test.app.seats.taken() == 1).then_some(()) }).await;
    assert!(!waiting.is_finished());
    desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "here I am" })).await.expect(201);
    let answer = waiting.await.unwrap().expect(200);
    assert_eq!(answer[0]["text"], "here I am");
    // What is there already is not waited for.
    assert_eq!(desk.test.get(&path, &visit.token).await.expect(200), answer);
}

#[tokio::test]
async fn a_read_that_waits_in_vain_is_answered_in_time_with_nothing() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let path = format!("/ChatMessage?last_id={}&wait=1", last_of(&desk, &visit).await);
    assert_eq!(desk.test.get(&path, &visit.token).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_post_at_one_process_answers_reads_that_wait_at_others() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    // Without news the other process finds it by looking.
    for variables in [&[][..], &[("NEWS_URL", "none")]] {
        let path = format!("/ChatMessage?last_id={}&wait=60", last_of(&desk, &visit).await);
        let other = TestApp::beside(&desk.test, variables).await;
        tokio::spawn(aureole::service::news::run(other.app.clone()));
        let waiting = other.wait_for(&path, &visit.token);
        eventually("the read to wait", || async { (other.app.seats.taken() == 1).then_some(()) }).await;
        desk.say_as(&desk.anna_token, visit.chat, json!({ "text": "hello" })).await.expect(201);
        assert_eq!(waiting.await.unwrap().expect(200)[0]["text"], "hello", "{variables:?}");
    }
}

#[tokio::test]
async fn an_empty_poll_of_what_the_process_knows_does_not_touch_the_database() {
    let desk = Desk::over(TestApp::alone().await).await;
    let visit = desk.live().await;
    desk.test.hear_news().await;
    let last = last_of(&desk, &visit).await;
    let polls = [
        (format!("/ChatMessage?last_id={last}"), &visit.token),
        (format!("/ChatMessage?chat_id={}&last_id={last}", visit.chat), &desk.anna_token),
    ];
    for (path, token) in &polls {
        assert_eq!(desk.test.get(path, token).await.expect(200), json!([]), "it is learned");
    }
    desk.test.app.pool.close().await;
    for (path, token) in &polls {
        assert_eq!(desk.test.get(path, token).await.expect(200), json!([]));
    }
    // What it does not know takes the database.
    desk.test.get(&format!("/ChatMessage?last_id={}", last - 1), &visit.token).await.refused(503);
    desk.test.get(&polls[1].0, &desk.bert_token).await.refused(503);
}

#[tokio::test]
async fn what_is_known_gives_way_to_what_another_process_does() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let other = TestApp::beside(&desk.test, &[]).await;
    other.hear_news().await;
    let mut last = last_of(&desk, &visit).await;
    for round in 0..20 {
        let path = format!("/ChatMessage?last_id={last}");
        assert_eq!(other.get(&path, &visit.token).await.expect(200), json!([]));
        desk.say(&visit, json!({ "text": format!("round {round}") })).await;
        let news = eventually("the entry to be seen", || async {
            let log: Value = other.get(&path, &visit.token).await.expect(200);
            log.as_array().unwrap().first().cloned()
        });
        last = news.await["id"].as_i64().unwrap();
    }
}

#[tokio::test]
async fn an_agent_who_is_shut_out_is_refused_although_the_chat_has_nothing_new() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    desk.test.hear_news().await;
    let other = TestApp::beside(&desk.test, &[]).await;
    let path = format!("/ChatMessage?chat_id={}&last_id=1000", visit.chat);
    assert_eq!(desk.test.get(&path, &desk.bert_token).await.expect(200), json!([]));
    let team = json!({ "id": desk.team, "agents": [{ "id": desk.anna }] });
    other.post("/Team", &desk.test.admin, &team).await.expect(201);
    let is_refused = || async { (desk.test.get(&path, &desk.bert_token).await.status == 404).then_some(()) };
    eventually("the agent to be refused", is_refused).await;
}
