//! A stored `FieldInfo` document, read for what a question needs.

use super::profile_document::Reader;
use crate::{
    domain::{document::Document, ids::FieldId, question::Choice},
    flow::{Field, FieldKind, Pattern},
};

/// Reads a field. Its values are Halo's `Lookup` rows, whose id is the value and whose name the label, or
/// pairs of `value` and `label`.
pub fn field(id: FieldId, document: &Document) -> Field {
    let document = Reader::parse(document);
    let name = document.text("name").unwrap_or_else(|| format!("field{id}"));
    Field {
        id,
        label: document.text("label").unwrap_or_else(|| name.clone()),
        name,
        kind: kind_of(document.int("type").unwrap_or(0)),
        values: document.each("values").filter_map(|row| value_of(&row)).collect(),
        regex: document.text("regex").and_then(|regex| Pattern::new(&regex).ok()),
        hint: document.text("hint"),
        character_limit: document
            .int("characterlimit")
            .and_then(|limit| u32::try_from(limit).ok())
            .filter(|limit| *limit > 0),
    }
}

fn value_of(row: &Reader) -> Option<Choice> {
    let label = row.text("name").or_else(|| row.text("label"));
    let id = row.int("id").filter(|id| *id > 0).map(|id| id.to_string());
    let value = id.or_else(|| row.words("value")).or_else(|| label.clone())?;
    Some(Choice { label: label.unwrap_or_else(|| value.clone()), value })
}

/// `FieldInfo.type`; the numbers are ours, an unknown one is text.
const fn kind_of(code: i32) -> FieldKind {
    match code {
        1 => FieldKind::Memo,
        2 => FieldKind::Choice,
        3 => FieldKind::MultiChoice,
        4 => FieldKind::Date,
        5 => FieldKind::Time,
        6 => FieldKind::Bool,
        7 => FieldKind::Integer,
        8 => FieldKind::Decimal,
        9 => FieldKind::Email,
        10 => FieldKind::Phone,
        11 => FieldKind::Url,
        _ => FieldKind::Text,
    }
}
