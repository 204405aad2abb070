//! A flow position and its variables, as columns of the chat that they belong to.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::{
    domain::ids::{ChatId, StepId},
    flow::{Position, Variables},
};

#[derive(Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum StoredPosition {
    NotStarted,
    Waiting { step: i32 },
    HandedOver,
    Finished,
}

pub(super) fn to_json(position: &Position) -> serde_json::Value {
    let stored = match position {
        Position::NotStarted => StoredPosition::NotStarted,
        Position::Waiting { step } => StoredPosition::Waiting { step: step.get() },
        Position::HandedOver => StoredPosition::HandedOver,
        Position::Finished => StoredPosition::Finished,
    };
    serde_json::to_value(stored).expect("a position holds numbers and names only")
}

pub(super) fn from_json(chat: ChatId, json: serde_json::Value) -> Result<Position, StoreError> {
    let stored = serde_json::from_value(json).map_err(|error| StoreError::bad_row("chats", chat, error))?;
    Ok(match stored {
        StoredPosition::NotStarted => Position::NotStarted,
        StoredPosition::Waiting { step } => Position::Waiting { step: StepId::new(step) },
        StoredPosition::HandedOver => Position::HandedOver,
        StoredPosition::Finished => Position::Finished,
    })
}

pub(super) fn variables_to_json(variables: &Variables) -> serde_json::Value {
    variables.iter().map(|(name, value)| (name.clone(), serde_json::Value::String(value.clone()))).collect()
}

pub(super) fn variables_from_json(chat: ChatId, json: serde_json::Value) -> Result<Variables, StoreError> {
    serde_json::from_value(json).map_err(|error| StoreError::bad_row("chats", chat, error))
}
