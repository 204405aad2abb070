//! JSON shapes of `/Privacy`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    api::{
        error::ApiError,
        objects::lenient::{Int, Text, optional},
    },
    domain::{
        ids::{ChatId, UserId},
        person::Subject,
    },
    service::privacy::Erased,
};

/// Whose data it is about; exactly one member.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(example = json!({"email": "ada@example.test"}))]
pub struct PersonIn {
    /// Whoever gave this address, is the user with it, or has it in Slack.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Text>,
    /// A known user, with whatever goes by the user's e-mail address.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = Option<i32>)]
    pub user_id: Option<Int>,
    /// A visitor whom nobody knows.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = Option<String>)]
    pub unknown_id: Option<Text>,
    /// The visitor of this chat, with the other chats of the same `unknown_id`.
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = Option<i32>)]
    pub chat_id: Option<Int>,
}

impl PersonIn {
    pub(super) fn subject(self) -> Result<Subject, ApiError> {
        let text =
            |text: Option<Text>| text.map(|text| text.0.trim().to_owned()).filter(|text| !text.is_empty());
        let number = |id: Option<Int>| id.map(|id| id.0).filter(|id| *id > 0);
        let named = [
            text(self.email).map(Subject::Email),
            number(self.user_id).map(|id| Subject::User(UserId::new(id))),
            text(self.unknown_id).map(Subject::Unknown),
            number(self.chat_id).map(|id| Subject::Chat(ChatId::new(id))),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(subject), None) => Ok(subject),
            _ => Err(ApiError::bad_request("one of email, user_id, unknown_id and chat_id names the person")),
        }
    }
}

/// What was removed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"complete": true, "removed": {"chats": 2, "messages": 31, "attachments": 1}}))]
pub struct ErasedOut {
    /// False: there is more, and the same request goes on with it.
    pub complete: bool,
    /// Rows that were removed or emptied, by kind.
    pub removed: BTreeMap<&'static str, u64>,
}

impl From<Erased> for ErasedOut {
    fn from(erased: Erased) -> Self {
        Self { complete: erased.is_complete, removed: erased.removed.0 }
    }
}

/// Everything that is kept of a person. The members of rows are those of the database.
#[derive(utoipa::ToSchema)]
#[schema(example = json!({"person": {"user_ids": [], "emails": ["ada@example.test"]}, "users": [], "tickets": [],
    "slack_people": [], "matching_data": [], "chats": [{"id": 7, "messages": [{"message_id": 1}]}]}))]
#[expect(dead_code, reason = "describes an answer; it is written piece by piece")]
pub struct PersonExport {
    /// What the person is known by.
    person: Map<String, Value>,
    users: Vec<Map<String, Value>>,
    tickets: Vec<Map<String, Value>>,
    slack_people: Vec<Map<String, Value>>,
    matching_data: Vec<Map<String, Value>>,
    /// Each chat with `header`, `participants`, `messages`, `former_texts`, `attachments`, `feedback`,
    /// `tickets`, `actions`, `sessions`, `calls` and `slack_messages`.
    chats: Vec<Map<String, Value>>,
}
