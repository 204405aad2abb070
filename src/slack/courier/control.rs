//! A question as Slack's controls. What they say is a place in the list of options; their ids name the
//! question, which is ours to know.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    domain::question::{Ask, AskKind},
    slack::{
        inbound::{
            control::{CONFIRM, PICK, SEVERAL, SUGGESTION},
            intake::OPENS_FORM,
        },
        protocol::length::cut,
    },
};

/// Options that are shown as buttons; more become a list to open.
const BUTTONS_MAX: usize = 5;
/// Options that are shown as boxes to tick (Slack's limit).
const BOXES_MAX: usize = 10;
/// Options of a posted list (Slack's limit); more are asked for while somebody types.
const OPTIONS_MAX: usize = 100;
/// Quick replies of one message (Slack's limit of elements).
const SUGGESTIONS_MAX: usize = 25;
/// UTF-16 units of a button's or an option's text (Slack's limit).
const LABEL_UNITS_MAX: usize = 75;

/// Whether a question is answered by anything but words.
pub(super) fn has_controls(ask: &Ask) -> bool {
    !ask.suggestions.is_empty()
        || !matches!(ask.kind, AskKind::Text | AskKind::Phone | AskKind::Url | AskKind::PageData)
}

/// The blocks that go below a question; none where it is answered by words alone.
pub(super) fn blocks(ask: &Ask, block: Uuid) -> Vec<Value> {
    let id = block.to_string();
    let labels = || ask.options.iter().map(|one| one.label.as_str());
    let mut blocks = match ask.kind {
        AskKind::Choice | AskKind::MultiChoice if ask.options.is_empty() => Vec::new(),
        AskKind::Choice if ask.options.len() <= BUTTONS_MAX => vec![buttons(&id, PICK, labels())],
        AskKind::Choice => vec![actions(&id, &[select("", PICK, labels())])],
        AskKind::Bool => vec![buttons(&id, PICK, ["Yes", "No"].into_iter())],
        AskKind::Rating => vec![buttons(&id, PICK, labels())],
        AskKind::Date => vec![actions(&id, &[json!({ "type": "datepicker", "action_id": PICK })])],
        AskKind::Time => vec![actions(&id, &[json!({ "type": "timepicker", "action_id": PICK })])],
        AskKind::MultiChoice => several(&id, labels()),
        AskKind::Memo | AskKind::Integer | AskKind::Decimal | AskKind::Email => {
            let button = json!({
                "type": "button", "action_id": OPENS_FORM, "text": plain("Write the answer"), "value": "0",
            });
            vec![actions(&id, &[button])]
        }
        AskKind::Text | AskKind::Phone | AskKind::Url | AskKind::PageData => Vec::new(),
    };
    if !ask.suggestions.is_empty() {
        let labels = ask.suggestions.iter().map(|one| one.label.as_str()).take(SUGGESTIONS_MAX);
        blocks.push(buttons(&format!("{id}.suggestions"), SUGGESTION, labels));
    }
    blocks
}

/// Several options at once: every change is told, so a button says when it is done.
fn several<'a>(id: &str, labels: impl ExactSizeIterator<Item = &'a str>) -> Vec<Value> {
    let chooser = if labels.len() <= BOXES_MAX {
        actions(id, &[json!({ "type": "checkboxes", "action_id": SEVERAL, "options": options(labels) })])
    } else {
        json!({
            "type": "section", "block_id": id, "text": plain("Choose all that apply:"),
            "accessory": select("multi_", SEVERAL, labels),
        })
    };
    let done = json!({
        "type": "button", "action_id": CONFIRM, "text": plain("Done"), "value": "0", "style": "primary",
    });
    vec![chooser, actions(&format!("{id}.confirm"), &[done])]
}

fn select<'a>(prefix: &str, action: &str, labels: impl ExactSizeIterator<Item = &'a str>) -> Value {
    let placeholder = plain("Choose…");
    if labels.len() > OPTIONS_MAX {
        let kind = format!("{prefix}external_select");
        return json!({
            "type": kind, "action_id": action, "placeholder": placeholder, "min_query_length": 0,
        });
    }
    let kind = format!("{prefix}static_select");
    json!({ "type": kind, "action_id": action, "placeholder": placeholder, "options": options(labels) })
}

pub(super) fn options<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<Value> {
    let option = |(place, label): (usize, &str)| json!({ "text": plain(&option_label(label)), "value": place.to_string() });
    labels.enumerate().map(option).collect()
}

fn buttons<'a>(id: &str, action: &str, labels: impl Iterator<Item = &'a str>) -> Value {
    let button = |(place, label): (usize, &str)| {
        json!({
            "type": "button", "action_id": format!("{action}.{place}"),
            "text": plain(&option_label(label)), "value": place.to_string(),
        })
    };
    actions(id, &labels.enumerate().map(button).collect::<Vec<_>>())
}

fn actions(id: &str, elements: &[Value]) -> Value {
    json!({ "type": "actions", "block_id": id, "elements": elements })
}

pub(super) fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": true })
}

/// A label within Slack's limit; never empty.
pub(in crate::slack) fn option_label(label: &str) -> String {
    let label = label.trim();
    if label.is_empty() {
        return "–".to_owned();
    }
    cut(label, LABEL_UNITS_MAX)
}
