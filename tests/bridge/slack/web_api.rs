//! What the methods of the Web API do and answer.

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{
    BOT_USER, Slack,
    limits::{must_be_a_view, must_be_postable},
    refuse,
};

impl Slack {
    pub(super) fn answer(&self, method: &str, arguments: &Value) -> Response {
        let mut workspace = self.workspace.lock().unwrap();
        let answer = match method {
            "auth.test" => json!({ "user_id": BOT_USER, "bot_id": "BBOT", "team_id": "T1", "team": "Team" }),
            "bots.info" => json!({ "bot": { "id": "BBOT", "app_id": "A1", "name": "bot" } }),
            "users.info" => {
                let user = arguments["user"].as_str().unwrap();
                let email = format!("{}@people.test", user.to_lowercase());
                json!({ "user": { "id": user, "name": "ada", "profile": { "real_name": format!("Person {user}"),
                    "display_name": "", "email": email } } })
            }
            "conversations.open" => {
                json!({ "channel": { "id": format!("D{}", arguments["users"].as_str().unwrap()) } })
            }
            "chat.postMessage" => {
                if let Some(problem) = must_be_postable(arguments) {
                    return refuse(problem);
                }
                workspace.last_ts += 1;
                let ts = format!("1772442000.{:06}", workspace.last_ts);
                let channel = arguments["channel"].as_str().unwrap().to_owned();
                let mut message = arguments.clone();
                message["ts"] = json!(ts);
                message["bot_id"] = json!("BBOT");
                workspace.messages.entry(channel.clone()).or_default().push(message);
                json!({ "channel": channel, "ts": ts })
            }
            "chat.update" => {
                let channel = arguments["channel"].as_str().unwrap();
                let shown = workspace.messages.entry(channel.to_owned()).or_default();
                let Some(message) = shown.iter_mut().find(|one| one["ts"] == arguments["ts"]) else {
                    return refuse("message_not_found");
                };
                message["text"] = arguments["text"].clone();
                message["blocks"] = arguments["blocks"].clone();
                json!({ "ts": arguments["ts"] })
            }
            "chat.delete" => {
                let channel = arguments["channel"].as_str().unwrap();
                let shown = workspace.messages.entry(channel.to_owned()).or_default();
                shown.retain(|one| one["ts"] != arguments["ts"]);
                json!({})
            }
            "chat.postEphemeral" => {
                workspace.asides.push(arguments.clone());
                json!({ "message_ts": "1.0" })
            }
            "conversations.history" | "conversations.replies" if workspace.hides_history => {
                return refuse("missing_scope");
            }
            "conversations.history" | "conversations.replies" => {
                let channel = arguments["channel"].as_str().unwrap();
                json!({ "messages": workspace.messages.get(channel).cloned().unwrap_or_default() })
            }
            "views.open" => {
                assert!(arguments["trigger_id"].is_string());
                must_be_a_view(&arguments["view"]);
                workspace.views.push(arguments["view"].clone());
                json!({ "view": { "id": "V1" } })
            }
            "files.info" => match workspace.described.get(arguments["file"].as_str().unwrap()) {
                Some(file) => json!({ "file": file }),
                None => return refuse("file_not_found"),
            },
            "files.getUploadURLExternal" => {
                assert!(arguments["length"].as_str().unwrap().parse::<usize>().unwrap() > 0);
                let id = workspace.uploads.len() + 1;
                json!({ "upload_url": format!("http://{}/upload/{id}", self.address), "file_id": format!("F{id}") })
            }
            "files.completeUploadExternal" => {
                let channel = arguments["channel_id"].as_str().unwrap().to_owned();
                let name = arguments["files"][0]["title"].as_str().unwrap();
                let message = json!({ "text": format!("[file {name}]"), "ts": "2.0" });
                workspace.messages.entry(channel).or_default().push(message);
                json!({ "files": [{ "id": arguments["files"][0]["id"] }] })
            }
            other => panic!("nobody should call {other}"),
        };
        let mut answer = answer;
        answer["ok"] = json!(true);
        axum::Json(answer).into_response()
    }
}
