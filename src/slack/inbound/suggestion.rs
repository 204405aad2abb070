//! Options of a select that has too many to be posted: those that fit what somebody types.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    slack::courier::control::option_label,
    store::{self, Conn, StoreError, slack_block},
};

/// Options of one answer (Slack's limit).
const OPTIONS_MAX: usize = 100;

/// The options whose labels hold what was typed; none for a question that is not open any more.
pub(super) async fn options(conn: &mut Conn, block_id: &str, typed: &str) -> Result<Value, StoreError> {
    let none = json!({ "options": [] });
    let Some(id) = block_id.split('.').next().and_then(|id| Uuid::parse_str(id).ok()) else {
        return Ok(none);
    };
    let block = slack_block::find(conn, id).await?.filter(|block| !block.is_used);
    let Some(block) = block else { return Ok(none) };
    let found = store::message::find_many(conn, &[(block.chat, block.entry)]).await?.pop();
    let Some(ask) = found.and_then(|(_, message)| message.ask) else { return Ok(none) };
    let typed = typed.trim().to_lowercase();
    let fits = ask.options.iter().enumerate().filter(|(_, one)| one.label.to_lowercase().contains(&typed));
    let options: Vec<Value> = fits
        .take(OPTIONS_MAX)
        .map(|(place, one)| {
            let text = json!({ "type": "plain_text", "text": option_label(&one.label) });
            json!({ "text": text, "value": place.to_string() })
        })
        .collect();
    Ok(json!({ "options": options }))
}
