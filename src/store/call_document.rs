//! A call that leaves the process, as the payload of its row in the outbox.

use serde::{Deserialize, Serialize};

use crate::{
    domain::ids::LinkId,
    flow::{CallOut, HttpRequest},
};

#[derive(Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
enum StoredCall {
    Http {
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        body: Option<String>,
        wanted: Vec<(String, String)>,
    },
    Decide {
        model: Option<String>,
        prompt: String,
        options: Vec<(i32, String)>,
    },
    Converse {
        agent: Option<String>,
        model: Option<String>,
        instructions: String,
    },
}

pub(super) fn to_json(call: &CallOut) -> serde_json::Value {
    let stored = match call.clone() {
        CallOut::Http(request) => {
            let HttpRequest { method, url, mut headers, body, content_type, wanted } = request;
            headers.extend(content_type.map(|kind| ("content-type".to_owned(), kind.to_owned())));
            StoredCall::Http { method, url, headers, body, wanted }
        }
        CallOut::Decide { model, prompt, options } => StoredCall::Decide {
            model,
            prompt,
            options: options.into_iter().map(|(link, label)| (link.get(), label)).collect(),
        },
        CallOut::Converse { agent, model, instructions } => {
            StoredCall::Converse { agent, model, instructions }
        }
    };
    serde_json::to_value(stored).expect("a call holds numbers and texts only")
}

/// None for a payload of another version that cannot be read: it must not hold up the others.
pub(super) fn from_json(json: serde_json::Value) -> Option<CallOut> {
    Some(match serde_json::from_value(json).ok()? {
        StoredCall::Http { method, url, headers, body, wanted } => {
            // The content type stands among the headers.
            CallOut::Http(HttpRequest { method, url, headers, body, content_type: None, wanted })
        }
        StoredCall::Decide { model, prompt, options } => CallOut::Decide {
            model,
            prompt,
            options: options.into_iter().map(|(link, label)| (LinkId::new(link), label)).collect(),
        },
        StoredCall::Converse { agent, model, instructions } => {
            CallOut::Converse { agent, model, instructions }
        }
    })
}
