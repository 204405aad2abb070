//! What happened to a chat, and what the service knows beforehand.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, FixedOffset, Utc};

use super::{
    field::Field,
    outside::{CallId, Finding, Outcome},
};
use crate::domain::ids::{ChatId, FieldId, LinkId, StepId, TeamId};

/// What a chat has learnt so far: `$name` in any text of the flow.
pub type Variables = BTreeMap<String, String>;

/// Something that happened to the chat.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The chat was opened, perhaps at a step that its page named.
    Opened { at: Option<StepId> },
    /// The visitor wrote something.
    Answered(Answer),
    /// Someone with the right to do so moved the chat to a step.
    Jumped { to: StepId },
    /// The answer to `Effect::LookUp`.
    Found(Finding),
    /// The chat comes from another flow (`Effect::Continue`); this one starts without a greeting.
    Entered,
    /// The flow that was to take over cannot; this one goes on.
    EntryFailed,
    /// The answer to `Effect::CallOut`. One that the chat no longer waits for moves nothing.
    CalledBack { call: CallId, outcome: Outcome },
    /// The time limit of this link has passed without an answer.
    TimedOut { link: LinkId },
}

/// What the visitor wrote, in whatever form it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The step that the client says it answers (`input_id`).
    pub step: Option<StepId>,
    /// The words themselves, not as HTML.
    pub text: String,
    pub value_int: Option<i32>,
    pub value_bool: Option<bool>,
    pub value_date: Option<DateTime<Utc>>,
    pub value_multi: Option<String>,
    /// What the widget read from its page's local storage, as (key, value).
    pub page_data: Vec<(String, String)>,
}

/// What the service knows before the walk; the engine asks nobody.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// In the time zone of the profile's working hours: `$today`, `time` and `weekday` read it.
    pub now: DateTime<FixedOffset>,
    pub chat_id: Option<ChatId>,
    pub profile_name: String,
    pub bot_name: String,
    pub page_url: String,
    pub language_id: Option<i32>,
    /// The country whose phone numbers need no country code, in two letters (ISO 3166).
    pub country: Option<String>,
    pub visitor_name: String,
    pub visitor_email: String,
    /// Whether the visitor is a known, signed-in user.
    pub visitor_is_known: bool,
    pub agent_name: String,
    pub ticket_id: Option<i32>,
    /// Inside the profile's working hours.
    pub within_hours: bool,
    /// Teams of which somebody can take a chat now.
    pub reachable_teams: BTreeSet<TeamId>,
    pub queue_position: Option<i32>,
    pub wait_minutes: Option<i32>,
    pub variables: Variables,
    /// The fields that this flow's questions fill.
    pub fields: Arc<BTreeMap<FieldId, Field>>,
    /// What a call that begins in this walk is known by; never the same twice in one chat.
    pub next_call: CallId,
}
