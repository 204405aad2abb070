//! A profile's flow as the administrator stored it.

use chrono::{DateTime, Utc};

use crate::domain::{
    ids::{ProfileId, TeamId},
    question::Suggestion,
};

#[derive(Clone, Debug, Default)]
pub struct FlowSource {
    /// The first thing the bot says, before the first step (HTML with variables).
    pub greeting: Option<String>,
    /// Where a chat begins, by the page it was opened on; empty when the profile does not say.
    pub start_mappings: Vec<StartMapping>,
    pub steps: Vec<StepSource>,
}

/// A chat that is opened on a page of this address begins at this step.
#[derive(Clone, Debug, Default)]
pub struct StartMapping {
    pub url: String,
    pub step: Option<i32>,
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
    /// What to search for (5, 6), a ticket's summary (7), what a model is told (9, 10).
    pub content: Option<String>,
    /// The request of kind 11, as read from `content`; none when that cannot be read.
    pub request: Option<HttpTemplate>,
    pub input_field_id: Option<i32>,
    pub image: i32,
    pub teams: Vec<TeamId>,
    pub conditions: Vec<CriterionSource>,
    pub links: Vec<LinkSource>,
    /// `output_variables` as (key, value), in order. The key is the variable; the value is its
    /// template (15), a JSON pointer into the answer (11), or a local-storage key (14).
    pub assignments: Vec<(String, String)>,
    pub suggestions: Vec<Suggestion>,
    /// `chat_step_questions`.
    pub proofs: Vec<ProofSource>,
    pub ticket: TicketSource,
    pub virtual_agent: Option<String>,
    pub ai_model: Option<String>,
    pub next_profile: Option<ProfileId>,
    pub ai_failure_step: Option<i32>,
    pub asks_for_comment: bool,
    pub before_comment: Option<String>,
    pub after_feedback: Option<String>,
}

/// One `ChatStepQuestion`: what a visitor who wants to be somebody is asked.
#[derive(Clone, Debug, Default)]
pub struct ProofSource {
    pub sequence: i32,
    pub question: Option<String>,
    /// The field in which the user's record has the right answer.
    pub answer_field: Option<i32>,
}

/// The `newticket_*` members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketSource {
    pub kind: i32,
    pub ticket_type: Option<i32>,
    pub template: Option<i32>,
    pub service: Option<i32>,
    pub sends_link: bool,
}

/// The request of an HTTP step; every text but the header names is a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpTemplate {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<HttpBody>,
}

/// A body, by the way in which values are written into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpBody {
    /// Inside a JSON string a value is escaped; outside one it becomes a number, a truth or a
    /// string of its own.
    Json(String),
    /// `a=$b&c=$d`: values are percent-encoded.
    Form(String),
    /// Values stand as they are.
    Text(String),
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
    /// Rows of one group hold together, and of several groups one must hold; none: always asked.
    pub group: Option<i32>,
}
