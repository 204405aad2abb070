//! The files that a message brings along: existing ones, of its chat or of its author.

use std::borrow::Cow;

use super::NewMessage;
use crate::{
    domain::{attachment::Enclosed, caller::Caller},
    service::conversation::{Conversation, Refusal},
    store::{self, Conn, attachment_document},
};

/// A message with the names of its files, and the files that are new to the chat.
pub(super) struct Dressed<'a> {
    pub message: Cow<'a, NewMessage>,
    pub new_files: Vec<i32>,
}

/// Finds the files, in one round trip; a message without files needs none.
pub(super) async fn dress<'a>(
    conn: &mut Conn,
    conversation: &Conversation,
    caller: &Caller,
    new: &'a NewMessage,
) -> Result<Dressed<'a>, Refusal> {
    let wanted = &new.attachments;
    if wanted.is_empty() {
        return Ok(Dressed { message: Cow::Borrowed(new), new_files: Vec::new() });
    }
    let (chat, author) = (conversation.id(), caller.key());
    let found = store::attachment::lock_enclosed(conn, wanted, chat, &author, !caller.is_visitor()).await?;
    let mut enclosed: Vec<Enclosed> = Vec::with_capacity(wanted.len());
    for id in wanted {
        match found.iter().find(|one| one.id == *id) {
            Some(one) => enclosed.push(one.clone()),
            None => return Err(Refusal::Invalid(format!("attachment {id} does not exist in chat {chat}"))),
        }
    }
    let extra = Some(attachment_document::enclose(new.extra.as_ref(), &enclosed));
    Ok(Dressed {
        message: Cow::Owned(NewMessage { extra, ..new.clone() }),
        new_files: enclosed.iter().filter(|one| one.is_new_to_chat).map(|one| one.id).collect(),
    })
}
