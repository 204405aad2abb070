//! Secrets with words of their own are handed to a server, which then does all that it does and fails
//! at what it can: none of those words is in an answer, in the log at its most talkative, in the
//! figures, or in the database.

use std::{collections::BTreeMap, fs};

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    harness::{Folder, eventually},
    leaks::{dump, is_clean},
    server::Server,
    support::database::TestDatabase,
};

/// In no answer, no line of the log and no row.
const SECRETS: [(&str, &str); 14] = [
    ("the database's password", "canary-database"),
    ("the administrator's secret", "canary-administrator"),
    ("the key that seals", "canary-key-canary-key-canary-key"),
    ("the former key", "canary-old-canary-old-canary-old"),
    ("the key of the model", "canary-model"),
    ("the secret of Slack's app", "canary-slack-client"),
    ("the signing secret of the server's own app", "canary-slack-signing"),
    ("the secret of a profile", "canary-profile"),
    ("the signing secret of a chat app", "canary-chat-app"),
    ("the token of a chat app", "xoxb-canary-chat-app"),
    ("the token of a channel", "xoxb-canary-channel"),
    ("the webhook of a channel", "canary-webhook"),
    ("an agent's password", "canary-agent-password"),
    ("a guess", "canary-guess"),
];
/// In answers and rows by their nature, and in no line of the log.
const WORDS: [(&str, &str); 4] = [
    ("what a visitor says", "canary-said"),
    ("a visitor's name", "canary-name"),
    ("a visitor's address", "canary@mail.test"),
    ("the key of another system", "canary-other-system"),
];

/// A server, and everything that it has answered.
struct Scene {
    server: Server,
    http: reqwest::Client,
    answers: Vec<(String, String)>,
    /// Tokens as they were issued: each is in the answer that gave it and nowhere else.
    tokens: BTreeMap<String, String>,
}

impl Scene {
    async fn start(database: &TestDatabase, folder: &Folder) -> Self {
        let key = |name: &str| BASE64_STANDARD.encode(secret(name));
        let (key, former) = (key("the key that seals"), key("the former key"));
        let variables = [
            ("SECRET_KEY", &*key),
            ("SECRET_KEY_PREVIOUS", &former),
            ("ADMIN_CLIENT_ID", "operator"),
            ("ADMIN_CLIENT_SECRET", secret("the administrator's secret")),
            ("AI_API_KEY", secret("the key of the model")),
            // Nobody listens there: what fails is logged.
            ("AI_API_URL", "http://127.0.0.1:9/v1"),
            ("SLACK_API_URL", "http://127.0.0.1:9/api"),
            ("SLACK_CLIENT_ID", "1.2"),
            ("SLACK_CLIENT_SECRET", secret("the secret of Slack's app")),
            ("SLACK_SIGNING_SECRET", secret("the signing secret of the server's own app")),
            ("RUST_LOG", "trace"),
        ];
        let password = format!("{}&password={}", database.url(), secret("the database's password"));
        let server = Server::start_at(&password, &folder.0, &variables).await;
        Self { server, http: reqwest::Client::new(), answers: Vec::new(), tokens: BTreeMap::new() }
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server.base()));
        if token.is_empty() { request } else { request.bearer_auth(token) }
    }

    /// Sends, keeps what came back, and answers it.
    async fn send(&mut self, what: &str, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().await.expect("the server answers");
        let status = answer.status().as_u16();
        let headers = format!("{:?}", answer.headers());
        let text = answer.text().await.expect("the answer ends");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.answers.push((format!("{what} ({status})"), headers + &text));
        (status, body)
    }

    async fn post(&mut self, path: &str, token: &str, body: &Value) -> Value {
        let request = self.request(Method::POST, path, token).json(body);
        let (status, answer) = self.send(&format!("POST {path}"), request).await;
        assert_eq!(status, 201, "{path}: {answer}");
        answer
    }

    /// An answer that issues tokens, which is where they are by design.
    async fn tokens_of(&mut self, what: &str, request: RequestBuilder) -> (String, Value) {
        let (status, body) = self.send(what, request).await;
        assert!(status < 300, "{what}: {body}");
        self.answers.pop();
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = body[name].as_str() {
                self.tokens.insert(format!("{name} of {what}"), token.to_owned());
            }
        }
        (body["access_token"].as_str().expect("a token").to_owned(), body)
    }

    fn form(&self, form: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let form = ("Content-Type", "application/x-www-form-urlencoded");
        self.request(Method::POST, "/auth/token", "").header(form.0, form.1).body(body)
    }

    async fn operator(&mut self) -> String {
        let right = secret("the administrator's secret");
        let form =
            [("grant_type", "client_credentials"), ("client_id", "operator"), ("client_secret", right)];
        let request = self.form(&form);
        self.tokens_of("the operator", request).await.0
    }
}

fn secret(name: &str) -> &'static str {
    let found = SECRETS.iter().chain(&WORDS).find(|(known, _)| *known == name);
    found.expect("it is listed").1
}

/// Sets everything up that has a secret.
async fn hand_over(scene: &mut Scene, operator: &str) {
    let steps = json!([
        { "step_id": 1, "name": "Call", "isstart": true, "steptype": 11, "content": json!({
            "method": "GET", "url": "http://127.0.0.1:9/", "headers": { "X-Key": secret("the key of another system") }
        }).to_string(), "actions": [{ "end_step": 2, "approval_result": 1 }, { "end_step": 2, "approval_result": 2 }] },
        { "step_id": 2, "name": "Decide", "steptype": 10, "content": "Sales or help?", "ai_failure_step": 3,
          "actions": [{ "action_name": "Help", "end_step": 3 }] },
        { "step_id": 3, "name": "Again", "steptype": 1, "message": "Go on?",
          "actions": [{ "id": 1, "action_name": "Yes", "end_step": 3 }] }
    ]);
    let profile = json!({ "id": "help", "key": "open", "name": "Help", "access_type": 1, "steps": steps,
        "enable_user_matching": true, "new_hmac_secret": secret("the secret of a profile") });
    scene.post("/ChatProfile", operator, &profile).await;
    let agent =
        json!({ "name": "Anna", "email": "anna@desk.test", "password": secret("an agent's password") });
    scene.post("/Agent", operator, &agent).await;
    let app = json!([{ "name": "Bot", "app_id": "A1", "chat_profile_id": "help",
        "new_signing_secret": secret("the signing secret of a chat app"),
        "new_bot_user_oauth_token": secret("the token of a chat app") }]);
    scene.post("/SlackChatApp", operator, &app).await;
    let hook = format!("https://hooks.slack.com/services/T1/B1/{}", secret("the webhook of a channel"));
    let channel =
        json!([{ "name": "help", "new_access_token": secret("the token of a channel"), "webhookurl": hook }]);
    scene.post("/SlackDetails", operator, &channel).await;
}

/// What goes wrong while somebody has a secret in hand.
async fn fail(scene: &mut Scene, operator: &str) {
    let guess = secret("a guess");
    let password = [
        ("grant_type", "password"),
        ("client_id", "operator"),
        ("client_secret", guess),
        ("username", guess),
        ("password", guess),
    ];
    let mut requests = vec![
        scene.form(&password),
        scene.form(&[("grant_type", guess), ("client_id", guess), ("client_secret", guess)]),
        scene.form(&[("grant_type", "refresh_token"), ("refresh_token", guess)]),
        scene.request(Method::GET, "/Chat", guess),
        scene.request(Method::GET, "/Chat", "").header("Authorization", format!("Basic {guess}")),
        scene.request(Method::GET, "/Chat", "").header("X-Halo-Api-Key", guess),
        scene.request(Method::GET, &format!("/ChatProfile/help?key={guess}"), ""),
        scene.request(
            Method::GET,
            &format!("/Chat?access_token={guess}&order={guess}&after={guess}"),
            operator,
        ),
        scene.request(Method::POST, "/Slack/Event", "").header("X-Slack-Signature", guess).body(guess),
    ];
    for path in ["/Chat", "/ChatProfile", "/Agent", "/SlackChatApp", "/SlackDetails", "/ChatMatchingData"] {
        for body in [
            json!({ "id": { "x": guess }, "new_hmac_secret": { "x": guess }, "password": [guess] })
                .to_string(),
            json!({ "id": 1, "password": "short", "identity_token": guess, "matching_key": guess,
                "chatprofileid": "help", "chatprofilekey": guess })
            .to_string(),
            format!("{{\"password\": \"{guess}\", "),
        ] {
            let json = ("Content-Type", "application/json");
            requests.push(scene.request(Method::POST, path, operator).header(json.0, json.1).body(body));
        }
    }
    for request in requests {
        let path =
            request.try_clone().and_then(|request| request.build().ok()).map(|one| one.url().to_string());
        scene.send(&format!("a failure at {}", path.unwrap_or_default().replace(guess, "…")), request).await;
    }
}

/// Every operation that reads, as everybody.
async fn read_everything(scene: &mut Scene, callers: &[(&str, String)]) {
    let document = scene.http.get(format!("{}/docs/openapi.json", scene.server.base())).send().await.unwrap();
    let document: Value = document.json().await.unwrap();
    for (path, item) in document["paths"].as_object().expect("there are paths") {
        // Those never end.
        if item.get("get").is_none() || path.ends_with("/Stream") || path.ends_with("/Socket") {
            continue;
        }
        for (who, token) in callers {
            for id in ["1", "help"] {
                let path = format!("{}?includedetails=true&chat_id=1", path.replace("{id}", id));
                let request = scene.request(Method::GET, &path, token);
                scene.send(&format!("GET {path} as {who}"), request).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_an_answer_in_the_log_or_in_the_database() {
    let (database, folder) = (TestDatabase::new().await, Folder::new());
    let mut scene = Scene::start(&database, &folder).await;
    let operator = scene.operator().await;
    hand_over(&mut scene, &operator).await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "operator"),
        ("username", "anna@desk.test"),
        ("client_secret", secret("the administrator's secret")),
        ("password", secret("an agent's password")),
    ];
    let request = scene.form(&form);
    let (agent, _) = scene.tokens_of("the agent", request).await;
    let start = json!({ "chatprofileid": "help", "chatprofilekey": "open", "email": secret("a visitor's address"),
        "display_name": secret("a visitor's name") });
    let request = scene.request(Method::POST, "/Chat", "").json(&start);
    let (visitor, _) = scene.tokens_of("the visitor", request).await;
    let words = json!({ "chat_id": 1, "text": secret("what a visitor says") });
    scene.post("/ChatMessage", &visitor, &words).await;
    fail(&mut scene, &operator).await;
    // The calls that cannot succeed have been given up.
    eventually("the bot to go on", || {
        let request = scene.request(Method::GET, "/ChatMessage?chat_id=1", &visitor);
        async { request.send().await.ok()?.text().await.ok()?.contains("Go on?").then_some(()) }
    })
    .await;
    let callers = [("operator", operator), ("agent", agent), ("visitor", visitor), ("nobody", String::new())];
    read_everything(&mut scene, &callers).await;

    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut secrets: Vec<(String, String)> = SECRETS.iter().map(owned).collect();
    secrets.extend(scene.tokens.clone());
    for (what, answer) in &scene.answers {
        // An administrator is shown the address that it set; nobody else is.
        let is_others = [" as agent", " as visitor", " as nobody"].iter().any(|who| what.contains(who));
        let is_shown = what.contains("/SlackDetails") && !is_others;
        let hidden = |(name, _): &&(String, String)| !is_shown || name != "the webhook of a channel";
        is_clean(what, answer, &secrets.iter().filter(hidden).cloned().collect::<Vec<_>>());
    }
    let (log, rows) = (fs::read_to_string(folder.0.join("server.log")).unwrap(), dump(&database).await);
    is_clean("the database", &rows, &secrets);
    secrets.extend(WORDS.iter().map(owned));
    is_clean("the log", &log, &secrets);

    // These looks would have seen something.
    assert!(scene.answers.len() > 200 && secrets.len() > 20, "{} answers", scene.answers.len());
    assert!(log.contains("TRACE"), "the log says much");
    assert!(
        rows.contains(secret("what a visitor says")) && rows.contains("profile_secrets: (help,identity,")
    );
    let all: String = scene.answers.iter().map(|(_, answer)| answer.as_str()).collect();
    assert!(WORDS.iter().all(|(_, word)| all.contains(word)), "answers hold what they should");
}
