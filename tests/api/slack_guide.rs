//! The commands of `docs/slack.md` as they stand, beside a Slack that takes them.

use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{
    Desk, bearer,
    web_api::{FakeSlack, sample},
};

const GUIDE: &str = include_str!("../../docs/slack.md");

/// A command of the guide: method, path, body.
fn command(block: &str) -> (&str, &str, &str) {
    let path = block.split_once("\"$AUREOLE").unwrap().1.split_once('"').unwrap().0;
    let body = block.split_once("-d '").map_or("", |(_, rest)| rest.split_once('\'').unwrap().0);
    let is_post = block.contains("-X POST") || !body.is_empty();
    (if is_post { "POST" } else { "GET" }, path, body)
}

#[tokio::test]
async fn every_command_of_the_guide_does_what_it_says() {
    let slack = FakeSlack::start().await;
    slack.answers("auth.test", sample("auth.test.success_with_bot_token"));
    let mut bot = sample("bots.info.success");
    bot["bot"]["app_id"] = json!("A0123456789");
    slack.answers("bots.info", bot);
    slack.answers("oauth.v2.access", sample("oauth.v2.access.success"));
    slack.answers("apps.uninstall", json!({ "ok": true }));
    let client = [("SLACK_CLIENT_ID", "4.5"), ("SLACK_CLIENT_SECRET", "shh")];
    let desk = Desk::over(slack.app(&client).await).await;
    let blocks = GUIDE.split("```sh\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let mut called = Vec::new();
    for (method, path, body) in blocks.map(command) {
        let mut headers = bearer(&desk.test.admin);
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        let reply = desk.test.call(method, path, &headers, Body::from(body.to_owned())).await;
        assert!(reply.status.is_success(), "{method} {path}: {}", reply.body);
        assert!(reply.body.get("_warning").is_none(), "{method} {path}: {}", reply.body);
        called.push(format!("{method} {}", path.split('?').next().unwrap()));
    }
    let expected = [
        "POST /Slack/Manifest",
        "POST /SlackChatApp",
        "GET /SlackChatApp",
        "POST /SlackDetails",
        "GET /SlackDetails",
        "POST /SlackDetails/Uninstall",
    ];
    assert_eq!(called, expected);
}

#[test]
fn the_second_manifest_asks_for_what_the_address_to_slack_asks_for() {
    let json = GUIDE.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
    let manifest: Value = serde_json::from_str(json).unwrap();
    let scopes = manifest["oauth_config"]["scopes"]["bot"].as_array().unwrap();
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str().unwrap()).collect();
    assert!(GUIDE.contains(&format!("&scope={}&", scopes.join(","))));
}
