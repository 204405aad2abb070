//! What `POST /Chat` takes and gives.

use serde::{Deserialize, Serialize};

use super::LiveChatHeader;
use crate::{
    api::{
        chat_message::wire::LiveChatMsg,
        error::ApiError,
        objects::lenient::{Flag, Int, Text, optional},
        token::wire::TokenMembers,
    },
    domain::ids::ProfileId,
    service::chat::{ChatChange, NewChat},
};

/// A chat to start (without `id`) or to change (with the `id` of one that exists).
// Not Debug: it holds tokens.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
#[schema(as = LiveChatHeaderIn, example = json!({
    "chatprofileid": "a34f0eb2-5f48-44af-87f7-5ba3307339a9", "chatprofilekey": "open-sesame",
    "display_name": "Ada", "email": "ada@example.com", "pageurl": "https://example.com/pricing"
}))]
pub struct LiveChatHeaderIn {
    /// An existing chat; absent, 0 or negative: a new one.
    #[serde(deserialize_with = "optional")]
    pub id: Option<Int>,

    /// The chat profile to start.
    #[serde(deserialize_with = "optional")]
    pub chatprofileid: Option<Text>,
    /// The same as `chatprofileid`.
    #[serde(deserialize_with = "optional")]
    pub chatprofile_id: Option<Text>,
    /// The profile's public key; not needed with a token.
    #[serde(deserialize_with = "optional")]
    pub chatprofilekey: Option<Text>,
    /// The same as `chatprofilekey`.
    #[serde(deserialize_with = "optional")]
    pub key: Option<Text>,
    /// The visitor's name.
    #[serde(deserialize_with = "optional")]
    pub display_name: Option<Text>,
    /// The visitor's e-mail address; a claim, never a sign-in.
    #[serde(deserialize_with = "optional")]
    pub email: Option<Text>,
    /// The page on which the chat was opened.
    #[serde(deserialize_with = "optional")]
    pub pageurl: Option<Text>,
    /// A step that permits being started at.
    #[serde(deserialize_with = "optional")]
    pub flow_step: Option<Int>,
    /// The visitor's id from an earlier chat; believed only with a client's or agent's token.
    #[serde(deserialize_with = "optional")]
    pub unknown_id: Option<Text>,
    /// A JSON Web Token, signed with the profile's secret, that says who the visitor is; also for an
    /// open chat.
    #[serde(deserialize_with = "optional")]
    pub identity_token: Option<Text>,
    /// With `matching_key`, opens what `POST /ChatMatchingData` has kept: claims about the visitor,
    /// and variables for the flow.
    #[serde(deserialize_with = "optional")]
    pub matching_guid: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub matching_key: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub language_id: Option<Int>,
    #[serde(deserialize_with = "optional")]
    pub teams_conversation_id: Option<Text>,
    /// The chat's name; the visitor's unless told.
    #[serde(deserialize_with = "optional")]
    pub name: Option<Text>,

    /// True closes the chat, false opens it again.
    #[serde(deserialize_with = "optional")]
    pub isclosed: Option<Flag>,
    /// Gives the chat to this agent: yourself to join, another to hand over.
    #[serde(deserialize_with = "optional")]
    pub agent_id: Option<Int>,
    /// Puts the chat into this team's queue.
    #[serde(deserialize_with = "optional")]
    pub team_id: Option<Int>,
    /// Marks messages up to this one as read by you.
    #[serde(deserialize_with = "optional")]
    pub readid: Option<Int>,
    /// Takes the chat although another agent has it.
    #[serde(rename = "_takeover", deserialize_with = "optional")]
    pub takes_over: Option<Flag>,
    /// Brings in a second agent.
    #[serde(rename = "_invite_agent_id", deserialize_with = "optional")]
    pub invites: Option<Int>,
    /// Leaves the chat.
    #[serde(rename = "_leave", deserialize_with = "optional")]
    pub leaves: Option<Flag>,
    /// Words for staff only, beside any of these.
    #[serde(rename = "_note", deserialize_with = "optional")]
    pub note: Option<Text>,
}

/// A chat's header; for a chat that was just started, the visitor's token and the log so far.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiveChatStarted {
    #[serde(flatten)]
    pub header: LiveChatHeader,
    #[serde(flatten)]
    #[schema(nullable = false)]
    pub token: Option<TokenMembers>,
    /// The visitor's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_id: Option<String>,
    /// The greeting and the bot's first messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<LiveChatMsg>>,
}

/// What one member of the body asks for.
pub enum Wish {
    Start(Box<NewChat>),
    Change(Box<ChatChange>),
}

impl From<LiveChatHeaderIn> for Wish {
    fn from(body: LiveChatHeaderIn) -> Self {
        // References of 0 or below are Halo's "none".
        let reference = |id: Option<Int>| id.map(|id| id.0).filter(|id| *id > 0);
        let text = |text: Option<Text>| text.map(|text| text.0).filter(|text| !text.is_empty());
        match reference(body.id) {
            None => Self::Start(Box::new(NewChat {
                profile: text(body.chatprofileid).or_else(|| text(body.chatprofile_id)).map(ProfileId::new),
                key: text(body.chatprofilekey).or_else(|| text(body.key)),
                display_name: text(body.display_name),
                email: text(body.email),
                page_url: text(body.pageurl),
                flow_step: reference(body.flow_step),
                unknown_id: text(body.unknown_id),
                language_id: reference(body.language_id),
                teams_conversation_id: text(body.teams_conversation_id),
                slack: None,
                name: text(body.name),
                identity_token: text(body.identity_token).map(Into::into),
                matching_guid: text(body.matching_guid),
                matching_key: text(body.matching_key).map(Into::into),
            })),
            Some(chat) => Self::Change(Box::new(ChatChange {
                chat,
                name: text(body.name),
                page_url: text(body.pageurl),
                language_id: reference(body.language_id),
                is_closed: body.isclosed.map(|flag| flag.0),
                agent: reference(body.agent_id),
                team: reference(body.team_id),
                read: body.readid.map(|id| id.0),
                takes_over: body.takes_over.is_some_and(|flag| flag.0),
                invites: reference(body.invites),
                leaves: body.leaves.is_some_and(|flag| flag.0),
                identity_token: text(body.identity_token).map(Into::into),
                note: text(body.note),
            })),
        }
    }
}

/// All members start chats, or all change them: a body that does both is a mistake.
pub fn sort_wishes(bodies: Vec<LiveChatHeaderIn>) -> Result<(Vec<NewChat>, Vec<ChatChange>), ApiError> {
    let (mut starts, mut changes) = (Vec::new(), Vec::new());
    for body in bodies {
        match Wish::from(body) {
            Wish::Start(new) => starts.push(*new),
            Wish::Change(change) => changes.push(*change),
        }
    }
    if starts.is_empty() || changes.is_empty() {
        Ok((starts, changes))
    } else {
        Err(ApiError::bad_request("start chats and change chats in separate requests"))
    }
}
