//! A desk with one caller of each kind, and objects that belong to some of them.

use std::collections::BTreeMap;

use aureole::service::auth::client;
use axum::body::Body;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::table::{Row, Way};
use crate::harness::{Desk, PASSWORD, Socket, TestApp, bearer};

/// What each object that can be named is made of; `$name` is an object that is made before it.
const OBJECTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access_matrix/objects.txt");

/// An id that nothing has.
const MISSING: &str = "999999999";

pub struct World {
    desk: Desk,
    host: String,
    /// Visitors of chats that no request is about.
    visitors: Objects,
    tokens: BTreeMap<&'static str, String>,
    /// What objects are made of, by name: an address and a body.
    recipes: BTreeMap<String, (String, String)>,
}

/// The objects of one request, by name, and the visitors that they belong to or not.
#[derive(Clone, Default)]
pub struct Objects {
    ids: BTreeMap<String, String>,
    visitor: String,
    other: String,
}

pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl World {
    pub async fn new() -> Self {
        let desk = Desk::new().await;
        let test = &desk.test;
        let expired = desk.visit().await.token;
        test.clock.advance(TimeDelta::days(2));
        let (former, secret) = test.client_credentials(&["all"], None).await;
        let form = format!("grant_type=client_credentials&client_id={former}&client_secret={secret}");
        let revoked = text(&test.form("/auth/token", &form).await.expect(200), "access_token").to_owned();
        client::revoke(&test.app, &former).await.unwrap();
        // Every cell makes chats, and nobody is to be too busy for them.
        for agent in [desk.anna, desk.bert] {
            desk.set_up("/Agent", json!({ "id": agent, "max_chats": 1_000_000 })).await;
        }
        let boss =
            json!({ "name": "Boss", "email": "boss@desk.test", "password": PASSWORD, "is_admin": true });
        desk.set_up("/Agent", boss).await;
        let (id, secret) = test.client_credentials(&["all"], None).await;
        let sign_in = async |name: &str, scope: &str| {
            let form = format!(
                "grant_type=password&client_id={id}&client_secret={secret}&username={name}@desk.test\
                 &password={PASSWORD}&scope={scope}"
            );
            text(&test.form("/auth/token", &form).await.expect(200), "access_token").to_owned()
        };
        let tokens = BTreeMap::from([
            ("expired", expired),
            ("revoked", revoked),
            ("anna", desk.anna_token.clone()),
            ("bert", desk.bert_token.clone()),
            ("carla", desk.carla_token.clone()),
            ("scopeless", sign_in("bert", "read:tickets").await),
            ("boss", sign_in("boss", "all").await),
            ("chat", test.client(&["access:chat"], None).await),
            ("admin", test.client(&["admin"], None).await),
            ("all", test.client(&["all"], None).await),
            ("none", test.client(&["read:tickets"], None).await),
            ("standard", test.client(&["all:standard"], None).await),
            ("edit", test.client(&["edit:tickets"], None).await),
            ("offline", test.client(&["offline_access"], None).await),
        ]);
        let host = test.listen().await;
        let recipe = |line: &str| {
            let mut parts = line.splitn(3, ' ').map(str::to_owned);
            let mut next = || parts.next().expect("a name, an address and a body");
            (next(), (next(), next()))
        };
        let objects = std::fs::read_to_string(OBJECTS).expect("the objects are there");
        let recipes = objects.lines().filter(|line| !line.starts_with('#')).map(recipe).collect();
        let visitors = Objects {
            visitor: desk.visit().await.token,
            other: desk.visit().await.token,
            ..Objects::default()
        };
        Self { desk, host, visitors, tokens, recipes }
    }

    /// Makes the objects that a request is about.
    pub async fn objects(&self, row: &Row) -> Objects {
        let mut objects = self.visitors.clone();
        for name in row.objects() {
            self.make(&name, &mut objects).await;
        }
        objects
    }

    async fn make(&self, name: &str, objects: &mut Objects) {
        if objects.ids.contains_key(name) {
            return;
        }
        let id = match name {
            "chat" => {
                let (visit, other) = (self.desk.live().await, self.desk.live().await);
                (objects.visitor, objects.other) = (visit.token, other.token);
                visit.chat.to_string()
            }
            "message" => {
                let chat = objects.id("chat").parse().unwrap();
                let said = self.desk.say_as(&self.desk.anna_token, chat, json!({ "text": "words" })).await;
                said.expect(201)["id"].to_string()
            }
            "team" => self.desk.team.to_string(),
            _ => {
                let (path, body) = self.recipes.get(name).unwrap_or_else(|| panic!("no recipe for ${name}"));
                for part in body.split('$').skip(1) {
                    let part: String = part.chars().take_while(char::is_ascii_alphabetic).collect();
                    Box::pin(self.make(&part, objects)).await;
                }
                let body: Value = serde_json::from_str(&objects.fill(body)).unwrap();
                // As the visitor where the object is the visitor's own.
                let token = if name == "file" { &objects.visitor } else { &self.desk.test.admin };
                let made = self.desk.test.post(path, token, &body).await.expect(201);
                made["id"].to_string().trim_matches('"').to_owned()
            }
        };
        objects.ids.insert(name.to_owned(), id);
    }

    /// Sends a row's request as one of the callers.
    pub async fn ask(&self, row: &Row, caller: &str, objects: &Objects) -> Answer {
        let test = &self.desk.test;
        let (token, key) = match caller {
            "nobody" => ("", ""),
            "key" => ("", "open"),
            "wrong" => ("", "shut"),
            "visitor" => (&*objects.visitor, ""),
            "other" => (&*objects.other, ""),
            _ => (&*self.tokens[caller], ""),
        };
        let mut target = objects.fill(&row.target);
        if !key.is_empty() && !target.contains("$key") {
            // A key opens nothing but what takes it, wherever it is put.
            let mark = if target.contains('?') { '&' } else { '?' };
            target = format!("{target}{mark}key=$key&chatprofilekey=$key&chatprofile_id=help");
        }
        let target = target.replace("$key", key);
        let body = objects.fill(&row.body).replace("$key", key);
        match row.way {
            Way::Plain => knock(test, row.method(), &target, token, body).await,
            Way::Form => {
                let fields: Vec<_> = body.split('&').filter_map(|field| field.split_once('=')).collect();
                let reply = test.upload_form(token, &[("a.txt", b"words")], &fields).await;
                Answer { status: reply.status.as_u16(), body: reply.body }
            }
            Way::Socket => match Socket::open(&self.host, &target, token).await {
                Ok(_) => Answer { status: 101, body: Value::Null },
                Err((status, body)) => Answer { status, body },
            },
            Way::Frame => {
                let mut socket = Socket::open(&self.host, &target, "").await.expect("anybody may connect");
                let mut frame: Value = serde_json::from_str(&body).unwrap();
                frame["token"] = json!(token);
                socket.send(&frame).await;
                let frame = socket.next().await.expect("something is answered");
                let status =
                    if frame["event"] == "end" { frame["data"]["status"].as_u64() } else { Some(101) };
                let status = u16::try_from(status.expect("a refusal has a status")).unwrap();
                Answer { status, body: frame["data"].clone() }
            }
        }
    }
}

async fn knock(test: &TestApp, method: &str, target: &str, token: &str, body: String) -> Answer {
    let mut headers = bearer(token);
    if !body.is_empty() {
        let kind = if body.starts_with(['{', '[']) { "json" } else { "x-www-form-urlencoded" };
        headers.push(("content-type".to_owned(), format!("application/{kind}")));
    }
    let (status, body) = test.knock(method, target, &headers, Body::from(body)).await;
    Answer { status: status.as_u16(), body }
}

fn text<'a>(body: &'a Value, member: &str) -> &'a str {
    body[member].as_str().unwrap_or_else(|| panic!("no {member}: {body}"))
}

impl Objects {
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("there is no ${name}"))
    }

    /// The same request about what does not exist; what is anybody's stays.
    pub fn missing(&self) -> Self {
        let missing = |(name, id): (&String, &String)| {
            let is_anybodys = name.starts_with(char::is_uppercase);
            (name.clone(), if is_anybodys { id.clone() } else { MISSING.to_owned() })
        };
        Self { ids: self.ids.iter().map(missing).collect(), ..self.clone() }
    }

    fn fill(&self, text: &str) -> String {
        // Longer names first: one may be the beginning of another.
        let mut names: Vec<_> = self.ids.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names.into_iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("${name}"), id))
    }

    /// A sentence without the ids in it.
    pub fn blank(&self, sentence: &str) -> String {
        let mut ids: Vec<_> = self.ids.values().collect();
        ids.sort_by_key(|id| std::cmp::Reverse(id.len()));
        ids.into_iter().fold(sentence.to_owned(), |text, id| text.replace(id.as_str(), "#"))
    }
}
