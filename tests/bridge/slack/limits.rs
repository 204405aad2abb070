//! What Slack refuses of what is posted.

use serde_json::Value;

/// Slack's limits, as far as they bind what we send; none: it may be posted.
pub(super) fn must_be_postable(message: &Value) -> Option<&'static str> {
    let text = message["text"].as_str().unwrap_or_default();
    if text.is_empty() {
        return Some("no_text");
    }
    if text.encode_utf16().count() > 4_000 {
        return Some("msg_too_long");
    }
    let blocks = message["blocks"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&str> = blocks.iter().filter_map(|block| block["block_id"].as_str()).collect();
    let is_unique = ids.iter().collect::<std::collections::BTreeSet<_>>().len() == ids.len();
    let is_fine = |block: &Value| match block["type"].as_str() {
        Some("section") => {
            block["text"]["text"].as_str().is_some_and(|text| text.encode_utf16().count() <= 3_000)
        }
        Some("context") => block["elements"].as_array().is_some_and(|all| (1..=10).contains(&all.len())),
        Some("actions") => block["elements"].as_array().is_some_and(|all| {
            (1..=25).contains(&all.len()) && all.iter().all(|one| one["type"] != "multi_static_select")
        }),
        _ => false,
    };
    (blocks.len() > 50 || !is_unique || !blocks.iter().all(is_fine)).then_some("invalid_blocks")
}

pub(super) fn must_be_a_view(view: &Value) {
    assert_eq!(view["type"], "modal");
    for member in ["title", "submit", "close"] {
        assert_eq!(view[member]["type"], "plain_text");
        assert!(view[member]["text"].as_str().unwrap().chars().count() <= 24);
    }
    assert!(view["private_metadata"].as_str().unwrap().len() <= 3_000);
    assert!(view["blocks"].as_array().unwrap().iter().any(|block| block["type"] == "input"));
}
