//! A visitor of one chat, and the chat's log in words.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::TestApp;

pub struct Visitor<'a> {
    test: &'a TestApp,
    profile: String,
    chat: i64,
    token: String,
}

impl<'a> Visitor<'a> {
    /// Opens a chat on a page, as its widget would.
    pub async fn open(test: &'a TestApp, profile: &str, page: &str) -> Self {
        let start = json!({
            "chatprofileid": profile, "chatprofilekey": format!("{profile}-key"), "display_name": "Visitor",
            "pageurl": page,
        });
        let started = test.post("/Chat", "", &start).await.expect(201);
        let token = started["access_token"].as_str().unwrap().to_owned();
        Self { test, profile: profile.to_owned(), chat: started["id"].as_i64().unwrap(), token }
    }

    pub async fn say(&self, words: &[&str]) {
        for text in words {
            self.send(json!({ "text": text })).await;
        }
    }

    /// Something in another member than `text`.
    pub async fn send(&self, mut message: Value) {
        message["chat_id"] = json!(self.chat);
        self.test.post("/ChatMessage", &self.token, &message).await.expect(201);
    }

    pub async fn log(&self) -> Vec<Value> {
        let path = format!("/ChatMessage?chat_id={}", self.chat);
        self.test.get(&path, &self.token).await.expect(200).as_array().unwrap().clone()
    }

    pub async fn header(&self) -> Value {
        self.test.get(&format!("/Chat/{}", self.chat), &self.token).await.expect(200)
    }

    /// The log, one line an entry: who, which words, what was found, what is asked.
    pub async fn told(&self) -> String {
        self.log().await.iter().map(|entry| self.line(entry)).collect::<Vec<_>>().join("\n")
    }

    fn line(&self, entry: &Value) -> String {
        let text = entry["textplain"].as_str().unwrap_or_default().replace('\n', " / ");
        let mut line = match entry["system_id"].as_i64().unwrap() {
            0 => format!("{}: {text}", self.speaker(entry)),
            1 => "-- started".to_owned(),
            4 => "-- closed".to_owned(),
            5 => "-- queued".to_owned(),
            9 => format!("-- rated {} {text}", entry["value_int"]).trim_end().to_owned(),
            10 => format!("-- ticket {}", entry["ticket_id"]),
            14 => "-- identified".to_owned(),
            code => panic!("an entry of another kind: {code}"),
        };
        line += &values(entry);
        for member in ["kb_search_results", "services_search_results"] {
            line += &listed(&entry[member], "name", ['{', '}']);
        }
        if let Some(ask) = entry.get("next_input_fieldinfo") {
            line += &asked(ask);
        }
        line
    }

    /// Which flow's bot it is, once the chat has moved to another flow.
    fn speaker(&self, entry: &Value) -> String {
        match entry["chatprofileid"].as_str() {
            _ if entry["sender_id"] != 0 => entry["display_name"].as_str().unwrap().to_owned(),
            Some(other) if other != self.profile => format!("bot of {other}"),
            _ => "bot".to_owned(),
        }
    }
}

/// The typed answer in the visitor's own words.
fn values(entry: &Value) -> String {
    let members = ["value_int", "value_bool", "value_date", "value_multi"];
    let members = members.iter().filter(|_| entry["sender_id"] != 0 && entry["system_id"] == 0);
    members.filter_map(|member| Some(format!(" [{member} {}]", entry.get(*member)?))).collect()
}

fn asked(ask: &Value) -> String {
    format!(
        " <- {}{}{}{}",
        ask["type"].as_str().unwrap(),
        listed(&ask["lookup_values"], "label", ['[', ']']),
        listed(&ask["local_storage_key_mappings"], "id", ['[', ']']),
        listed(&ask["input_suggestions"], "suggestion_text", ['(', ')']),
    )
}

/// A member of every row, between brackets.
fn listed(rows: &Value, member: &str, [open, close]: [char; 2]) -> String {
    let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().fold(String::new(), |mut listed, row| {
        write!(listed, " {open}{}{close}", row[member].as_str().unwrap()).unwrap();
        listed
    })
}
