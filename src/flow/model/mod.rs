//! What the engine speaks of: a flow as stored, where a chat stands in it, what happened,
//! and what the caller must do about it.

mod effect;
mod event;
mod field;
mod outside;
mod position;
mod problem;
mod source;

pub use effect::{Advance, Effect, Reception, Saying, Value};
pub use event::{Answer, Event, Facts, Variables};
pub use field::{Field, FieldKind};
pub use outside::{CallId, CallOut, Finding, HttpRequest, KnownUser, LookUp, NewTicket, Outcome};
pub use position::{Check, Position, Proof};
pub use problem::Problem;
pub use source::{
    CriterionSource, FlowSource, HttpBody, HttpTemplate, LinkSource, ProofSource, StartMapping, StepSource,
    TicketSource,
};

pub use crate::domain::{
    finding::{ArticleHit, ServiceHit},
    question::{Ask, AskKind, Choice, StorageKey, Suggestion},
};
