//! What the engine speaks of: a flow as stored, where a chat stands in it, what happened,
//! and what the caller must do about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use chrono::{DateTime, FixedOffset, Utc};

use super::pattern::Pattern;
pub use crate::domain::question::{Ask, AskKind, Choice, Suggestion};
use crate::domain::{
    ids::{ChatId, FieldId, LinkId, ProfileId, StepId, TeamId},
    text::SafeHtml,
};

/// What a chat has learnt so far: `$name` in any text of the flow.
pub type Variables = BTreeMap<String, String>;

/// A profile's flow as the administrator stored it.
#[derive(Clone, Debug, Default)]
pub struct FlowSource {
    /// The first thing the bot says, before the first step (HTML with variables).
    pub greeting: Option<String>,
    pub steps: Vec<StepSource>,
}

/// One `FlowDetail` as stored; only what chat acts on.
#[derive(Clone, Debug, Default)]
pub struct StepSource {
    pub step_id: Option<i32>,
    pub name: Option<String>,
    /// Halo's `steptype`; our numbers, unknown ones are treated as 0.
    pub kind: i32,
    pub is_start: bool,
    pub is_end: bool,
    pub allow_start_override: bool,
    pub message: Option<String>,
    pub message2: Option<String>,
    pub message3: Option<String>,
    /// The template of kinds 9, 10 and 11.
    pub content: Option<String>,
    pub input_field_id: Option<i32>,
    pub image: i32,
    pub teams: Vec<TeamId>,
    pub conditions: Vec<CriterionSource>,
    pub links: Vec<LinkSource>,
    /// `output_variables` as (name, template), in order.
    pub assignments: Vec<(String, String)>,
    pub suggestions: Vec<Suggestion>,
    pub next_profile: Option<ProfileId>,
    pub ai_failure_step: Option<i32>,
}

/// One `FlowSubDetail` as stored.
#[derive(Clone, Debug, Default)]
pub struct LinkSource {
    pub id: Option<i32>,
    pub end_step: Option<i32>,
    pub label: Option<String>,
    /// The order in which links are tried.
    pub seq: i32,
    /// The order in which options are shown.
    pub selection_order: i32,
    /// 0 plain, 1 success, 2 failure.
    pub approval_result: i32,
    pub time_limit_mins: Option<f64>,
    pub conditions: Vec<CriterionSource>,
}

/// One `AutoassignCriteria` row as stored.
#[derive(Clone, Debug, Default)]
pub struct CriterionSource {
    /// What is judged: a variable's name, with or without the dollar sign.
    pub field_name: Option<String>,
    /// Halo's `type`: 0 equals, 1 differs, 2 contains, … (see the README's numbers).
    pub comparison: i32,
    pub value_string: Option<String>,
    pub value_int: Option<i32>,
    pub value_float: Option<f64>,
    pub value_datetime: Option<DateTime<Utc>>,
    pub table_name: Option<String>,
}

/// A field that a question fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub id: FieldId,
    /// The variable that the answer is kept in.
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
    /// What a choice offers: (value, label).
    pub values: Vec<Choice>,
    pub regex: Option<Pattern>,
    /// Characters an answer may have.
    pub character_limit: Option<u32>,
}

/// `FieldInfo.type`; our numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Memo,
    Choice,
    MultiChoice,
    Date,
    Time,
    Bool,
    Integer,
    Decimal,
    Email,
    Phone,
    Url,
}

/// Where a chat stands in its flow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Position {
    #[default]
    NotStarted,
    /// A question or a choice is open.
    Waiting { step: StepId },
    /// People have the chat.
    HandedOver,
    /// The bot has said all it has to say.
    Finished,
}

/// Something that happened to the chat.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The chat was opened, perhaps at a step that its page named.
    Opened { at: Option<StepId> },
    /// The visitor wrote something.
    Answered(Answer),
    /// Someone with the right to do so moved the chat to a step.
    Jumped { to: StepId },
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
}

/// What one event came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Advance {
    pub position: Position,
    /// How the visitor's message is to be stored, when the event was one.
    pub reception: Reception,
    /// What the caller must do, in order.
    pub effects: Vec<Effect>,
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
    /// Queue the chat for these teams; empty means any team.
    HandOver {
        teams: Vec<TeamId>,
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
}

/// What is wrong with a flow, by step; saving it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub step: Option<StepId>,
    pub step_name: String,
    pub link: Option<LinkId>,
    pub problem: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(step) = self.step {
            write!(f, "step {step} ")?;
        }
        if !self.step_name.is_empty() {
            write!(f, "({}) ", self.step_name)?;
        }
        f.write_str(&self.problem)
    }
}
