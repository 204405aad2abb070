//! What one event comes to.

use chrono::{DateTime, Utc};

use super::{
    outside::{CallId, CallOut, LookUp},
    position::Position,
};
use crate::domain::{
    finding::Hits,
    ids::{ProfileId, StepId, TeamId, UserId},
    question::Ask,
    text::SafeHtml,
};

/// The new position, and what goes with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Advance {
    pub position: Position,
    /// How the visitor's message is to be stored, when the event was one.
    pub reception: Reception,
    /// What the caller must do, in order.
    pub effects: Vec<Effect>,
    /// Steps run since the visitor last did something, lookups, calls and other flows included.
    pub steps_taken: usize,
}

impl Advance {
    /// Nothing moves and nothing is said.
    pub fn stay(position: &Position) -> Self {
        Self {
            position: position.clone(),
            reception: Reception::NotAsked,
            effects: Vec::new(),
            steps_taken: 0,
        }
    }
}

/// How the flow took the visitor's words.
#[derive(Clone, Debug, PartialEq)]
pub enum Reception {
    /// Nothing was asked: an ordinary message.
    NotAsked,
    /// The answer to `step`, in its normal form; it moved the flow.
    Accepted { step: StepId, value: Value },
    /// The answer to `step`, but not one it can take; asked again.
    Refused { step: StepId },
    /// An answer to a step that the chat has left: kept as text with a warning.
    Stale,
}

/// A normalised answer; the kind says which member of the message carries it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    /// A choice: the link or the entry of the values list, and its label.
    Choice {
        id: Option<i32>,
        value: String,
        label: String,
    },
    Multi(Vec<String>),
    Bool(bool),
    Integer(i32),
    Decimal(String),
    Date(DateTime<Utc>),
}

/// Something the caller must do, in the caller's transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Say(Saying),
    SetVariable {
        name: String,
        value: String,
    },
    /// The visitor has proved to be this user.
    Identify {
        user: UserId,
        name: String,
        email: String,
    },
    /// The visitor rated the chat, from 1 (worst) to 5 (best).
    Rate {
        score: i32,
    },
    /// Words to go with the rating that was given before.
    CommentOnRating {
        comment: String,
    },
    /// Queue the chat for these teams; empty means any team.
    HandOver {
        teams: Vec<TeamId>,
    },
    /// Always the last: look it up and advance with `Event::Found`, in the same transaction.
    LookUp(LookUp),
    /// Always the last: advance in that profile's flow with `Event::Entered`, or in this one with
    /// `Event::EntryFailed`, in the same transaction.
    Continue {
        profile: ProfileId,
    },
    /// Always the last: make the call once this transaction is committed.
    CallOut {
        call: CallId,
        what: CallOut,
    },
    Close,
    /// The walk took too many steps; the chat waits where it spoke last.
    ReportEndless {
        at: StepId,
    },
}

/// One message of the bot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saying {
    /// None for the greeting.
    pub step: Option<StepId>,
    pub html: SafeHtml,
    pub image: i32,
    pub ask: Option<Ask>,
    pub hits: Hits,
}
