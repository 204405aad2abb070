//! Clicks, forms and shortcuts.

use serde_json::Value;

use super::{
    event::{File, files},
    json::{list, text, text_at},
};

/// What somebody did, with who and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    pub team_id: Option<String>,
    pub user_id: String,
    pub user_name: Option<String>,
    /// The conversation, where it happened in one.
    pub channel_id: Option<String>,
    pub response_url: Option<String>,
    /// Opens one form within three seconds.
    pub trigger_id: Option<String>,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Controls of a message were used; `state` holds what every input of it shows.
    Used { controls: Vec<Control>, state: Vec<Control> },
    /// A form was sent.
    Submitted { private_metadata: String, inputs: Vec<Control> },
    /// Somebody types into a select that asks for its options.
    Suggest { block_id: String, typed: String },
    /// A shortcut that belongs to no message.
    Shortcut { callback_id: String },
    /// A shortcut on a message.
    MessageShortcut { callback_id: String, message: Box<Marked> },
    /// Nothing to be done: a form was closed, or it is of an old kind.
    Other,
}

/// The message that a shortcut was used on.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    pub text: String,
    pub ts: Option<String>,
    pub user_id: Option<String>,
    pub files: Vec<File>,
}

/// A control, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    pub block_id: String,
    pub action_id: String,
    /// Values, dates, times or texts; several where several can be chosen, none where nothing is.
    pub values: Vec<String>,
}

impl Interaction {
    /// None: nobody did it.
    pub fn read(payload: &Value) -> Option<Self> {
        let user = &payload["user"];
        Some(Self {
            team_id: text_at(payload, "/team/id")
                .or_else(|| text(&user["team_id"]))
                .or_else(|| text_at(payload, "/enterprise/id")),
            user_id: text(&user["id"])?,
            user_name: text(&user["name"]).or_else(|| text(&user["username"])),
            channel_id: text_at(payload, "/channel/id").or_else(|| text_at(payload, "/container/channel_id")),
            response_url: text(&payload["response_url"]),
            trigger_id: text(&payload["trigger_id"]),
            act: Act::read(payload),
        })
    }
}

impl Act {
    fn read(payload: &Value) -> Self {
        let callback_id = || text(&payload["callback_id"]).unwrap_or_default();
        match payload["type"].as_str().unwrap_or_default() {
            "block_actions" => Self::Used {
                controls: list(&payload["actions"]).iter().filter_map(used).collect(),
                state: state(
                    payload.pointer("/state/values").or_else(|| payload.pointer("/view/state/values")),
                ),
            },
            "view_submission" => Self::Submitted {
                private_metadata: text_at(payload, "/view/private_metadata").unwrap_or_default(),
                inputs: state(payload.pointer("/view/state/values")),
            },
            "block_suggestion" => Self::Suggest {
                block_id: text(&payload["block_id"]).unwrap_or_default(),
                typed: text(&payload["value"]).unwrap_or_default(),
            },
            "shortcut" => Self::Shortcut { callback_id: callback_id() },
            "message_action" => {
                let message = &payload["message"];
                Self::MessageShortcut {
                    callback_id: callback_id(),
                    message: Box::new(Marked {
                        text: text(&message["text"]).unwrap_or_default(),
                        ts: text(&message["ts"]).or_else(|| text(&payload["message_ts"])),
                        user_id: text(&message["user"]),
                        files: files(message),
                    }),
                }
            }
            _ => Self::Other,
        }
    }
}

fn used(action: &Value) -> Option<Control> {
    Some(Control {
        block_id: text(&action["block_id"])?,
        action_id: text(&action["action_id"]).unwrap_or_default(),
        values: values(action),
    })
}

/// Keyed by block, then by action.
fn state(values_by_block: Option<&Value>) -> Vec<Control> {
    let blocks = values_by_block.and_then(Value::as_object).into_iter().flatten();
    let controls = blocks.flat_map(|(block_id, actions)| {
        actions.as_object().into_iter().flatten().map(|(action_id, shown)| Control {
            block_id: block_id.clone(),
            action_id: action_id.clone(),
            values: values(shown),
        })
    });
    controls.collect()
}

/// What a control shows, in whichever member its kind has it.
fn values(control: &Value) -> Vec<String> {
    if let Some(chosen) = control.get("selected_options") {
        return list(chosen).iter().filter_map(|option| text(&option["value"])).collect();
    }
    let single = text_at(control, "/selected_option/value")
        .or_else(|| text(&control["selected_date"]))
        .or_else(|| text(&control["selected_time"]))
        .or_else(|| control["selected_date_time"].as_i64().map(|seconds| seconds.to_string()))
        .or_else(|| text(&control["value"]));
    single.into_iter().collect()
}
