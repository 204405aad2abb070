//! Who may watch: every transport refuses in the same words, at once and later.

use aureole::{
    clock::Clock,
    domain::{
        ids::{ChatId, ParticipantNumber},
        news::{self, News},
    },
    service::auth::client,
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::harness::{Desk, TestApp, eventually};

/// Every way to read a chat's log.
fn ways(chat: i64) -> Vec<String> {
    vec![
        format!("/ChatMessage?chat_id={chat}"),
        format!("/ChatMessage?chat_id={chat}&last_id=1000&wait=20"),
        format!("/ChatMessage/Stream?chat_id={chat}"),
        format!("/ChatMessage/Stream?chat_id={chat}&last_id=1000"),
    ]
}

async fn refusals(test: &TestApp, chat: i64, token: &str) -> Vec<(u16, Value)> {
    let mut refusals = Vec::new();
    for way in ways(chat) {
        let reply = test.get(&way, token).await;
        refusals.push((reply.status.as_u16(), reply.body));
    }
    refusals
}

#[tokio::test]
async fn every_transport_refuses_in_the_same_words() {
    let desk = Desk::new().await;
    let (visit, other) = (desk.live().await, desk.live().await);
    let strangers = [
        ("another chat's visitor", &*other.token, 404),
        ("an agent of another team", &*desk.carla_token, 404),
        ("nobody", "", 401),
        ("an unknown token", "nonsense", 401),
    ];
    for (who, token, status) in strangers {
        let refusals = refusals(&desk.test, visit.chat, token).await;
        assert!(refusals.iter().all(|one| *one == refusals[0]), "{who}: {refusals:?}");
        assert_eq!(refusals[0].0, status, "{who}: {}", refusals[0].1);
    }
    let missing = refusals(&desk.test, 999, &visit.token).await;
    assert_eq!(missing[2].1["Message"], "chat 999 does not exist");
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_its_streams_in_the_words_of_a_refusal() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let (id, secret) = desk.test.client_credentials(&["all"], None).await;
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
    let token = desk.test.form("/auth/token", &form).await.expect(200)["access_token"].clone();
    let token = token.as_str().unwrap();
    // One process hears of it, the other one has to look.
    let (hears, looks) =
        (TestApp::beside(&desk.test, &[]).await, TestApp::beside(&desk.test, &[("NEWS_URL", "none")]).await);
    hears.hear_news().await;
    tokio::spawn(aureole::service::news::run(looks.app.clone()));
    let path = format!("/ChatMessage/Stream?chat_id={}", visit.chat);
    let mut streams = Vec::new();
    for test in [&desk.test, &hears, &looks] {
        let mut stream = test.stream(&path, token).await;
        stream.find("header").await;
        streams.push(stream);
    }
    let waiting = hears.wait_for(&format!("/ChatMessage?chat_id={}&last_id=1000&wait=60", visit.chat), token);
    eventually("the read to wait", || async { (hears.app.seats.taken() == 2).then_some(()) }).await;
    client::revoke(&desk.test.app, &id).await.unwrap();
    let refusal = desk.test.get(&format!("/Chat/{}", visit.chat), token).await.expect(401);
    for mut stream in streams {
        let end = stream.next().await.unwrap();
        assert_eq!((end.name.as_str(), &end.data["reason"]), ("end", &json!("refused")));
        assert_eq!((&end.data["status"], &end.data["Message"]), (&json!(401), &refusal["Message"]));
        assert_eq!(stream.next().await, None);
    }
    assert_eq!(waiting.await.unwrap().expect(401), refusal);
}

#[tokio::test]
async fn a_revocation_is_not_forgotten_while_other_things_happen() {
    let desk = Desk::over(TestApp::alone().await).await;
    let visit = desk.live().await;
    let test = &desk.test;
    test.hear_news().await;
    let mut stream =
        test.stream(&format!("/ChatMessage/Stream?chat_id={}", visit.chat), &desk.anna_token).await;
    stream.find("header").await;
    let pool = &test.app.pool;
    let mut beside = PgConnection::connect_with(&pool.connect_options()).await.unwrap();
    let typing = |count: i64| News::Typing {
        chat: ChatId::new(i32::try_from(visit.chat).unwrap()),
        who: ParticipantNumber::new(1),
        since: Some(test.clock.now() + TimeDelta::milliseconds(count)),
    };
    let mut tell = async |news: News| {
        let told = news::to_text(&[news]);
        sqlx::query("select pg_notify('aureole_news', $1)").bind(told).execute(&mut beside).await.unwrap();
    };
    // Nobody can look into the database, so the look at the token takes long; and somebody types.
    let busy = join_all((0..pool.options().get_max_connections()).map(|_| pool.acquire())).await;
    let mut busy: Vec<_> = busy.into_iter().map(Result::unwrap).collect();
    sqlx::query("delete from sessions").execute(&mut **busy.last_mut().unwrap()).await.unwrap();
    tell(News::Revoked).await;
    tell(typing(0)).await;
    stream.find("typing").await;
    drop(busy);
    // The next regular look is further away than this.
    for count in 1..300 {
        tell(typing(count)).await;
        if stream.next().await.is_some_and(|event| event.name == "end") {
            return;
        }
    }
    panic!("a token that is no more goes on reading");
}

#[tokio::test]
async fn while_all_streams_ask_at_the_door_again_others_are_served() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let pool = &desk.test.app.pool;
    let connections = pool.options().get_max_connections();
    let mut streams = Vec::new();
    for _ in 0..=connections {
        let mut stream = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
        stream.find("header").await;
        streams.push(stream);
    }
    // Nobody learns anything of a token while this lasts.
    let mut beside = PgConnection::connect_with(&pool.connect_options()).await.unwrap();
    let mut lock = beside.begin().await.unwrap();
    sqlx::query("lock table sessions in access exclusive mode").execute(&mut *lock).await.unwrap();
    desk.test.app.news.hear(&[News::Revoked]);
    let waiting = "select count(*) from pg_locks where not granted and relation = 'sessions'::regclass";
    eventually("half of the connections to wait", || async {
        let mut conn = pool.acquire().await.unwrap();
        let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut *conn).await.unwrap();
        (count == i64::from(connections / 2)).then_some(())
    })
    .await;
    for _ in 0..connections {
        desk.test.get("/health/ready", "").await.expect(200);
    }
    lock.commit().await.unwrap();
    desk.say_as(&visit.token, visit.chat, json!({ "text": "Still here" })).await.expect(201);
    for mut stream in streams {
        assert_eq!(stream.find("message").await.data["textplain"], "Still here");
    }
}

#[tokio::test]
async fn an_agent_whose_team_gives_a_chat_away_is_told_that_there_is_none() {
    let desk = Desk::new().await;
    let visit = desk.queued().await;
    let path = format!("/ChatMessage/Stream?chat_id={}", visit.chat);
    let mut stream = desk.test.stream(&path, &desk.bert_token).await;
    stream.find("header").await;
    let sales = desk.set_up("/Team", json!({ "name": "More sales" })).await;
    let transfer = json!({ "id": visit.chat, "team_id": sales });
    desk.test.post("/Chat", &desk.test.admin, &transfer).await.expect(201);
    let refusal = desk.test.get(&path, &desk.bert_token).await.expect(404);
    let end = stream.find("end").await;
    assert_eq!((&end.data["status"], &end.data["Message"]), (&json!(404), &refusal["Message"]));
}

#[tokio::test]
async fn streams_are_counted_by_token_and_in_all() {
    let limits = [("STREAMS_MAX", "3"), ("STREAMS_PER_TOKEN_MAX", "2")];
    let desk = Desk::over(TestApp::with(&limits).await).await;
    let (visit, other, third) = (desk.live().await, desk.live().await, desk.live().await);
    let one = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    let _two = desk.test.stream("/ChatMessage/Stream", &visit.token).await;
    let reply = desk.test.get("/ChatMessage/Stream", &visit.token).await;
    assert!(reply.headers.contains_key("retry-after"));
    assert!(reply.refused(429).contains("this token"));
    desk.test.get("/ChatMessage?last_id=1000&wait=1", &visit.token).await.refused(429);
    let _three = desk.test.stream("/ChatMessage/Stream", &other.token).await;
    assert!(desk.test.get("/ChatMessage/Stream", &third.token).await.refused(503).contains("the server"));
    desk.test.get("/ChatMessage", &visit.token).await.expect(200);
    drop(one);
    eventually("the seat to be free", || async { (desk.test.app.seats.taken() == 2).then_some(()) }).await;
    desk.test.stream("/ChatMessage/Stream", &third.token).await;
}
