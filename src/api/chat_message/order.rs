//! What a socket's client asks for, and what it is answered.

use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{new_message::LiveChatMsgIn, wire::LiveChatMsg};
use crate::{
    api::{
        error::ApiError,
        extract::parse,
        idempotency,
        objects::lenient::{Flag, Int, optional},
        stream::Frame,
    },
    app::App,
    domain::{caller::Caller, ids::ChatId},
    service::{
        chat::{self, ChatChange},
        message::{self, Claim, NewMessage},
        rates,
    },
};

/// One frame of a client's.
#[derive(Deserialize)]
pub struct Order {
    /// Comes back with the answer.
    #[serde(rename = "ref", default)]
    reference: Value,
    #[serde(default)]
    post: Option<LiveChatMsgIn>,
    #[serde(default)]
    idempotency_key: Option<String>,
    #[serde(default)]
    typing: Option<Typing>,
    #[serde(default, deserialize_with = "optional")]
    read: Option<Int>,
}

#[derive(Deserialize)]
struct Typing {
    #[serde(rename = "_stopped", default, deserialize_with = "optional")]
    stopped: Option<Flag>,
}

/// What a frame is called that is not understood.
#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "ref", default)]
    reference: Value,
}

impl Reference {
    fn of(text: &[u8]) -> Value {
        serde_json::from_slice(text).map_or(Value::Null, |Self { reference }| reference)
    }
}

impl Order {
    /// Does what a frame asks for; answers the frame that says what came of it.
    pub async fn obey(
        app: &App,
        caller: &Caller,
        address: Option<IpAddr>,
        chat: ChatId,
        text: &[u8],
    ) -> Frame {
        // A frame counts like a request, whether or not it is understood.
        let counted = rates::charge(app, caller, address, true).map_err(ApiError::from);
        let (reference, answer) = match (parse::<Self>(text), counted) {
            (Ok(order), Ok(())) => (order.reference.clone(), order.carry_out(app, caller, chat, text).await),
            (Ok(order), Err(spent)) => (order.reference, Err(spent)),
            (Err(error), _) => (Reference::of(text), Err(error)),
        };
        match answer {
            Ok(answer) => Frame::new("done", None, &answer).about(reference),
            Err(error) => Frame::error(&error).about(reference),
        }
    }

    async fn carry_out(
        self,
        app: &App,
        caller: &Caller,
        chat: ChatId,
        text: &[u8],
    ) -> Result<Value, ApiError> {
        if let Some(post) = self.post {
            let post = LiveChatMsgIn { chat_id: Some(Int(chat.get())), ..post };
            let new = NewMessage::try_from(post)?;
            let hash = Sha256::new().chain_update("/ChatMessage/Socket").chain_update([0]).chain_update(text);
            let repeatable =
                self.idempotency_key.map(|key| idempotency::named(caller, &key, hash.finalize().to_vec()));
            let posted = message::post(app, caller, vec![new], repeatable.transpose()?).await?;
            let posted = posted.first().map(|one| LiveChatMsg::of_post(one, caller));
            return Ok(json!(posted));
        }
        if let Some(typing) = self.typing {
            let has_stopped = typing.stopped.is_some_and(|flag| flag.0);
            message::set_typing(app, caller, chat, own_claim(caller)?, has_stopped).await?;
            return Ok(json!({}));
        }
        if let Some(read) = self.read {
            let change = ChatChange { chat: chat.get(), read: Some(read.0), ..ChatChange::default() };
            chat::change(app, caller, vec![change], None).await?;
            return Ok(json!({}));
        }
        Err(ApiError::bad_request("a frame has post, typing or read"))
    }
}

/// Who the caller is, in the words of those who must say it.
fn own_claim(caller: &Caller) -> Result<Claim, ApiError> {
    match caller {
        Caller::Visitor { participant, .. } => Ok(Claim(participant.get())),
        _ => match caller.agent() {
            Some(agent) => Ok(Claim(agent.id.get())),
            None => Err(ApiError::bad_request("only visitors and agents type")),
        },
    }
}
