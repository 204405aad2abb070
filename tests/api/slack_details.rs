//! Slack channels that are connected: by hand, or with the code that Slack's redirect brings.

use aureole::slack::details;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::harness::{
    Desk, TestApp,
    web_api::{FakeSlack, refusal, sample},
};

const HOOK: &str = "https://hooks.slack.com/services/T1/B1/secret";
const CLIENT: [(&str, &str); 2] = [("SLACK_CLIENT_ID", "4.5"), ("SLACK_CLIENT_SECRET", "shh")];
const PATH: &str = "/SlackDetails";

async fn save(test: &TestApp, body: Value) -> Value {
    test.post(PATH, &test.admin, &json!([body])).await.expect(201)
}

/// What Slack grants when a channel was chosen.
fn grant() -> Value {
    let mut grant = sample("oauth.v2.access.success");
    grant["incoming_webhook"] = json!({
        "channel": "#helpdesk", "channel_id": "C05002EAE",
        "configuration_url": "https://example.slack.com/services/B1", "url": HOOK
    });
    grant
}

async fn token(test: &TestApp, id: &Value) -> Option<String> {
    let stored = details::find(&test.app, i32::try_from(id.as_i64().unwrap()).unwrap()).await.unwrap();
    details::access_token(&test.app, &stored).map(|token| token.expose_secret().to_owned())
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_record_is_made_with_defaults_changed_and_deleted() {
    let desk = Desk::new().await;
    let test = &desk.test;
    let kind = desk.set_up("/TicketType", json!({ "name": "Incident" })).await;
    let user = desk.set_up("/Users", json!({ "name": "Ada" })).await;
    let made = save(test, json!({ "name": "help", "webhookurl": HOOK })).await;
    let expected = json!({
        "id": made["id"], "name": "help", "webhookurl": HOOK, "enabled": true, "scopes": ["incoming-webhook"],
        "agent_id": 0, "allow_ticket_create": false, "ticket_type": 0, "ticket_user": 0,
        "command_ticket_type": 0, "command_user": 0, "uninstalled": false
    });
    assert_eq!(made, expected);
    let change = json!({ "id": made["id"], "agent_id": desk.anna, "ticket_type": kind, "ticket_user": user,
        "command_ticket_type": kind, "command_user": user, "scopes": ["commands"] });
    let changed = save(test, change).await;
    for (member, name) in [
        ("agent_name", "Anna"),
        ("ticket_type_name", "Incident"),
        ("ticket_user_name", "Ada"),
        ("command_ticket_type_name", "Incident"),
        ("command_user_name", "Ada"),
    ] {
        assert_eq!(changed[member], name, "{changed}");
    }
    assert_eq!((&changed["name"], &changed["scopes"]), (&json!("help"), &json!(["commands"])));
    let one = format!("{PATH}/{}", made["id"]);
    assert_eq!(test.get(&format!("{one}?includedetails=true"), &test.admin).await.expect(200), changed);
    let cleared = save(test, json!({ "id": made["id"], "agent_id": null, "scopes": null })).await;
    assert_eq!((&cleared["agent_id"], &cleared["scopes"]), (&json!(0), &json!(["incoming-webhook"])));
    test.delete(&one, &desk.anna_token).await.refused(403);
    assert_eq!(test.delete(&one, &test.admin).await.expect(200)["name"], "help");
    test.get(&one, &test.admin).await.refused(404);
    test.post(PATH, &test.admin, &json!({ "id": 999 })).await.refused(404);
}

#[tokio::test]
async fn ids_that_lead_nowhere_are_told_of() {
    let test = TestApp::new().await;
    let made = save(&test, json!({ "name": "help", "ticket_type": 77 })).await;
    assert_eq!(made["_warning"], "There is no ticket_type 77.");
}

#[tokio::test]
async fn secrets_are_kept_sealed_and_only_the_webhook_is_read_by_administrators() {
    let desk = Desk::new().await;
    let made = save(&desk.test, json!({ "webhookurl": HOOK, "new_access_token": "xoxb-hush" })).await;
    assert!(!made.to_string().contains("hush"), "{made}");
    assert_eq!(token(&desk.test, &made["id"]).await.as_deref(), Some("xoxb-hush"));
    let one = format!("{PATH}/{}", made["id"]);
    let staff = desk.test.get(&one, &desk.anna_token).await.expect(200);
    let listed = desk.test.get(PATH, &desk.anna_token).await.expect(200);
    assert!(staff.get("webhookurl").is_none() && !listed.to_string().contains("hooks.slack.com"));
    let row: String = sqlx::query_scalar("select slack_details::text from slack_details")
        .fetch_one(&desk.test.app.pool)
        .await
        .unwrap();
    assert!(!row.contains("hooks.slack.com") && !row.contains("hush"), "{row}");
    save(&desk.test, json!({ "id": made["id"], "name": "help" })).await;
    assert_eq!(desk.test.get(&one, &desk.test.admin).await.expect(200)["webhookurl"], HOOK);
    let nothing = json!({ "id": made["id"], "webhookurl": "", "new_access_token": null });
    assert!(save(&desk.test, nothing).await.get("webhookurl").is_none());
    assert_eq!(token(&desk.test, &made["id"]).await, None);
}

#[tokio::test]
async fn a_webhook_is_one_of_slacks() {
    let test = TestApp::new().await;
    for url in ["http://hooks.slack.com/services/1", "https://evil.example/", "http://127.0.0.1/", "x"] {
        let problem = test.post(PATH, &test.admin, &json!({ "webhookurl": url })).await.refused(400);
        assert!(problem.contains("webhookurl"), "{problem}");
    }
}

#[tokio::test]
async fn a_list_holds_what_is_in_use_and_what_else_is_asked_for() {
    let desk = Desk::new().await;
    for body in [
        json!({ "name": "alpha", "teamname": "Shop" }),
        json!({ "name": "beta", "teamname": "Office", "agent_id": desk.anna }),
        json!({ "name": "gone", "teamname": "Shop", "uninstalled": true }),
        json!({ "name": "off", "teamname": "Shop", "enabled": false }),
    ] {
        save(&desk.test, body).await;
    }
    for (query, expected) in [
        ("", vec!["alpha", "beta"]),
        ("?includedisabled=true", vec!["alpha", "beta", "gone", "off"]),
        ("?includeenabled=false", vec![]),
        ("?includeenabled=False&includedisabled=1", vec!["gone", "off"]),
        ("?includeenabled=&includedisabled=", vec!["alpha", "beta"]),
        ("?agent_id=0", vec!["alpha"]),
        (&format!("?agent_id={}", desk.anna), vec!["beta"]),
        ("?agent_id=", vec!["alpha", "beta"]),
        ("?channel_name=%23Alpha", vec!["alpha"]),
        ("?team_name=shop&includedisabled=true", vec!["alpha", "gone", "off"]),
        ("?pageinate=true&page_size=1&page_no=2", vec!["beta"]),
    ] {
        let list = desk.test.get(&format!("{PATH}{query}"), &desk.anna_token).await.expect(200);
        assert_eq!(names(&list), expected, "{query}");
    }
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token_a_workspace_and_a_channel() {
    let slack = FakeSlack::start().await;
    slack.answers("oauth.v2.access", grant());
    let test = slack.app(&CLIENT).await;
    let body = json!({ "_getoauthtoken": true, "oauth_code": "one-time", "ticket_type": 0,
        "oauth_redirect": "https://chat.test/slack" });
    let made = save(&test, body).await;
    let form = json!({ "client_id": "4.5", "client_secret": "shh", "code": "one-time",
        "redirect_uri": "https://chat.test/slack" });
    assert_eq!(slack.calls(), [("oauth.v2.access".to_owned(), None, form)]);
    for (member, value) in [
        ("team_id", json!("T9TK3CUKW")),
        ("teamname", json!("Slack Softball Team")),
        ("scopes", json!(["commands", "incoming-webhook"])),
        ("name", json!("helpdesk")),
        ("channel_id", json!("C05002EAE")),
        ("webhookurl", json!(HOOK)),
        ("enabled", json!(true)),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
    assert!(made.get("_warning").is_none(), "{made}");
    assert!(!made.to_string().contains("one-time") && !made.to_string().contains("xoxb"), "{made}");
    assert_eq!(token(&test, &made["id"]).await.as_deref(), Some("xoxb-example-bot-token"));
    let row: String = sqlx::query_scalar("select slack_details::text from slack_details")
        .fetch_one(&test.app.pool)
        .await
        .unwrap();
    assert!(row.contains("A0KRD7HC3") && !row.contains("one-time"), "{row}");
}

#[tokio::test]
async fn a_record_that_was_uninstalled_is_connected_again() {
    let slack = FakeSlack::start().await;
    slack.answers("oauth.v2.access", grant());
    let test = slack.app(&CLIENT).await;
    let gone =
        save(&test, json!({ "name": "old", "uninstalled": true, "enabled": false, "command_user": 0 })).await;
    let back = save(&test, json!({ "id": gone["id"], "oauth_code": "c" })).await;
    assert_eq!((&back["uninstalled"], &back["enabled"]), (&json!(false), &json!(true)));
    assert_eq!(back["name"], "helpdesk");
    let (_, _, form) = slack.calls().remove(0);
    assert!(form.get("redirect_uri").is_none(), "{form}");
}

#[tokio::test]
async fn what_an_organisation_installs_and_what_expires_is_kept_for_what_it_is() {
    let slack = FakeSlack::start().await;
    let test = slack.app(&CLIENT).await;
    let mut answer = sample("oauth.v2.access.success_with_token_rotation");
    answer["team"] = Value::Null;
    answer["is_enterprise_install"] = json!(true);
    answer["incoming_webhook"] =
        json!({ "channel": "#x", "channel_id": "C1", "url": "https://elsewhere.example/" });
    slack.answers("oauth.v2.access", answer);
    let made = save(&test, json!({ "oauth_code": "c" })).await;
    assert_eq!((&made["team_id"], &made["teamname"]), (&json!("E12345678"), &json!("slack-sports")));
    let warning = made["_warning"].as_str().unwrap();
    assert!(warning.contains("43200") && warning.contains("SLACK_HOOK_HOSTS"), "{warning}");
    assert!(made.get("webhookurl").is_none(), "{made}");
}

#[tokio::test]
async fn a_code_that_brings_nothing_stores_nothing() {
    let slack = FakeSlack::start().await;
    let test = slack.app(&CLIENT).await;
    for (status, answer, expected, words) in [
        (200, sample("oauth.v2.access.error"), 400, "invalid_client_id"),
        (200, refusal("invalid_code"), 400, "invalid_code"),
        (200, sample("oauth.v2.access.success_with_sign_in_with_slack"), 400, "no bot token"),
        (429, refusal("ratelimited"), 503, "try again"),
        (500, json!({}), 503, "try again"),
        (200, json!("?"), 503, "lost"),
    ] {
        slack.fails("oauth.v2.access", status, answer);
        let reply = test.post(PATH, &test.admin, &json!({ "oauth_code": "one-time" })).await;
        assert_eq!(reply.headers.contains_key("retry-after"), expected == 503, "{words}");
        let problem = reply.refused(expected);
        assert!(problem.contains(words) && problem.contains("oauth_code"), "{problem}");
        assert!(!problem.contains("one-time"), "{problem}");
    }
    let list = test.get(&format!("{PATH}?includedisabled=true"), &test.admin).await.expect(200);
    assert_eq!(list, json!([]));
    let away = [CLIENT[0], CLIENT[1], ("SLACK_API_URL", "http://127.0.0.1:1/api")];
    let test = TestApp::with(&away).await;
    let problem = test.post(PATH, &test.admin, &json!({ "oauth_code": "c" })).await.refused(503);
    assert!(problem.contains("cannot be"), "{problem}");
}

#[tokio::test]
async fn a_code_is_not_used_up_by_a_request_that_fails_otherwise() {
    let slack = FakeSlack::start().await;
    slack.answers("oauth.v2.access", grant());
    let test = slack.app(&CLIENT).await;
    for (body, status) in [
        (json!([{ "_getoauthtoken": true }]), 400),
        (json!([{ "_getoauthtoken": true, "oauth_code": " " }]), 400),
        (json!([{ "id": 999, "oauth_code": "c" }]), 404),
        (json!([{ "oauth_code": "c" }, { "id": 999 }]), 404),
        (json!([{ "oauth_code": "c" }, { "oauth_code": "d" }]), 400),
        (json!([{ "oauth_code": "c" }, { "webhookurl": "https://evil.example/" }]), 400),
        (json!([{ "oauth_code": "c", "ticket_type": "many" }]), 400),
    ] {
        test.post(PATH, &test.admin, &body).await.refused(status);
        assert!(slack.calls().is_empty(), "{body}");
    }
    let made = test.post(PATH, &test.admin, &json!([{ "name": "one" }, { "oauth_code": "c" }])).await;
    assert_eq!(names(&made.expect(201)), ["one", "helpdesk"]);
    // Without an app of the server's own there is nobody to ask as.
    let test = slack.app(&[]).await;
    let problem = test.post(PATH, &test.admin, &json!({ "oauth_code": "c" })).await.refused(400);
    assert!(problem.contains("SLACK_CLIENT_ID"), "{problem}");
}
