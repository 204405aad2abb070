//! How what goes with the bot's words lies in a row: what it asked, and what it found.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::{
    finding::{ArticleHit, Hits, ServiceHit},
    ids::StepId,
    question::{Ask, AskKind, Choice, StorageKey, Suggestion},
};

pub(super) fn ask_to_json(ask: &Ask) -> Value {
    let options: Vec<_> = ask.options.iter().map(|option| json!([option.value, option.label])).collect();
    let suggestions: Vec<_> =
        ask.suggestions.iter().map(|chip| json!([chip.id, chip.label, chip.message, chip.kind])).collect();
    let keys: Vec<_> = ask.storage_keys.iter().map(|key| json!([key.key, key.variable])).collect();
    json!({
        "step": ask.step.get(),
        "field": ask.field_id,
        "name": ask.name,
        "kind": ask.kind.name(),
        "options": options,
        "suggestions": suggestions,
        "keys": keys,
    })
}

#[derive(Deserialize)]
struct StoredAsk {
    step: i32,
    field: i32,
    name: String,
    kind: String,
    options: Vec<(String, String)>,
    suggestions: Vec<(i32, String, String, i32)>,
    /// Rows from before page data was asked for have none.
    #[serde(default)]
    keys: Vec<(String, String)>,
}

pub(super) fn ask_from_json(value: Value) -> Result<Ask, String> {
    let stored: StoredAsk = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok(Ask {
        step: StepId::new(stored.step),
        field_id: stored.field,
        name: stored.name,
        kind: AskKind::from_name(&stored.kind).ok_or("its kind of question is unknown")?,
        options: stored.options.into_iter().map(|(value, label)| Choice { value, label }).collect(),
        suggestions: stored
            .suggestions
            .into_iter()
            .map(|(id, label, message, kind)| Suggestion { id, label, message, kind })
            .collect(),
        storage_keys: stored.keys.into_iter().map(|(key, variable)| StorageKey { key, variable }).collect(),
    })
}

/// Nothing for a message that shows no hits: nearly all.
pub(super) fn hits_to_json(hits: &Hits) -> Option<Value> {
    let articles: Vec<_> =
        hits.articles.iter().map(|hit| json!([hit.id, hit.title, hit.summary, hit.score])).collect();
    let services: Vec<_> =
        hits.services.iter().map(|hit| json!([hit.id, hit.name, hit.summary, hit.score])).collect();
    (!hits.is_empty()).then(|| json!({ "articles": articles, "services": services }))
}

type StoredHit = (i32, String, String, f64);

#[derive(Deserialize)]
struct StoredHits {
    articles: Vec<StoredHit>,
    services: Vec<StoredHit>,
}

pub(super) fn hits_from_json(value: Value) -> Result<Hits, String> {
    let stored: StoredHits = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let article = |(id, title, summary, score)| ArticleHit { id, title, summary, score };
    let service = |(id, name, summary, score)| ServiceHit { id, name, summary, score };
    Ok(Hits {
        articles: stored.articles.into_iter().map(article).collect(),
        services: stored.services.into_iter().map(service).collect(),
    })
}
