//! Entries of logs, their heads and read marks as the arrays that one statement takes.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{happening_row, message_row};
use crate::domain::{
    chat::Head,
    ids::{AgentId, ChatId, MessageNumber, ParticipantNumber, ProfileId, StepId, TeamId},
    message::Message,
};

/// How far a participant has read.
pub type ReadMark = (ChatId, ParticipantNumber, MessageNumber);

/// A chat that has left somebody's sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    FromTeam(ChatId, TeamId),
    /// It was anybody's.
    FromAll(ChatId),
    FromAgent(ChatId, AgentId),
}

type HeadColumns = (Vec<i32>, Vec<i32>, Vec<i32>, Vec<i64>, Vec<DateTime<Utc>>);

pub(super) fn head_columns(heads: &[(ChatId, Head)]) -> HeadColumns {
    let row = |(chat, head): &(ChatId, Head)| {
        let (last, public) = (head.last_message.get(), head.last_public_message.get());
        (chat.get(), last, public, head.version, head.updated_at)
    };
    heads.iter().map(row).collect()
}

pub(super) fn mark_columns(marks: &[ReadMark]) -> (Vec<i32>, Vec<i32>, Vec<i32>) {
    marks.iter().map(|(chat, place, read)| (chat.get(), place.get(), read.get())).collect()
}

type DepartureColumns = (Vec<i32>, Vec<Option<i32>>, Vec<Option<i32>>);

pub(super) fn departure_columns(departures: &[Departure]) -> DepartureColumns {
    let row = |departure: &Departure| match departure {
        Departure::FromTeam(chat, team) => (chat.get(), Some(team.get()), None),
        Departure::FromAll(chat) => (chat.get(), Some(0), None),
        Departure::FromAgent(chat, agent) => (chat.get(), None, Some(agent.get())),
    };
    departures.iter().map(row).collect()
}

/// Entries turned on their side: one array a column.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub chat_ids: Vec<i32>,
    pub message_ids: Vec<i32>,
    pub sender_ids: Vec<i32>,
    pub system_ids: Vec<i32>,
    pub staff_only: Vec<bool>,
    pub htmls: Vec<&'a str>,
    pub plains: Vec<&'a str>,
    pub safes: Vec<bool>,
    pub created: Vec<DateTime<Utc>>,
    pub steps: Vec<Option<i32>>,
    pub profiles: Vec<Option<&'a str>>,
    pub ints: Vec<Option<i32>>,
    pub bools: Vec<Option<bool>>,
    pub dates: Vec<Option<DateTime<Utc>>>,
    pub multis: Vec<Option<&'a str>>,
    pub images: Vec<i32>,
    pub asks: Vec<Option<Value>>,
    pub hits: Vec<Option<Value>>,
    pub warnings: Vec<Option<&'a str>>,
    pub details: Vec<Option<Value>>,
    pub extras: Vec<Option<Value>>,
}

impl<'a> Columns<'a> {
    pub fn of(entries: &[(ChatId, &'a Message)]) -> Self {
        let mut columns = Self {
            chat_ids: Vec::with_capacity(entries.len()),
            message_ids: Vec::with_capacity(entries.len()),
            htmls: Vec::with_capacity(entries.len()),
            ..Self::default()
        };
        for (chat, message) in entries {
            columns.push(*chat, message);
        }
        columns
    }

    fn push(&mut self, chat: ChatId, message: &'a Message) {
        self.chat_ids.push(chat.get());
        self.message_ids.push(message.number.get());
        self.sender_ids.push(message.sender.get());
        self.system_ids.push(message.happening.code());
        self.staff_only.push(message.is_staff_only);
        self.htmls.push(message.html.as_str());
        self.plains.push(&message.plain);
        self.safes.push(message.is_safe);
        self.created.push(message.at);
        self.steps.push(message.step.map(StepId::get));
        self.profiles.push(message.profile.as_ref().map(ProfileId::as_str));
        self.ints.push(message.value.int);
        self.bools.push(message.value.bool);
        self.dates.push(message.value.date);
        self.multis.push(message.value.multi.as_deref());
        self.images.push(message.image);
        self.asks.push(message.ask.as_ref().map(message_row::ask_to_json));
        self.hits.push(message_row::hits_to_json(&message.hits));
        self.warnings.push(message.warning.as_deref());
        self.details.push(happening_row::detail_of(message));
        self.extras.push(
            message
                .extra
                .as_ref()
                .map(|extra| serde_json::from_str(extra.as_str()).expect("a document holds JSON")),
        );
    }
}
