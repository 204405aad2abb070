//! One chat in memory while a transaction holds it: its row, its people, and the entries that will
//! be appended to its log. Changes are made here, by rules, and written once.

mod amend;
mod chronicle;
mod consequence;
mod departure;
mod people;
mod queue;
mod rules;
mod slack_news;
mod transcript;
mod unit;

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        caller::Caller,
        chat::{Chat, Head, Participant, Person, Stage},
        ids::{AgentId, ChatId, MessageNumber, ParticipantNumber},
        message::{Happening, Message},
        text::SafeHtml,
    },
    flow::{CallId, CallOut, Position, Variables},
    store::{StoreError, chat::LockedChat, message_columns::ReadMark},
};

pub use amend::{Amendment, Words};
pub use consequence::{abandoned_after, minutes, next_look};
pub use rules::Taker;
pub use unit::{open, save};

/// A chat and everything about to happen to it.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub chat: Chat,
    pub head: Head,
    pub position: Position,
    pub variables: Variables,
    pub participants: Vec<Participant>,
    /// When the time limit of the step that the chat waits at is over.
    pub flow_due_at: Option<DateTime<Utc>>,
    /// When the sweeper must look at the chat next.
    sweep_at: Option<DateTime<Utc>>,
    /// The visitor's last sign of life, where somebody has looked for it.
    pub visitor_seen_at: Option<DateTime<Utc>>,
    /// Entries that are not in the database yet, by number.
    pub new_entries: Vec<Message>,
    /// Messages that are to read differently from now on, in order.
    amendments: Vec<Amendment>,
    /// What is to leave the process once the transaction is committed.
    pub new_calls: Vec<(CallId, CallOut)>,
    /// Files that the new entries bring into the chat, and whether the visitor is not to see them.
    pub new_files: Vec<(Vec<i32>, bool)>,
    new_ratings: Vec<Rating>,
    /// What the database holds; none: the chat is new.
    stored: Option<LockedChat>,
    stored_participants: Vec<Participant>,
}

/// What the visitor thinks of the chat, on its way to the feedback records.
#[derive(Clone, Debug)]
enum Rating {
    Score {
        score: i32,
        comment: Option<String>,
    },
    /// Words for the score that was given before.
    Comment(String),
}

/// Why a chat does not take what was asked of it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("chat {0} does not exist")]
    ChatNotFound(ChatId),
    #[error("chat {0} can only be read with this token, which came with another chat")]
    ReadOnly(ChatId),
    #[error("chat {0} is closed; it takes feedback (system_id 9), read marks and reopening, nothing else")]
    Closed(ChatId),
    #[error("message {message} of chat {chat} does not exist")]
    MessageNotFound { chat: ChatId, message: MessageNumber },
    #[error("chat {chat} is not closed")]
    NotClosed { chat: ChatId },
    #[error("another agent has chat {0}")]
    TakenByAnother(ChatId),
    #[error("chat {0} is offered to another agent")]
    OfferedToAnother(ChatId),
    #[error("agent {agent} has {chats} open chats and takes no more")]
    NoRoom { agent: AgentId, chats: usize },
    #[error("the bot has chat {0}; join it first")]
    WithBot(ChatId),
    #[error("{0}")]
    Invalid(String),
    #[error("could not read or write the chat")]
    Store(#[from] StoreError),
}

impl Conversation {
    /// A chat that is about to be inserted under an id drawn before.
    pub fn new(chat: Chat) -> Self {
        let none = MessageNumber::new(0);
        Self {
            head: Head {
                last_message: none,
                last_public_message: none,
                version: 0,
                updated_at: chat.created_at,
            },
            chat,
            position: Position::NotStarted,
            variables: Variables::new(),
            participants: Vec::new(),
            flow_due_at: None,
            sweep_at: None,
            visitor_seen_at: None,
            new_entries: Vec::new(),
            amendments: Vec::new(),
            new_calls: Vec::new(),
            new_files: Vec::new(),
            new_ratings: Vec::new(),
            stored: None,
            stored_participants: Vec::new(),
        }
    }

    fn stored(locked: LockedChat, participants: Vec<Participant>) -> Self {
        Self {
            chat: locked.chat.clone(),
            head: locked.head,
            position: locked.position.clone(),
            variables: locked.variables.clone(),
            stored_participants: participants.clone(),
            participants,
            flow_due_at: locked.flow_due_at,
            sweep_at: locked.sweep_at,
            visitor_seen_at: None,
            new_entries: Vec::new(),
            amendments: Vec::new(),
            new_calls: Vec::new(),
            new_files: Vec::new(),
            new_ratings: Vec::new(),
            stored: Some(locked),
        }
    }

    pub const fn id(&self) -> ChatId {
        self.chat.id
    }

    /// Adds an entry to the log under the next number.
    pub fn append(
        &mut self,
        sender: ParticipantNumber,
        happening: Happening,
        html: SafeHtml,
        now: DateTime<Utc>,
    ) -> &mut Message {
        let number = MessageNumber::new(self.head.last_message.get() + 1);
        self.push(Message::new(number, sender, happening, html, now))
    }

    /// Adds an entry whose number is `next_number`.
    pub fn push(&mut self, mut message: Message) -> &mut Message {
        self.complete(&mut message);
        self.head.last_message = message.number;
        if !message.is_staff_only {
            self.head.last_public_message = message.number;
        }
        self.new_entries.push(message);
        self.new_entries.last_mut().expect("it was just pushed")
    }

    pub fn next_number(&self) -> MessageNumber {
        MessageNumber::new(self.head.last_message.get() + 1)
    }

    /// Records something that happened, with nothing to say about it.
    pub fn record(&mut self, sender: ParticipantNumber, happening: Happening, now: DateTime<Utc>) {
        self.append(sender, happening, SafeHtml::default(), now);
    }

    pub fn participant(&self, number: ParticipantNumber) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.number == number)
    }

    fn participant_mut(&mut self, number: ParticipantNumber) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|participant| participant.number == number)
    }

    /// The person the chat is for.
    pub fn visitor(&self) -> Option<&Participant> {
        self.participants.iter().find(|participant| participant.is_visitor())
    }

    /// The caller's own place in the chat, if it has one.
    pub fn place_of(&self, caller: &Caller) -> Option<ParticipantNumber> {
        caller.place_in(self.id(), &self.participants)
    }

    pub fn place_of_agent(&self, agent: AgentId) -> Option<ParticipantNumber> {
        self.participants.iter().find(|one| one.agent() == Some(agent)).map(|one| one.number)
    }

    pub fn place_of_client(&self, id: &str) -> Option<ParticipantNumber> {
        let is_client =
            |one: &&Participant| matches!(&one.person, Person::Client { client_id } if client_id == id);
        self.participants.iter().find(is_client).map(|one| one.number)
    }

    /// Gives a person a place in the chat, or the one it already has.
    pub fn admit(&mut self, person: Person, name: &str, email: Option<String>) -> ParticipantNumber {
        let known = match &person {
            Person::Agent(agent) => self.place_of_agent(*agent),
            Person::Client { client_id } => self.place_of_client(client_id),
            Person::Visitor { .. } => None,
        };
        if let Some(number) = known {
            let place = self.participant_mut(number).expect("it was just found");
            place.has_left = false;
            return number;
        }
        let count = i32::try_from(self.participants.len()).expect("a chat has few people");
        let number = ParticipantNumber::new(count + 1);
        self.participants.push(Participant {
            number,
            person,
            name: name.to_owned(),
            email,
            is_signed_in: false,
            has_left: false,
            read: MessageNumber::new(0),
        });
        number
    }

    pub fn is_changed(&self) -> bool {
        !self.new_entries.is_empty() || self.row_is_changed() || self.participants != self.stored_participants
    }

    /// Read marks of people who are stored that have moved.
    fn new_marks(&self) -> impl Iterator<Item = ReadMark> {
        let moved = |one: &&Participant| {
            self.stored_participants.iter().any(|was| was.number == one.number && was.read != one.read)
        };
        self.participants.iter().filter(moved).map(|one| (self.id(), one.number, one.read))
    }

    fn row_is_changed(&self) -> bool {
        self.stored.as_ref().is_none_or(|stored| {
            stored.chat != self.chat
                || stored.position != self.position
                || stored.variables != self.variables
                || stored.flow_due_at != self.due_at()
        })
    }

    /// The moment of `flow_due_at`, as long as the chat still waits for it.
    fn due_at(&self) -> Option<DateTime<Utc>> {
        self.flow_due_at.filter(|_| !self.chat.is_closed() && self.position.waits_at().is_some())
    }

    /// Whether people have the chat, or it waits for them, and it did not before.
    fn has_just_come_to_people(&self) -> bool {
        let was_with_bot = self.stored.as_ref().is_none_or(|stored| stored.chat.stage == Stage::Bot);
        was_with_bot && self.chat.stage != Stage::Bot && !self.chat.is_agent_chat
    }

    fn has_just_closed(&self) -> bool {
        self.chat.is_closed() && !self.stored.as_ref().is_some_and(|stored| stored.chat.is_closed())
    }
}
