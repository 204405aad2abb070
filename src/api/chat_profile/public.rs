//! What anybody with a profile's public key may know of it: what the widget needs, and nothing else.

use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value};

use crate::{
    api::objects::lenient::read_moment,
    domain::{
        document::Document,
        text::{SafeHtml, has_tags},
    },
    service::profile::in_language,
};

/// How the widget looks and behaves.
pub(super) const SETTINGS: [&str; 31] = [
    "id",
    "key",
    "access_type",
    "technamevisibility",
    "icon_size",
    "custom_icon_shape",
    "colour_type",
    "colour",
    "theme",
    "textcolour",
    "textcolour_type",
    "bubble_type",
    "message_box_size",
    "use_bubble_popup_message_mappings",
    "email_storage_key",
    "name_storage_key",
    "fullscreen_threshold_override",
    "bot_width_override",
    "bot_height_override",
    "bot_height_units",
    "new_chat_window_controls",
    "abandoned_live_chat_check_period",
    "enable_start_message_mapping",
    "anon_token_method",
    "enable_user_matching",
    "enable_feedback",
    "enable_feedback_comments",
    "use_custom_header",
    "hide_header_name",
    "default_wait_time",
    "wait_message_interval",
];
/// What people read.
pub(super) const TEXTS: [&str; 9] = [
    "name",
    "chatnameoverride",
    "greeting",
    "bot_name",
    "technamevisibilitytext",
    "feedback_message_before",
    "feedback_message_after",
    "feedback_message_before_comments",
    "banner_message",
];
/// What browsers load.
pub(super) const ADDRESSES: [&str; 2] = ["icon", "custom_header_url"];
/// Lists of rows, and what of a row goes out.
pub(super) const LISTS: [&str; 4] =
    ["banners", "popup_message_mappings", "start_message_mappings", "wait_messages"];
const ROW: [&str; 7] = ["id", "sequence", "url", "flowstep_id", "start_date", "end_date", "message"];

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Public {
    pub language: Option<i32>,
    pub now: DateTime<Utc>,
}

/// The public members, in the reader's language, with the banners of now.
pub fn members(document: &Document, reader: Public) -> Map<String, Value> {
    let translated = reader.language.map(|language| in_language(document, language));
    let document = translated.as_ref().unwrap_or(document);
    let members: Map<String, Value> = serde_json::from_str(document.as_str()).unwrap_or_default();
    let mut public: Map<String, Value> =
        members.into_iter().filter_map(|(name, value)| Some((name.clone(), member(&name, value)?))).collect();
    show_banners(&mut public, reader.now);
    public
}

/// A member as it goes out; none: it does not.
fn member(name: &str, value: Value) -> Option<Value> {
    match value {
        Value::String(text) if TEXTS.contains(&name) => Some(safe(text)),
        Value::String(address) if ADDRESSES.contains(&name) => {
            Some(address).filter(|address| may_be_loaded(address)).map(Value::String)
        }
        Value::Array(rows) if LISTS.contains(&name) => Some(rows.into_iter().filter_map(row).collect()),
        Value::Array(_) | Value::Object(_) => None,
        value => SETTINGS.contains(&name).then_some(value),
    }
}

fn row(row: Value) -> Option<Value> {
    let Value::Object(mut members) = row else { return None };
    members.retain(|name, value| ROW.contains(&name.as_str()) && !value.is_array() && !value.is_object());
    if let Some(Value::String(message)) = members.remove("message") {
        members.insert("message".to_owned(), safe(message));
    }
    Some(Value::Object(members))
}

/// Text without markup says what it says, wherever it is put; the rest goes by the allow list.
fn safe(text: String) -> Value {
    let text = if has_tags(&text) { SafeHtml::sanitise(&text).html.into_string() } else { text };
    Value::String(text)
}

/// Whether this is an address that a page may put into an element: no script.
fn may_be_loaded(address: &str) -> bool {
    let address = address.trim_start().to_ascii_lowercase();
    let has_scheme = address.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    // Browsers read past control characters, so that one could hide a scheme.
    let is_plain = !address.contains(|one: char| one.is_control()) && !has_tags(&address);
    is_plain
        && (!has_scheme || ["http://", "https://", "data:image/"].iter().any(|one| address.starts_with(one)))
}

/// Keeps the banners of this moment in their order; the first is `banner_message`, where there is one.
fn show_banners(members: &mut Map<String, Value>, now: DateTime<Utc>) {
    let Some(Value::Array(banners)) = members.get_mut("banners") else { return };
    banners.retain(|banner| is_shown(banner, now));
    banners.sort_by_key(|banner| banner.get("sequence").and_then(Value::as_i64).unwrap_or(0));
    if let Some(first) = banners.first().and_then(|banner| banner.get("message")).cloned() {
        members.insert("banner_message".to_owned(), first);
    }
}

fn is_shown(banner: &Value, now: DateTime<Utc>) -> bool {
    let moment = |name: &str| {
        let moment = banner.get(name).and_then(Value::as_str).and_then(read_moment);
        // Halo's ways to say "no date" are all of long ago.
        moment.filter(|moment| moment.year() > 1900)
    };
    moment("start_date").is_none_or(|start| start <= now) && moment("end_date").is_none_or(|end| now <= end)
}
