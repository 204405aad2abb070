//! What goes with the bot's words: the next question, and what was found.

use serde::Serialize;

use crate::domain::{
    finding::{ArticleHit, ServiceHit},
    question::{Ask, Choice, StorageKey, Suggestion},
};

/// How a client draws the next question.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChatInputField {
    /// The field; 0 when the options are the step's own links.
    pub id: i32,
    pub name: String,
    /// `text` `memo` `choice` `multichoice` `date` `time` `bool` `integer` `decimal` `email`
    /// `phone` `url` `rating` `pagedata`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub lookup_values: Vec<LookupValue>,
    pub input_suggestions: Vec<InputSuggestion>,
    /// As on the message itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_storage_key_mappings: Vec<LocalStorageKey>,
}

/// One option of a choice.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LookupValue {
    pub value: String,
    pub label: String,
}

/// A quick reply: what its chip says, and what it sends.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InputSuggestion {
    pub id: i32,
    pub suggestion_text: String,
    pub message_text: String,
    #[serde(rename = "type")]
    pub kind: i32,
}

/// A key of the page's local storage and the variable that keeps its value (Halo's `KeyPair`).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LocalStorageKey {
    pub id: String,
    pub name: String,
}

/// An article that fits what the visitor said (a part of Halo's `KBEntry_List`).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ArticleFound {
    pub id: i32,
    pub name: String,
    pub description: String,
    /// Higher is better.
    pub search_score: f64,
}

/// A service that fits what the visitor said (a part of Halo's `ServSite_List`).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ServiceFound {
    pub id: i32,
    pub name: String,
    pub summary: String,
    /// Higher is better.
    pub search_score: f64,
}

pub(super) fn storage_keys(ask: &Ask) -> Vec<LocalStorageKey> {
    let key = |key: &StorageKey| LocalStorageKey { id: key.key.clone(), name: key.variable.clone() };
    ask.storage_keys.iter().map(key).collect()
}

impl From<&Ask> for ChatInputField {
    fn from(ask: &Ask) -> Self {
        Self {
            id: ask.field_id,
            name: ask.name.clone(),
            kind: ask.kind.name(),
            lookup_values: ask.options.iter().map(LookupValue::from).collect(),
            input_suggestions: ask.suggestions.iter().map(InputSuggestion::from).collect(),
            local_storage_key_mappings: storage_keys(ask),
        }
    }
}

impl From<&Choice> for LookupValue {
    fn from(choice: &Choice) -> Self {
        Self { value: choice.value.clone(), label: choice.label.clone() }
    }
}

impl From<&Suggestion> for InputSuggestion {
    fn from(chip: &Suggestion) -> Self {
        Self {
            id: chip.id,
            suggestion_text: chip.label.clone(),
            message_text: chip.message.clone(),
            kind: chip.kind,
        }
    }
}

impl From<&ArticleHit> for ArticleFound {
    fn from(hit: &ArticleHit) -> Self {
        Self {
            id: hit.id,
            name: hit.title.clone(),
            description: hit.summary.clone(),
            search_score: hit.score,
        }
    }
}

impl From<&ServiceHit> for ServiceFound {
    fn from(hit: &ServiceHit) -> Self {
        Self { id: hit.id, name: hit.name.clone(), summary: hit.summary.clone(), search_score: hit.score }
    }
}
