//! Identifiers as types: a `ChatId` is no `StepId`.

use std::fmt;

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            pub const fn new(id: i32) -> Self {
                Self(id)
            }

            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number_id! {
    /// A member of staff.
    AgentId;
    /// One conversation.
    ChatId;
    /// A field that a question fills (Halo's `FieldInfo`).
    FieldId;
    /// A link out of a flow step: an option, a button, a transition.
    LinkId;
    /// A message's place in its chat's log, counted from 1 without gaps.
    MessageNumber;
    /// A person's place in a chat, counted from 1; `BOT` is the bot.
    ParticipantNumber;
    /// A step's number inside its flow.
    StepId;
    /// A team of agents.
    TeamId;
    /// A known customer contact.
    UserId;
}

impl ParticipantNumber {
    /// The bot speaks in every chat without being one of its participants.
    pub const BOT: Self = Self(0);
}

/// A chat profile's text key: a UUID in practice, any text by contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(String);

impl ProfileId {
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
