//! A profile's texts in another language: the `translations` that stand beside them, laid over them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::document::Document;

const TRANSLATIONS: &str = "translations";
/// Members that are no texts, whatever a translation says.
const FIXED: [&str; 3] = ["id", "key", TRANSLATIONS];

/// The document with every text that has a translation replaced by it: the profile's own, and those
/// of the steps, buttons and rows inside it. The rest stays as it is.
pub fn in_language(document: &Document, language: i32) -> Document {
    let mut value: Value = serde_json::from_str(document.as_str()).unwrap_or_default();
    translate(&mut value, language);
    Document::from_json(value.to_string())
}

/// The languages that the document has any translation into.
pub fn languages(document: &Document) -> BTreeSet<i32> {
    let mut found = BTreeSet::new();
    // Most profiles have none, and need not be read for it.
    if document.as_str().contains(TRANSLATIONS) {
        collect(&serde_json::from_str(document.as_str()).unwrap_or_default(), &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut BTreeSet<i32>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => {
            found.extend(rows(members).filter_map(language_of));
            members.values().for_each(|value| collect(value, found));
        }
        _ => {}
    }
}

fn translate(value: &mut Value, language: i32) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| translate(value, language)),
        Value::Object(members) => {
            let own: Vec<(String, String)> = rows(members)
                .filter(|row| language_of(row) == Some(language))
                .filter_map(|row| Some((text(row, "fieldname")?, text(row, "translation")?)))
                .collect();
            for (name, translation) in own {
                // Halo's clients are not of one mind about the case of names.
                let known = members.keys().find(|known| known.eq_ignore_ascii_case(&name)).cloned();
                let name = known.unwrap_or(name);
                let is_text = members.get(&name).is_none_or(Value::is_string);
                if is_text && !FIXED.contains(&name.as_str()) {
                    members.insert(name, translation.into());
                }
            }
            let inside = members.iter_mut().filter(|(name, _)| *name != TRANSLATIONS);
            inside.for_each(|(_, value)| translate(value, language));
        }
        _ => {}
    }
}

fn rows(members: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    members.get(TRANSLATIONS).and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter()
}

fn language_of(row: &Value) -> Option<i32> {
    row.get("language_id")?.as_i64().and_then(|id| i32::try_from(id).ok())
}

fn text(row: &Value, name: &str) -> Option<String> {
    row.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
