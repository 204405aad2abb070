//! The audit: who changed, read and downloaded what, and that nobody rewrites it.

use serde_json::{Value, json};

use crate::harness::{Desk, PNG, TestApp};

async fn entries(test: &TestApp, query: &str) -> Vec<Value> {
    let list = test.get(&format!("/Audit?{query}"), &test.admin).await.expect(200);
    list["entries"].as_array().expect("a list").clone()
}

/// One line an entry, the oldest first: who, what, which.
async fn told_by(test: &TestApp, query: &str) -> Vec<String> {
    let member = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let line = |entry: &Value| {
        let fields: Vec<&str> =
            entry["fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let [who, what, kind] = ["name", "action", "resource"].map(|name| member(entry, name));
        format!("{who} {what} {kind} {} [{}]", member(entry, "resource_id"), fields.join(" "))
    };
    let mut lines: Vec<String> = entries(test, query).await.iter().map(line).collect();
    lines.reverse();
    lines
}

#[tokio::test]
async fn every_change_of_the_configuration_says_who_and_which_members() {
    let test = TestApp::new().await;
    for (path, body) in [
        ("/Team", json!({ "name": "Support" })),
        ("/FieldInfo", json!({ "name": "order" })),
        ("/Users", json!({ "name": "Ada", "emailaddress": "ada@example.test" })),
        ("/KBArticle", json!({ "name": "Printers" })),
        ("/Service", json!({ "name": "Mail" })),
        ("/TicketType", json!({ "name": "Fault" })),
        ("/Workday", json!({ "name": "Office" })),
        ("/CannedText", json!({ "name": "Hello", "text": "Hello" })),
        ("/VirtualAgent", json!({ "name": "Robin" })),
        ("/SlackChatApp", json!({ "name": "Chat", "app_id": "A1", "new_signing_secret": "hush" })),
        ("/SlackDetails", json!({ "name": "#help" })),
    ] {
        let id = test.post(path, &test.admin, &body).await.expect(201)["id"].as_i64().unwrap();
        let change = json!({ "id": id, "name": "Other" });
        test.post(path, &test.admin, &change).await.expect(201);
        test.delete(&format!("{path}/{id}"), &test.admin).await.expect(200);
        let resource = path.trim_start_matches('/');
        let lines = told_by(&test, &format!("resource={resource}")).await;
        let expected = [("created", None), ("changed", Some("name")), ("deleted", None)];
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (line, (action, field)) in lines.iter().zip(expected) {
            assert!(line.starts_with(&format!("Test client {action} {resource} {id} [")), "{line}");
            assert!(field.is_none_or(|field| line.contains(&format!("[{field}]"))), "{line}");
        }
        assert!(!lines.concat().contains("hush"), "{lines:?}");
    }
}

#[tokio::test]
async fn profiles_and_secrets_are_named_and_never_quoted() {
    let test = TestApp::new().await;
    let save = |body: Value| async {
        let body = body;
        test.post("/ChatProfile", &test.admin, &body).await.expect(201);
    };
    let steps = json!([{ "step_id": 1, "isstart": true, "steptype": 16, "message": "Bye" }]);
    save(json!({ "id": "p", "name": "Help", "steps": steps })).await;
    save(json!({ "id": "p", "greeting": "hush-greeting", "new_hmac_secret": "hush-secret" })).await;
    save(json!({ "id": "p", "greeting": "hush-greeting" })).await;
    test.delete("/ChatProfile/p", &test.admin).await.expect(200);
    assert_eq!(
        told_by(&test, "resource=ChatProfile&resource_id=p").await[1..],
        [
            "Test client changed ChatProfile p [greeting new_hmac_secret]",
            "Test client changed ChatProfile p []",
            "Test client deleted ChatProfile p []"
        ]
    );
    let agent = json!({ "name": "Anna", "email": "anna@desk.test", "password": "correct horse" });
    let agent = test.post("/Agent", &test.admin, &agent).await.expect(201)["id"].clone();
    let lines = told_by(&test, &format!("resource=Agent&resource_id={agent}")).await;
    assert_eq!(lines.last().unwrap(), &format!("Test client changed Agent {agent} [password]"));
    let all = test.get("/Audit?count=1000", &test.admin).await;
    assert!(!String::from_utf8_lossy(&all.bytes).contains("hush"));
}

#[tokio::test]
async fn sign_ins_and_revoked_clients_are_told() {
    let desk = Desk::new().await;
    let signed_in = told_by(&desk.test, &format!("agent_id={}", desk.anna)).await;
    assert_eq!(signed_in, [format!("Anna signed in Agent {} []", desk.anna)]);
    let (id, _) = desk.test.client_credentials(&["all"], None).await;
    aureole::service::auth::client::revoke(&desk.test.app, &id).await.unwrap();
    let lines = told_by(&desk.test, &format!("resource=Client&resource_id={id}")).await;
    assert_eq!(lines, [format!("cli created Client {id} []"), format!("cli revoked Client {id} []")]);
}

#[tokio::test]
async fn staff_who_read_a_chat_without_being_in_it_are_noted_once_an_hour() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let path = format!("/ChatMessage?chat_id={}", visit.chat);
    let of_chat = format!("resource=Chat&resource_id={}&action=read", visit.chat);
    for token in [&desk.anna_token, &visit.token] {
        desk.test.get(&path, token).await.expect(200);
    }
    assert_eq!(told_by(&desk.test, &of_chat).await, [""; 0], "people of the chat are expected to read it");
    for _ in 0..3 {
        desk.test.get(&path, &desk.bert_token).await.expect(200);
    }
    desk.test.get(&path, &desk.carla_token).await.refused(404);
    let noted = vec![format!("Bert read Chat {} []", visit.chat)];
    assert_eq!(told_by(&desk.test, &of_chat).await, noted);
    // Another process remembers nothing, but asks.
    let other = TestApp::beside(&desk.test, &[]).await;
    other.get(&path, &desk.bert_token).await.expect(200);
    assert_eq!(told_by(&desk.test, &of_chat).await, noted);
    desk.test.clock.advance(chrono::TimeDelta::minutes(61));
    let third = TestApp::beside(&desk.test, &[]).await;
    third.get(&path, &desk.bert_token).await.expect(200);
    assert_eq!(told_by(&desk.test, &of_chat).await, [noted.clone(), noted].concat());
}

#[tokio::test]
async fn whoever_reads_a_transcript_has_read_the_chat() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let ticket = json!({ "summary": "Fire", "chat_id": visit.chat });
    let ticket = desk.test.post("/Tickets", &desk.test.admin, &ticket).await.expect(201)["id"].clone();
    let action = json!({ "ticket_id": ticket, "chatid": visit.chat, "note": "words of the chat" });
    let action = desk.test.post("/Actions", &desk.test.admin, &action).await.expect(201)["id"].clone();
    let of_chat = format!("resource=Chat&resource_id={}&action=read", visit.chat);
    desk.test.get("/Actions", &desk.anna_token).await.expect(200);
    assert_eq!(told_by(&desk.test, &of_chat).await, [""; 0]);
    desk.test.get(&format!("/Actions?ticket_id={ticket}"), &desk.bert_token).await.expect(200);
    desk.test.get(&format!("/Actions/{action}"), &desk.test.admin).await.expect(200);
    let lines = told_by(&desk.test, &of_chat).await;
    let read = |who: &str| format!("{who} read Chat {} []", visit.chat);
    assert_eq!(lines, [read("Bert"), read("Test client")]);
}

#[tokio::test]
async fn a_file_that_staff_download_is_told_and_a_visitors_own_is_not() {
    let desk = Desk::new().await;
    let visit = desk.live().await;
    let file = desk.test.upload(&visit.token, visit.chat, "a.png", PNG).await.expect(201)["id"].clone();
    let path = format!("/Attachment/{file}");
    assert_eq!(desk.test.get(&path, &visit.token).await.status, 200);
    assert_eq!(desk.test.get(&path, &desk.anna_token).await.status, 200);
    let lines = told_by(&desk.test, "resource=Attachment").await;
    assert_eq!(lines, [format!("Anna downloaded Attachment {file} []")]);
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended_and_dates_bound_them() {
    let test = TestApp::new().await;
    for number in 0..5 {
        test.post("/Team", &test.admin, &json!({ "name": format!("Team {number}") })).await.expect(201);
        test.clock.advance(chrono::TimeDelta::seconds(10));
    }
    let whole: Vec<Value> = entries(&test, "resource=Team").await;
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/Audit?resource=Team&count=2&after={next}");
        let page = test.get(&path, &test.admin).await.expect(200);
        paged.extend(page["entries"].as_array().unwrap().clone());
        let Some(further) = page["next"].as_str() else { break };
        next = further.to_owned();
    }
    assert_eq!((paged.len(), &paged), (5, &whole));
    let date = |at: usize| whole[at]["date"].as_str().unwrap().to_owned();
    let between = format!("resource=Team&startdate={}&enddate={}", date(3), date(1));
    assert_eq!(entries(&test, &between).await, whole[2..4]);
    test.get("/Audit?after=nonsense", &test.admin).await.refused(400);
    test.get("/Audit?action=nonsense", &test.admin).await.refused(400);
}

#[tokio::test]
async fn only_administrators_read_it_and_nobody_rewrites_it() {
    let desk = Desk::new().await;
    desk.test.get("/Audit", &desk.anna_token).await.refused(403);
    desk.test.get("/Audit", "").await.refused(401);
    let pool = &desk.test.app.pool;
    for statement in [
        "update audit_entries set actor_name = 'somebody'",
        "delete from audit_entries",
        "truncate audit_entries",
    ] {
        let refused = sqlx::query(statement).execute(pool).await.unwrap_err().to_string();
        assert!(refused.contains("entries of the audit are never changed"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn old_entries_are_forgotten_when_the_operator_says_so() {
    let test = TestApp::with(&[("AUDIT_DAYS", "30"), ("ACCESS_TOKEN_SECONDS", "10000000")]).await;
    test.post("/Team", &test.admin, &json!({ "name": "Old" })).await.expect(201);
    test.clock.advance(chrono::TimeDelta::days(20));
    test.post("/Team", &test.admin, &json!({ "name": "New" })).await.expect(201);
    test.clock.advance(chrono::TimeDelta::days(11));
    aureole::service::sweeper::clean_up(&test.app).await.unwrap();
    assert_eq!(entries(&test, "resource=Team").await.len(), 1);
}
