//! Waiting: time limits on links, and two answers at once.

use aureole::service::sweeper;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::Desk;

fn limited() -> Value {
    json!([
        { "step_id": 1, "isstart": true, "steptype": 2, "message": "Still there?", "actions": [
            { "end_step": 2 }, { "end_step": 3, "time_limit_mins": 5 }] },
        { "step_id": 2, "steptype": 2, "message": "Good. And now?", "actions": [{ "end_step": 3 }] },
        { "step_id": 3, "steptype": 16, "message": "Until next time." }
    ])
}

#[tokio::test]
async fn a_link_is_taken_when_its_time_has_passed_without_an_answer() {
    let desk = Desk::new().await;
    desk.publish("limited", limited()).await;
    let visit = desk.visit_to("limited").await;
    desk.test.clock.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    sweeper::sweep(&desk.test.app).await.unwrap();
    assert_eq!(desk.transcript(visit.chat, &visit.token).await.len(), 2);
    desk.test.clock.advance(TimeDelta::seconds(1));
    sweeper::sweep(&desk.test.app).await.unwrap();
    let log = desk.transcript(visit.chat, &visit.token).await;
    assert_eq!(log[1..], ["limited: Still there?", "limited: Until next time.", "limited [4]"]);
    sweeper::sweep(&desk.test.app).await.unwrap();
    assert_eq!(desk.transcript(visit.chat, &visit.token).await, log, "it is taken once");
}

#[tokio::test]
async fn an_answer_in_time_ends_the_limit_and_so_does_the_end_of_the_chat() {
    let desk = Desk::new().await;
    desk.publish("limited", limited()).await;
    let (answered, closed, taken) =
        (desk.visit_to("limited").await, desk.visit_to("limited").await, desk.visit_to("limited").await);
    desk.say(&answered, json!({ "text": "yes" })).await;
    let admin = &desk.test.admin;
    desk.test.post("/Chat", admin, &json!({ "id": closed.chat, "isclosed": true })).await.expect(201);
    desk.test.post("/Chat", admin, &json!({ "id": taken.chat, "agent_id": desk.anna })).await.expect(201);
    desk.test.clock.advance(TimeDelta::hours(1));
    sweeper::sweep(&desk.test.app).await.unwrap();
    assert_eq!(desk.transcript(answered.chat, admin).await.last().unwrap(), "limited: Good. And now?");
}

#[tokio::test]
async fn two_processes_that_watch_the_same_limit_take_the_link_once() {
    let desk = Desk::new().await;
    desk.publish("limited", limited()).await;
    let visits = [desk.visit_to("limited").await, desk.visit_to("limited").await];
    desk.test.clock.advance(TimeDelta::minutes(6));
    let app = &desk.test.app;
    let enforce = || sweeper::sweep(app);
    let (one, two, three) = tokio::join!(enforce(), enforce(), enforce());
    for outcome in [one, two, three] {
        outcome.unwrap();
    }
    for visit in visits {
        let log = desk.transcript(visit.chat, &visit.token).await;
        assert_eq!(log.len(), 4, "{log:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_answers_at_once_one_moves_the_flow_and_the_other_is_kept_as_text() {
    let desk = Desk::new().await;
    desk.publish("limited", limited()).await;
    for round in 0..20 {
        let visit = desk.visit_to("limited").await;
        let say =
            |words: &str| desk.say_as(&visit.token, visit.chat, json!({ "input_id": 1, "text": words }));
        let (one, two) = tokio::join!(say("one"), say("two"));
        let stored = [one.expect(201), two.expect(201)];
        let warned: Vec<&Value> = stored.iter().filter(|answer| answer.get("_warning").is_some()).collect();
        assert_eq!(warned.len(), 1, "round {round}: {stored:?}");
        let log = desk.log(visit.chat, &visit.token, 0).await;
        let questions = log.iter().filter(|entry| entry["textplain"] == "Good. And now?").count();
        assert_eq!((log.len(), questions), (5, 1), "{log:?}");
        let kept = log.iter().find(|entry| entry.get("_warning").is_some()).unwrap();
        assert_eq!(kept["text"], warned[0]["text"]);
    }
}
