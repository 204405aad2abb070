//! How long what a caller says of a chat may be. Names and conversations are keys of indexes, which
//! hold no long ones.

use super::{ChatChange, NewChat};
use crate::service::conversation::Refusal;

pub(super) const NAME_CHARACTERS_MAX: usize = 255;
/// As long as the parts of an address may be together.
const EMAIL_CHARACTERS_MAX: usize = 320;
const PAGE_CHARACTERS_MAX: usize = 8_000;

impl NewChat {
    pub(super) fn must_fit(&self) -> Result<(), Refusal> {
        must_fit("display_name", self.display_name.as_ref(), NAME_CHARACTERS_MAX)?;
        must_fit("name", self.name.as_ref(), NAME_CHARACTERS_MAX)?;
        must_fit("email", self.email.as_ref(), EMAIL_CHARACTERS_MAX)?;
        must_fit("pageurl", self.page_url.as_ref(), PAGE_CHARACTERS_MAX)?;
        must_fit("unknown_id", self.unknown_id.as_ref(), NAME_CHARACTERS_MAX)?;
        must_fit("teams_conversation_id", self.teams_conversation_id.as_ref(), NAME_CHARACTERS_MAX)
    }
}

impl ChatChange {
    pub(super) fn must_fit(&self, message_characters: usize) -> Result<(), Refusal> {
        must_fit("name", self.name.as_ref(), NAME_CHARACTERS_MAX)?;
        must_fit("pageurl", self.page_url.as_ref(), PAGE_CHARACTERS_MAX)?;
        must_fit("_note", self.note.as_ref(), message_characters)
    }
}

fn must_fit(member: &str, text: Option<&String>, characters_max: usize) -> Result<(), Refusal> {
    if text.is_some_and(|text| text.chars().count() > characters_max) {
        return Err(Refusal::Invalid(format!("{member} is longer than {characters_max} characters")));
    }
    Ok(())
}
