//! What is told, in one piece: a name, data, and the place in the log to resume from.

use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::told::{FrameError, Over, Refused, StreamEnd, StreamTyping};
use crate::{
    api::{
        chat::wire::{LiveChatHeader, LiveChatTyping},
        chat_message::wire::LiveChatMsg,
        error::ApiError,
    },
    domain::{caller::Caller, ids::ChatId},
    service::follow::Happening,
};

/// One frame, whatever carries it.
#[derive(Serialize)]
pub struct Frame {
    pub event: &'static str,
    /// What to resume from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub data: Box<RawValue>,
    /// What a client called the frame that this answers.
    #[serde(rename = "ref", skip_serializing_if = "Value::is_null")]
    pub reference: Value,
}

impl Frame {
    pub fn new(event: &'static str, id: Option<String>, data: &impl Serialize) -> Self {
        let data = serde_json::value::to_raw_value(data).expect("wire objects are plain data");
        Self { event, id, data, reference: Value::Null }
    }

    /// The last frame, with what to do next in one word.
    pub fn end(reason: Over) -> Self {
        Self::new("end", None, &StreamEnd::Over { reason })
    }

    /// The last frame of somebody who is no longer let in, in the words of any other answer.
    pub fn refusal(error: &ApiError) -> Self {
        let refusal = told_of(error);
        Self::new("end", None, &StreamEnd::Refused { reason: Refused::Refused, refusal })
    }

    /// Something that was asked for and is not done.
    pub fn error(error: &ApiError) -> Self {
        Self::new("error", None, &told_of(error))
    }

    pub fn about(self, reference: Value) -> Self {
        Self { reference, ..self }
    }

    /// What happened, as this caller may see it.
    pub fn of(happening: Happening, chat: ChatId, caller: &Caller) -> Vec<Self> {
        match happening {
            Happening::Entries(log) => LiveChatMsg::of_log(&log, caller)
                .iter()
                .map(|message| Self::new("message", Some(message.id.to_string()), message))
                .collect(),
            Happening::Header(view) => {
                vec![Self::new("header", None, &LiveChatHeader::new(*view, caller))]
            }
            Happening::Typing(typing) => {
                let typing = typing.into_iter().map(LiveChatTyping::from).collect();
                vec![Self::new("typing", None, &StreamTyping { chat_id: chat.get(), typing })]
            }
            Happening::Closed => vec![Self::end(Over::Closed)],
        }
    }

    pub fn is_end(&self) -> bool {
        self.event == "end"
    }
}

/// Logs a fault of ours: no answer is built of it.
fn told_of(error: &ApiError) -> FrameError<'_> {
    error.log();
    FrameError { status: error.status().as_u16(), error: error.body() }
}
