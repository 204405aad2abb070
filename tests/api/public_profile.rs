//! What the public reads of a profile, and in which language it is spoken to.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Desk, token::save};

async fn public(desk: &Desk, language: &str) -> Value {
    desk.test.get(&format!("/ChatProfile/help?key=open&includedetails=true{language}"), "").await.expect(200)
}

/// A translation into language 2.
fn german(fieldname: &str, translation: &str) -> Value {
    json!({ "id": 1, "language_id": 2, "fieldname": fieldname, "translation": translation })
}

#[tokio::test]
async fn the_public_read_is_an_allow_list() {
    let desk = Desk::new().await;
    let row = json!({ "id": 1, "message": "Hi", "url": "/x", "chat_profile_id": "help", "translations": [] });
    save(
        &desk,
        json!({
            "chatnameoverride": "Chat", "icon": "https://x.test/i.png", "theme": "dark", "workdays_id": 3,
            "techmustonline": true, "logticket": 2, "tickettype_id": 4, "default_ticket_clientsite": 5,
            "access_control": [{ "id": 1 }], "access_control_level": 1, "agent_roles": [{ "id": "1" }],
            "usermappings": [{ "id": 1, "name": "title", "thirdpartyname": "t" }], "new_user_site_id": 6,
            "enable_user_matching": true, "validate_lifetime": false, "use_subject_matching": false,
            "update_ticket_user_on_upgrade": true, "cmd_one_time_use": true, "flow_chart_json": "{}",
            "wait_time_calc_mins": 5, "translations": [german("greeting", "Hallo")],
            "popup_message_mappings": [row], "new_hmac_secret": "hush"
        }),
    )
    .await;
    let shown = public(&desk, "").await;
    let mut names: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "_chat_mode",
            "_chatserviceurl",
            "access_type",
            "bot_name",
            "chatnameoverride",
            "enable_user_matching",
            "greeting",
            "icon",
            "id",
            "key",
            "name",
            "popup_message_mappings",
            "theme"
        ]
    );
    assert_eq!(shown["popup_message_mappings"], json!([{ "id": 1, "message": "Hi", "url": "/x" }]));
    let visit = desk.visit().await;
    let path = "/ChatProfile/help?key=open&includedetails=true";
    assert_eq!(desk.test.get(path, &visit.token).await.expect(200), shown, "a visitor is the public too");
    let whole = desk.test.get(path, &desk.anna_token).await.expect(200);
    assert!(whole["steps"].is_array() && whole["translations"].is_array() && whole["logticket"] == 2);
}

#[tokio::test]
async fn texts_come_in_the_language_asked_for() {
    let desk = Desk::new().await;
    let row =
        |message: &str| json!([{ "id": 1, "message": "Hi", "translations": [german("message", message)] }]);
    save(
        &desk,
        json!({ "translations": [german("greeting", "Hallo"), german("BOT_NAME", "Rotkehlchen"), german("key", "x")],
            "banners": row("Hinweis"), "popup_message_mappings": row("Na?"), "wait_messages": row("Moment") }),
    )
    .await;
    let shown = public(&desk, "&language_id=2").await;
    let texts = ["greeting", "bot_name", "name", "key", "banner_message"].map(|name| shown[name].clone());
    assert_eq!(texts, ["Hallo", "Rotkehlchen", "Help", "open", "Hinweis"]);
    for (list, message) in
        [("banners", "Hinweis"), ("popup_message_mappings", "Na?"), ("wait_messages", "Moment")]
    {
        assert_eq!(shown[list], json!([{ "id": 1, "message": message }]));
    }
    for other in ["", "&language_id=3", "&language_id=0"] {
        let shown = public(&desk, other).await;
        assert_eq!(
            (&shown["greeting"], &shown["banners"][0]["message"]),
            (&json!("Hello $username"), &json!("Hi"))
        );
        assert!(!shown.to_string().contains("Hallo"), "{shown}");
    }
}

#[tokio::test]
async fn banners_are_shown_between_their_dates_in_their_order() {
    let desk = Desk::new().await;
    let banner = |sequence: i32, message: &str, start: Value, end: Value| json!({ "id": sequence, "sequence": sequence, "message": message, "start_date": start, "end_date": end });
    // The clock stands at nine on the second of March.
    let banners = json!([
        banner(3, "always", json!("1900-01-01T00:00:00"), Value::Null),
        banner(2, "until ten", Value::Null, json!("2026-03-02T10:00:00Z")),
        banner(1, "from ten", json!("2026-03-02T10:00:00.5Z"), Value::Null),
        banner(0, "over", Value::Null, json!("2026-03-02T08:59:59Z"))
    ]);
    save(&desk, json!({ "banners": banners, "banner_message": "fixed" })).await;
    let shown = async || {
        let shown = public(&desk, "").await;
        let banners = shown["banners"].as_array().unwrap().iter();
        let words: Vec<Value> = banners.map(|banner| banner["message"].clone()).collect();
        (words, shown["banner_message"].clone())
    };
    assert_eq!(shown().await, (vec![json!("until ten"), json!("always")], json!("until ten")));
    desk.test.clock.advance(TimeDelta::hours(1));
    assert_eq!(shown().await.0, ["until ten", "always"]);
    desk.test.clock.advance(TimeDelta::seconds(1));
    assert_eq!(shown().await, (vec![json!("from ten"), json!("always")], json!("from ten")));
    save(&desk, json!({ "banners": [] })).await;
    assert_eq!(shown().await, (Vec::new(), json!("fixed")));
}

#[tokio::test]
async fn public_texts_and_addresses_carry_no_script() {
    let desk = Desk::new().await;
    let bad = "Hi <script>alert(1)</script><b onclick='x()'>you</b>";
    let changes = json!({ "greeting": bad, "bot_name": bad, "feedback_message_after": bad, "banner_message": bad,
        "popup_message_mappings": [{ "id": 1, "message": bad, "url": "/" }],
        "technamevisibilitytext": "Tom & Jerry <3", "custom_header_url": "https://x.test/head.html",
        "icon": "data:image/png;base64,AAAA" });
    save(&desk, changes).await;
    let shown = public(&desk, "").await;
    let texts = ["greeting", "bot_name", "feedback_message_after", "banner_message"].map(|name| &shown[name]);
    for text in texts.into_iter().chain([&shown["popup_message_mappings"][0]["message"]]) {
        assert_eq!(text, "Hi <b>you</b>");
    }
    assert_eq!(shown["technamevisibilitytext"], "Tom & Jerry <3", "plain words stay as they are");
    assert!(shown["custom_header_url"].is_string() && shown["icon"].is_string());
    for script in
        ["javascript:alert(1)", " JavaScript:x", "java\tscript:x", "data:text/html,<p>", "vbscript:x"]
    {
        save(&desk, json!({ "custom_header_url": script, "icon": script })).await;
        let shown = public(&desk, "").await;
        assert!(shown.get("custom_header_url").is_none() && shown.get("icon").is_none(), "{script}");
    }
}

#[tokio::test]
async fn a_chat_in_a_language_is_spoken_to_in_it() {
    let desk = Desk::new().await;
    let steps = json!([
        { "step_id": 1, "isstart": true, "steptype": 1, "message": "Person or answer?",
          "translations": [german("message", "Mensch oder Antwort?")],
          "actions": [
            { "id": 1, "action_name": "Person", "end_step": 2, "translations": [german("action_name", "Mensch")] },
            { "id": 2, "action_name": "Answer", "end_step": 3 } ] },
        { "step_id": 2, "steptype": 16, "message": "One moment", "translations": [german("message", "Moment")] },
        { "step_id": 3, "steptype": 16, "message": "No" } ]);
    save(&desk, json!({ "steps": steps, "translations": [german("greeting", "Hallo")] })).await;
    let start = async |language: i32| {
        let body = json!({ "chatprofileid": "help", "key": "open", "language_id": language });
        let started = desk.test.post("/Chat", "", &body).await.expect(201);
        (started["id"].as_i64().unwrap(), started["access_token"].as_str().unwrap().to_owned())
    };
    for (language, words) in [
        (2, ["Robin: Hallo", "Robin: Mensch oder Antwort?", "Visitor: Mensch", "Robin: Moment"]),
        (3, ["Robin: Hello Visitor", "Robin: Person or answer?", "Visitor: Person", "Robin: One moment"]),
    ] {
        let (chat, token) = start(language).await;
        let choice = words[2].strip_prefix("Visitor: ").unwrap();
        desk.say_as(&token, chat, json!({ "text": choice })).await.expect(201);
        assert_eq!(desk.transcript(chat, &token).await[1..5], words);
    }
}
