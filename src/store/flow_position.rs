//! A flow position and its variables, as columns of the chat that they belong to.

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::{
    domain::ids::{ChatId, StepId},
    flow::{CallId, Check, Position, Proof, Variables},
};

#[derive(Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum StoredPosition {
    NotStarted,
    Waiting { step: i32 },
    Verifying { step: i32, proof: StoredProof },
    Commenting { step: i32 },
    LookingUp { step: i32, steps_taken: usize, check: Option<(StoredProof, String)> },
    Entering { step: i32, steps_taken: usize },
    Calling { step: i32, call: i64, steps_taken: usize, has_more: bool },
    HandedOver,
    Finished,
}

#[derive(Serialize, Deserialize)]
struct StoredProof {
    attempt: u32,
    email: Option<String>,
    question: usize,
    holds: bool,
}

pub(super) fn to_json(position: &Position) -> serde_json::Value {
    let stored = match position {
        Position::NotStarted => StoredPosition::NotStarted,
        Position::Waiting { step } => StoredPosition::Waiting { step: step.get() },
        Position::Verifying { step, proof } => {
            StoredPosition::Verifying { step: step.get(), proof: proof.into() }
        }
        Position::Commenting { step } => StoredPosition::Commenting { step: step.get() },
        Position::LookingUp { step, steps_taken, check } => StoredPosition::LookingUp {
            step: step.get(),
            steps_taken: *steps_taken,
            check: check.as_ref().map(|check| ((&check.proof).into(), check.answer.clone())),
        },
        Position::Entering { step, steps_taken } => {
            StoredPosition::Entering { step: step.get(), steps_taken: *steps_taken }
        }
        Position::Calling { step, call, steps_taken, has_more } => StoredPosition::Calling {
            step: step.get(),
            call: call.get(),
            steps_taken: *steps_taken,
            has_more: *has_more,
        },
        Position::HandedOver => StoredPosition::HandedOver,
        Position::Finished => StoredPosition::Finished,
    };
    serde_json::to_value(stored).expect("a position holds numbers and texts only")
}

pub(super) fn from_json(chat: ChatId, json: serde_json::Value) -> Result<Position, StoreError> {
    let stored = serde_json::from_value(json).map_err(|error| StoreError::bad_row("chats", chat, error))?;
    let step = StepId::new;
    Ok(match stored {
        StoredPosition::NotStarted => Position::NotStarted,
        StoredPosition::Waiting { step: at } => Position::Waiting { step: step(at) },
        StoredPosition::Verifying { step: at, proof } => {
            Position::Verifying { step: step(at), proof: proof.into() }
        }
        StoredPosition::Commenting { step: at } => Position::Commenting { step: step(at) },
        StoredPosition::LookingUp { step: at, steps_taken, check } => Position::LookingUp {
            step: step(at),
            steps_taken,
            check: check.map(|(proof, answer)| Check { proof: proof.into(), answer }),
        },
        StoredPosition::Entering { step: at, steps_taken } => {
            Position::Entering { step: step(at), steps_taken }
        }
        StoredPosition::Calling { step: at, call, steps_taken, has_more } => {
            Position::Calling { step: step(at), call: CallId::new(call), steps_taken, has_more }
        }
        StoredPosition::HandedOver => Position::HandedOver,
        StoredPosition::Finished => Position::Finished,
    })
}

impl From<&Proof> for StoredProof {
    fn from(proof: &Proof) -> Self {
        Self {
            attempt: proof.attempt,
            email: proof.email.clone(),
            question: proof.question,
            holds: proof.holds,
        }
    }
}

impl From<StoredProof> for Proof {
    fn from(stored: StoredProof) -> Self {
        Self { attempt: stored.attempt, email: stored.email, question: stored.question, holds: stored.holds }
    }
}

pub(super) fn variables_to_json(variables: &Variables) -> serde_json::Value {
    variables.iter().map(|(name, value)| (name.clone(), serde_json::Value::String(value.clone()))).collect()
}

pub(super) fn variables_from_json(chat: ChatId, json: serde_json::Value) -> Result<Variables, StoreError> {
    serde_json::from_value(json).map_err(|error| StoreError::bad_row("chats", chat, error))
}
