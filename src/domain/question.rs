//! What a bot asks, as a client must draw it.

use super::ids::StepId;

/// What the bot wants to know next (`next_input_id`, `next_input_fieldinfo`).
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub step: StepId,
    /// The field's id; 0 when the options are the step's own links.
    pub field_id: i32,
    pub name: String,
    pub kind: AskKind,
    pub options: Vec<Choice>,
    pub suggestions: Vec<Suggestion>,
    /// What the widget is to read from its page's local storage.
    pub storage_keys: Vec<StorageKey>,
}

/// `ChatInputField.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskKind {
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
    Rating,
    PageData,
}

/// One entry of a values list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// A key of a page's local storage, and the variable that its value is kept in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageKey {
    pub key: String,
    pub variable: String,
}

/// A quick reply: what the chip says, and what it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub id: i32,
    pub label: String,
    pub message: String,
    pub kind: i32,
}

impl AskKind {
    const ALL: [Self; 14] = [
        Self::Text,
        Self::Memo,
        Self::Choice,
        Self::MultiChoice,
        Self::Date,
        Self::Time,
        Self::Bool,
        Self::Integer,
        Self::Decimal,
        Self::Email,
        Self::Phone,
        Self::Url,
        Self::Rating,
        Self::PageData,
    ];

    /// The word on the wire; Halo types it as text and publishes no values.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Memo => "memo",
            Self::Choice => "choice",
            Self::MultiChoice => "multichoice",
            Self::Date => "date",
            Self::Time => "time",
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Rating => "rating",
            Self::PageData => "pagedata",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
