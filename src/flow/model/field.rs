//! A field that a question fills.

use crate::{
    domain::{ids::FieldId, question::Choice},
    flow::pattern::Pattern,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub id: FieldId,
    /// The variable that the answer is kept in.
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
    /// What a choice offers: (value, label).
    pub values: Vec<Choice>,
    pub regex: Option<Pattern>,
    /// Shown in the empty box, and to whoever misses the expression.
    pub hint: Option<String>,
    /// Characters an answer may have.
    pub character_limit: Option<u32>,
}

/// `FieldInfo.type`; our numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Memo,
    Choice,
    MultiChoice,
    Date,
    Time,
    Bool,
    Integer,
    Decimal,
    Email,
    Phone,
    Url,
}
