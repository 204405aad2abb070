//! A support desk with a profile, agents and visitors, as most tests need it.

use serde_json::{Value, json};

use super::TestApp;

pub const PASSWORD: &str = "correct horse";

/// One team of two agents, and a profile whose bot hands over to it.
pub struct Desk {
    pub test: TestApp,
    pub team: i64,
    pub anna: i64,
    pub anna_token: String,
    pub bert: i64,
    pub bert_token: String,
    /// Of a team that has nothing to do with the profile.
    pub carla_token: String,
}

/// A visitor in a chat.
pub struct Visit {
    pub chat: i64,
    pub token: String,
    pub started: Value,
}

impl Desk {
    pub async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    pub async fn over(test: TestApp) -> Self {
        let (anna, bert, carla) =
            (agent(&test, "Anna").await, agent(&test, "Bert").await, agent(&test, "Carla").await);
        let team = json!({ "name": "Support", "agents": [{ "id": anna }, { "id": bert }] });
        let team = test.post("/Team", &test.admin, &team).await.expect(201)["id"].as_i64().expect("an id");
        let other = json!({ "name": "Sales", "agents": [{ "id": carla }] });
        test.post("/Team", &test.admin, &other).await.expect(201);
        let profile = profile(team);
        test.post("/ChatProfile", &test.admin, &profile).await.expect(201);
        let client = test.client_credentials(&["all"], None).await;
        let (anna_token, bert_token, carla_token) = (
            sign_in(&test, &client, "anna").await,
            sign_in(&test, &client, "bert").await,
            sign_in(&test, &client, "carla").await,
        );
        Self { test, team, anna, anna_token, bert, bert_token, carla_token }
    }

    /// A visitor who has just opened the chat; the bot has asked its first question.
    pub async fn visit(&self) -> Visit {
        self.visit_to("help").await
    }

    /// A profile of these steps that opens with the key "open".
    pub async fn publish(&self, id: &str, steps: Value) {
        let profile = json!({ "id": id, "key": "open", "name": id, "bot_name": id, "access_type": 1,
            "steps": steps });
        self.test.post("/ChatProfile", &self.test.admin, &profile).await.expect(201);
    }

    /// Something that an administrator sets up; its id.
    pub async fn set_up(&self, path: &str, body: Value) -> i64 {
        self.test.post(path, &self.test.admin, &body).await.expect(201)["id"].as_i64().expect("an id")
    }

    /// The same, of another profile.
    pub async fn visit_to(&self, profile: &str) -> Visit {
        let body = json!({ "chatprofileid": profile, "chatprofilekey": "open", "display_name": "Ada" });
        let started = self.test.post("/Chat", "", &body).await.expect(201);
        Visit {
            chat: started["id"].as_i64().expect("an id"),
            token: started["access_token"].as_str().expect("a token").to_owned(),
            started,
        }
    }

    /// A visitor whom the bot has handed over: the chat is queued for the team.
    pub async fn queued(&self) -> Visit {
        let visit = self.visit().await;
        self.say(&visit, json!({ "text": "Person" })).await;
        visit
    }

    /// A visitor whom Anna is talking to.
    pub async fn live(&self) -> Visit {
        let visit = self.queued().await;
        let join = json!({ "id": visit.chat, "agent_id": self.anna });
        self.test.post("/Chat", &self.anna_token, &join).await.expect(201);
        visit
    }

    /// Something that the visitor posts, whatever members it has.
    pub async fn say(&self, visit: &Visit, message: Value) -> Value {
        self.say_as(&visit.token, visit.chat, message).await.expect(201)
    }

    pub async fn say_as(&self, token: &str, chat: i64, mut message: Value) -> super::Reply {
        message["chat_id"] = json!(chat);
        self.test.post("/ChatMessage", token, &message).await
    }

    pub async fn log(&self, chat: i64, token: &str, after: i64) -> Vec<Value> {
        let path = format!("/ChatMessage?chat_id={chat}&last_id={after}");
        let log = self.test.get(&path, token).await.expect(200);
        log.as_array().expect("a log is a list").clone()
    }

    /// What the log says, one line an entry: who, what kind, which words.
    pub async fn transcript(&self, chat: i64, token: &str) -> Vec<String> {
        let line = |entry: &Value| {
            let who = entry["display_name"].as_str().unwrap_or("?");
            let words = entry["textplain"].as_str().unwrap_or_default();
            match entry["system_id"].as_i64() {
                Some(0) => format!("{who}: {words}"),
                code => format!("{who} [{}] {words}", code.unwrap_or(-1)).trim_end().to_owned(),
            }
        };
        self.log(chat, token, 0).await.iter().map(line).collect()
    }

    pub async fn header(&self, chat: i64, token: &str) -> Value {
        self.test.get(&format!("/Chat/{chat}"), token).await.expect(200)
    }
}

async fn agent(test: &TestApp, name: &str) -> i64 {
    let email = format!("{}@desk.test", name.to_lowercase());
    let body = json!([{ "name": name, "email": email, "password": PASSWORD }]);
    test.post("/Agent", &test.admin, &body).await.expect(201)["id"].as_i64().expect("an id")
}

async fn sign_in(test: &TestApp, (id, secret): &(String, String), name: &str) -> String {
    let form = format!(
        "grant_type=password&client_id={id}&client_secret={secret}&username={name}@desk.test&password={PASSWORD}"
    );
    let token = test.form("/auth/token", &form).await.expect(200);
    token["access_token"].as_str().expect("a token").to_owned()
}

/// Greeting, a choice, a question with a condition behind it, hand-over.
pub fn profile(team: i64) -> Value {
    json!({
        "id": "help", "key": "open", "name": "Help", "access_type": 1, "bot_name": "Robin",
        "greeting": "Hello $username", "cors_whitelist_list": [{ "value": "shop.test" }],
        "steps": [
            { "step_id": 1, "name": "Ask", "isstart": true, "steptype": 1, "message": "Person or answer?",
              "actions": [
                { "action_name": "Person", "end_step": 2, "chat_selection_order": 1 },
                { "action_name": "Answer", "end_step": 3, "chat_selection_order": 2 } ] },
            { "step_id": 2, "name": "Hand over", "steptype": 8, "message": "One moment",
              "chat_teams": [{ "id": team }] },
            { "step_id": 3, "name": "Number", "steptype": 2, "message": "Which?", "allowstartoverride": true,
              "actions": [{ "end_step": 4 }] },
            { "step_id": 4, "name": "Bye", "steptype": 16, "message": "You said $answer" }
        ]
    })
}
