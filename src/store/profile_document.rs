//! A stored profile document, read for what the server and the flow act on. Loading is total: a
//! member of another type than expected counts as absent.

use serde_json::{Map, Value};

use crate::{
    domain::{
        document::Document,
        ids::{ProfileId, TeamId},
    },
    flow::{
        CriterionSource, FlowSource, LinkSource, ProofSource, StartMapping, StepSource, Suggestion,
        TicketSource,
    },
};

use super::request_document;

/// Reads the flow as the administrator stored it.
pub fn flow(document: &Document) -> FlowSource {
    let document = Reader::parse(document);
    FlowSource {
        greeting: document.text("greeting"),
        start_mappings: document
            .each("start_message_mappings")
            .filter(|_| document.flag("enable_start_message_mapping"))
            .map(|row| StartMapping {
                url: row.text("url").unwrap_or_default(),
                step: row.int("flowstep_id").filter(|id| *id > 0),
            })
            .collect(),
        steps: document.each("steps").map(|step| step_of(&step)).collect(),
    }
}

fn step_of(step: &Reader) -> StepSource {
    StepSource {
        step_id: step.int("step_id"),
        name: step.text("name"),
        kind: step.int("steptype").unwrap_or(0),
        is_start: step.flag("isstart"),
        is_end: step.flag("isend"),
        allow_start_override: step.flag("allowstartoverride"),
        message: step.text("message"),
        message2: step.text("message2"),
        message3: step.text("message3"),
        content: step.text("content"),
        request: step.text("content").and_then(|content| request_document::request(&content)),
        input_field_id: step.int("input_field_id").filter(|id| *id > 0),
        image: step.int("chat_image_type").unwrap_or(0),
        teams: step
            .each("chat_teams")
            .filter_map(|team| team.int("id"))
            .filter(|id| *id > 0)
            .map(TeamId::new)
            .collect(),
        conditions: step.each("step_conditions").map(|row| criterion_of(&row)).collect(),
        links: step.each("actions").map(|link| link_of(&link)).collect(),
        assignments: step
            .each("output_variables")
            .filter_map(|row| Some((row.text("key")?, row.text("value").unwrap_or_default())))
            .collect(),
        suggestions: step.each("chat_input_suggestions").map(|row| suggestion_of(&row)).collect(),
        proofs: step.each("chat_step_questions").map(|row| proof_of(&row)).collect(),
        ticket: ticket_of(step),
        virtual_agent: step.text("virtual_agent_id"),
        ai_model: step.text("ai_model"),
        next_profile: step.text("start_new_chat_flow_id").map(ProfileId::new),
        ai_failure_step: step.int("ai_failure_step").filter(|id| *id > 0),
        asks_for_comment: step.flag("enable_feedback_comments"),
        before_comment: step.text("feedback_message_before_comments"),
        after_feedback: step.text("feedback_message_after"),
    }
}

fn proof_of(row: &Reader) -> ProofSource {
    ProofSource {
        sequence: row.int("sequence").unwrap_or(0),
        question: row.text("question"),
        answer_field: row.int("answer_field_id").filter(|id| *id > 0),
    }
}

fn ticket_of(step: &Reader) -> TicketSource {
    let id = |name: &str| step.int(name).filter(|id| *id > 0);
    TicketSource {
        kind: step.int("newticket_type").unwrap_or(0),
        ticket_type: id("newticket_tickettype_id"),
        template: id("newticket_template_id"),
        service: id("newticket_service_id"),
        sends_link: step.flag("newticket_sendlink"),
    }
}

fn link_of(link: &Reader) -> LinkSource {
    LinkSource {
        id: link.int("id").filter(|id| *id > 0),
        end_step: link.int("end_step"),
        label: link.text("action_name"),
        seq: link.int("seq").unwrap_or(0),
        selection_order: link.int("chat_selection_order").unwrap_or(0),
        approval_result: link.int("approval_result").unwrap_or(0),
        time_limit_mins: link.real("time_limit_mins"),
        conditions: link
            .each("conditions")
            .map(|row| criterion_of(&row))
            .chain(
                link.each("group_restrictions")
                    .zip(1..)
                    .flat_map(|(group, place)| criteria_of(&group, place)),
            )
            .collect(),
    }
}

/// The tests of one group; a group without a number of its own goes by its place.
fn criteria_of(group: &Reader, place: i32) -> Vec<CriterionSource> {
    let number = group.int("id").filter(|id| *id > 0).unwrap_or(-place);
    let rows = group.each("criteria");
    rows.map(|row| CriterionSource { group: Some(number), ..criterion_of(&row) }).collect()
}

fn criterion_of(row: &Reader) -> CriterionSource {
    CriterionSource {
        field_name: row.text("fieldname"),
        comparison: row.int("type").unwrap_or(0),
        value_string: row.text("value_string"),
        value_int: row.int("value_int"),
        value_float: row.real("value_float"),
        value_datetime: row
            .text("value_datetime")
            .and_then(|text| chrono::DateTime::parse_from_rfc3339(&text).ok())
            .map(|moment| moment.to_utc()),
        table_name: row.text("tablename"),
        group: row.int("criteria_group_id").filter(|id| *id > 0),
    }
}

fn suggestion_of(row: &Reader) -> Suggestion {
    let label = row.text("suggestion_text").unwrap_or_default();
    Suggestion {
        id: row.int("id").unwrap_or(0),
        message: row.text("message_text").unwrap_or_else(|| label.clone()),
        label,
        kind: row.int("type").unwrap_or(0),
    }
}

/// One object of the document. Empty text counts as absent: Halo sends "" for "none".
pub(super) struct Reader(Map<String, Value>);

impl Reader {
    pub(super) fn parse(document: &Document) -> Self {
        Self(serde_json::from_str(document.as_str()).unwrap_or_default())
    }

    pub(super) fn into_members(self) -> Map<String, Value> {
        self.0
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Text, or a number or a truth as it is written.
    pub(super) fn words(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    pub(super) fn int(&self, name: &str) -> Option<i32> {
        self.0.get(name)?.as_i64().and_then(|number| i32::try_from(number).ok())
    }

    pub(super) fn real(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether the flag is there and false.
    pub(super) fn says_no(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool) == Some(false)
    }

    pub(super) fn each(&self, name: &str) -> impl Iterator<Item = Self> {
        let rows = self.0.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(Value::as_object).cloned().map(Self)
    }
}
