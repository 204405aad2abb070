//! `LiveChatMsg` as it arrives.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    api::{
        error::ApiError,
        objects::lenient::{BigInt, Flag, Int, Moment, Text, optional},
    },
    domain::{
        document::Document,
        ids::{ChatId, MessageNumber},
        message::AnswerValue,
    },
    service::message::{Claim, NewMessage},
};

/// Attachments of one message.
const ATTACHMENTS_MAX: usize = 100;

/// A message to add to a chat's log.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = LiveChatMsgIn, example = json!({"chat_id": 7, "text": "My printer is on fire"}))]
pub struct LiveChatMsgIn {
    #[serde(deserialize_with = "optional")]
    #[schema(value_type = i32)]
    pub chat_id: Option<Int>,
    /// Ignored from visitors; from staff a positive one names a message of their own to change.
    #[serde(deserialize_with = "optional")]
    pub id: Option<Int>,
    /// Your number in the chat; yours unless told. Only a client with scope `all` may name others.
    #[serde(deserialize_with = "optional")]
    pub sender_id: Option<Int>,
    /// HTML; what is outside the allow list is removed. A visitor's text without tags is plain.
    #[serde(deserialize_with = "optional")]
    pub text: Option<Text>,
    /// Plain text; derived from `text` when absent.
    #[serde(deserialize_with = "optional")]
    pub textplain: Option<Text>,
    /// For a choice the option's id, for a whole number the number, for feedback the score.
    #[serde(deserialize_with = "optional")]
    pub value_int: Option<Int>,
    #[serde(deserialize_with = "optional")]
    pub value_bool: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub value_date: Option<Moment>,
    #[serde(deserialize_with = "optional")]
    pub value_multi: Option<Text>,
    /// The flow step that this answers (`next_input_id` of the question).
    #[serde(deserialize_with = "optional")]
    pub input_id: Option<Int>,
    /// Believed only from a client with scope `all`.
    #[serde(deserialize_with = "optional")]
    pub timestamp: Option<Moment>,
    /// 0 an ordinary message, 4 closes the chat, 9 rates it, 17 is a note for staff.
    #[serde(deserialize_with = "optional")]
    pub system_id: Option<Int>,
    /// The name of a client that is no agent.
    #[serde(deserialize_with = "optional")]
    pub display_name: Option<Text>,
    /// With `id`: the message is to go, its words and whatever came with them.
    #[serde(rename = "_delete", deserialize_with = "optional")]
    pub deletes: Option<Flag>,
    /// The visitor's client says that the visitor left.
    #[serde(rename = "_abandoned", deserialize_with = "optional")]
    pub is_abandoned: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
    #[serde(deserialize_with = "optional")]
    pub attachment_id: Option<Int>,
    /// Ids of attachments, or pairs of `id` and `name`: the chat's own, or yours that belong to no
    /// chat yet.
    #[schema(value_type = Option<Vec<Object>>)]
    pub attachment_ids: Option<Vec<Value>>,
    #[serde(deserialize_with = "optional")]
    pub user_chat_url: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub remotetechid: Option<Int>,
    #[serde(rename = "_isremoteinvite", deserialize_with = "optional")]
    pub is_remote_invite: Option<Flag>,
    #[serde(rename = "_remoteintegration", deserialize_with = "optional")]
    pub remote_integration: Option<Text>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub local_storage_key_mappings: Option<Value>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub kb_search_results: Option<Value>,
    #[schema(value_type = Option<Vec<Object>>)]
    pub services_search_results: Option<Value>,
}

impl TryFrom<LiveChatMsgIn> for NewMessage {
    type Error = ApiError;

    fn try_from(body: LiveChatMsgIn) -> Result<Self, ApiError> {
        let chat = body.chat_id.ok_or_else(|| ApiError::bad_request("chat_id is missing"))?;
        let attachments = attachments(&body)?;
        let extra = extra(&body);
        let positive = |id: Option<Int>| id.map(|id| id.0).filter(|id| *id > 0);
        Ok(Self {
            chat: Some(ChatId::new(chat.0)),
            // Halo's "none" is 0 or below.
            sender: positive(body.sender_id).map(Claim),
            display_name: body.display_name.map(|name| name.0),
            code: body.system_id.map_or(0, |code| code.0),
            html: body.text.map(|text| text.0),
            plain: body.textplain.map(|text| text.0),
            answers_step: positive(body.input_id),
            value: AnswerValue {
                int: body.value_int.map(|value| value.0),
                bool: body.value_bool.map(|value| value.0),
                date: body.value_date.map(|value| value.0),
                multi: body.value_multi.map(|value| value.0),
            },
            page_data: page_data(body.local_storage_key_mappings.as_ref()),
            at: body.timestamp.map(|moment| moment.0),
            is_abandoned: body.is_abandoned.is_some_and(|flag| flag.0),
            deletes: body.deletes.is_some_and(|flag| flag.0),
            edits: positive(body.id).map(MessageNumber::new),
            attachments,
            extra,
        })
    }
}

/// The members that are kept and given back.
fn extra(body: &LiveChatMsgIn) -> Option<Document> {
    let members = [
        ("ticket_id", body.ticket_id.map(|id| id.0).filter(|id| *id > 0).map(Value::from)),
        ("user_chat_url", body.user_chat_url.as_ref().map(|url| Value::from(url.0.as_str()))),
        ("remotetechid", body.remotetechid.map(|id| Value::from(id.0))),
        ("_isremoteinvite", body.is_remote_invite.map(|flag| Value::from(flag.0))),
        ("_remoteintegration", body.remote_integration.as_ref().map(|name| Value::from(name.0.as_str()))),
        ("local_storage_key_mappings", body.local_storage_key_mappings.clone()),
        ("kb_search_results", body.kb_search_results.clone()),
        ("services_search_results", body.services_search_results.clone()),
    ];
    let kept: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.filter(|value| !value.is_null())?)))
        .collect();
    (!kept.is_empty()).then(|| Document::from_json(Value::Object(kept).to_string()))
}

/// Pairs of Halo's `KeyPair`: the id is the key, the name what stood under it.
fn page_data(mappings: Option<&Value>) -> Vec<(String, String)> {
    let rows = mappings.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    rows.iter()
        .filter_map(|row| {
            Some((row["id"].as_str()?.to_owned(), row["name"].as_str().unwrap_or_default().to_owned()))
        })
        .collect()
}

/// `attachment_id` and `attachment_ids` are one set; ids are taken bare as well as in pairs. Names
/// that were sent do not count.
fn attachments(body: &LiveChatMsgIn) -> Result<Vec<i32>, ApiError> {
    let single = body.attachment_id.map(|id| Value::from(id.0));
    let listed = body.attachment_ids.iter().flatten().cloned();
    let mut ids: Vec<i32> = Vec::new();
    for value in listed.chain(single) {
        let id = match value {
            Value::Object(mut pair) => pair.remove("id").unwrap_or_default(),
            id => id,
        };
        let id: BigInt = serde_json::from_value(id)
            .map_err(|_| ApiError::bad_request("attachment_ids holds ids, or pairs of id and name"))?;
        // Halo's "none" is 0 or below.
        if id.0 <= 0 {
            continue;
        }
        let id = i32::try_from(id.0)
            .map_err(|_| ApiError::bad_request(format!("attachment {} does not exist", id.0)))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.len() > ATTACHMENTS_MAX {
        return Err(ApiError::bad_request(format!("a message has at most {ATTACHMENTS_MAX} attachments")));
    }
    Ok(ids)
}
