//! Changing what somebody wrote, and what the log says of it. The message changes where it stands;
//! an entry at the end tells those who have read past it.

use chrono::{DateTime, Utc};

use super::{Conversation, Refusal};
use crate::domain::{
    chat::Participant,
    ids::{MessageNumber, ParticipantNumber},
    message::{AnswerValue, Happening, Message},
    text::SafeHtml,
};

/// A stored message as it reads from now on.
#[derive(Clone, Debug)]
pub struct Amendment {
    /// The entry of the log that says so.
    pub entry: MessageNumber,
    pub message: Message,
}

/// What a message is to say.
pub struct Words {
    pub html: SafeHtml,
    pub plain: String,
    pub is_safe: bool,
}

impl Conversation {
    /// An entry as it is about to be, when this transaction adds or changes it.
    pub fn unwritten(&self, number: MessageNumber) -> Option<&Message> {
        let amended = self.amendments.iter().rev().map(|one| &one.message);
        amended.chain(&self.new_entries).find(|entry| entry.number == number)
    }

    /// Gives a message new words; it must take changes.
    pub fn edit(
        &mut self,
        by: ParticipantNumber,
        message: Message,
        words: Words,
        now: DateTime<Utc>,
    ) -> Message {
        let Words { html, plain, is_safe } = words;
        let happening = Happening::Edited { message: message.number };
        let entry = Message { plain: plain.clone(), is_safe, ..self.about(&message, by, happening, now) };
        let entry = self.push(Message { html: html.clone(), ..entry }).number;
        self.amend(entry, by, Message { html, plain, is_safe, ..message })
    }

    /// Takes a message's words away, and whatever came with them; it must take changes.
    pub fn delete(&mut self, by: ParticipantNumber, message: Message, now: DateTime<Utc>) -> Message {
        let happening = Happening::Deleted { message: message.number };
        let entry = self.about(&message, by, happening, now);
        let entry = self.push(entry).number;
        let blank = Message::new(message.number, message.sender, message.happening, SafeHtml::default(), now);
        let emptied = Message {
            at: message.at,
            is_staff_only: message.is_staff_only,
            step: message.step,
            profile: message.profile,
            image: message.image,
            warning: message.warning,
            is_deleted: true,
            ..blank
        };
        self.amend(entry, by, emptied)
    }

    /// Refuses to change what has happened, what is gone, and anything in a closed chat.
    pub fn must_take_changes(&self, message: &Message) -> Result<(), Refusal> {
        self.must_be_open()?;
        let (chat, number) = (self.id(), message.number);
        if !message.happening.can_be_edited() {
            let problem = format!("entry {number} of chat {chat} says what has happened; it stays as it is");
            return Err(Refusal::Invalid(problem));
        }
        if message.is_deleted {
            return Err(Refusal::Invalid(format!("message {number} of chat {chat} was deleted")));
        }
        Ok(())
    }

    /// The entry about a change; whoever may not see the message does not hear of it either.
    fn about(
        &self,
        message: &Message,
        by: ParticipantNumber,
        happening: Happening,
        now: DateTime<Utc>,
    ) -> Message {
        let number = message.number.get();
        Message {
            value: AnswerValue { int: Some(number), ..AnswerValue::default() },
            is_staff_only: message.is_staff_only,
            ..Message::new(self.next_number(), by, happening, SafeHtml::default(), now)
        }
    }

    fn amend(&mut self, entry: MessageNumber, by: ParticipantNumber, message: Message) -> Message {
        let message = Message { edited_by: self.participant(by).and_then(Participant::agent), ..message };
        self.amendments.push(Amendment { entry, message: message.clone() });
        message
    }
}
