//! `LiveChatMsg` as it leaves.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    former::FormerTextShown,
    shown::{ArticleFound, ChatInputField, LocalStorageKey, ServiceFound, storage_keys},
    transfer::Transfer,
};
use crate::{
    api::objects::lenient::Moment,
    domain::{
        caller::Caller,
        chat::{Participant, Person},
        ids::{AgentId, ChatId, MessageNumber, ParticipantNumber, StepId, UserId},
        message::{FormerText, Happening, Message},
    },
    service::{
        access::sees_names,
        chat::ChatView,
        message::{Log, Posted},
        profile::RunningProfile,
    },
};

/// One entry of a chat's log.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(example = json!({
    "id": 3, "chat_id": 7, "sender_id": 0, "text": "Printer or network?", "textplain": "Printer or network?",
    "timestamp": "2026-03-01T09:30:00.123Z", "system_id": 0, "lastmessageid": 3, "display_name": "Robin",
    "is_message_safe": true, "next_input_id": 2,
    "next_input_fieldinfo": {"id": 0, "name": "Topic", "type": "choice",
        "lookup_values": [{"value": "1", "label": "Printer"}, {"value": "2", "label": "Network"}]}
}))]
pub struct LiveChatMsg {
    /// The entry's number in its chat: 1, 2, 3 …
    pub id: i32,
    pub chat_id: i32,
    /// The participant's number in the chat; 0 is the bot.
    pub sender_id: i32,
    /// Sanitised HTML.
    pub text: String,
    /// The same words without markup.
    pub textplain: String,
    pub timestamp: Moment,
    /// 0 an ordinary message; other numbers are ours, see the README.
    pub system_id: i32,
    /// How far the log had come when this answer was made, as far as the reader may see.
    pub lastmessageid: i32,
    /// The ticket that was logged, on an entry that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_int: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_bool: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_date: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_multi: Option<String>,
    /// The flow step that this answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_id: Option<i32>,
    /// The flow step that waits for an answer now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_input_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_input_fieldinfo: Option<ChatInputField>,
    /// What the widget is to read from its page's local storage: `id` is the key, `name` the variable
    /// that keeps it. It is answered in the same member, with the value as `name`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub local_storage_key_mappings: Vec<LocalStorageKey>,
    /// Articles that the bot found, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kb_search_results: Vec<ArticleFound>,
    /// Services of the catalogue that the bot found, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services_search_results: Vec<ServiceFound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat_image_type: Option<i32>,
    /// The profile whose flow spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chatprofileid: Option<String>,
    /// False when something was removed from `text`.
    pub is_message_safe: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_by_agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_by_agent_name: Option<String>,
    /// Its words were taken away.
    #[serde(rename = "_deleted", skip_serializing_if = "std::ops::Not::not")]
    pub is_deleted: bool,
    /// From whom to whom a chat went, on an entry that says so; for staff.
    #[serde(rename = "_transfer", skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// What it said before, the oldest first; only with `include_history`.
    #[serde(rename = "_history", skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<FormerTextShown>,
    #[serde(rename = "_warning", skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Members that are kept and given back: attachments, remote sessions, page data.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What an entry needs beside itself to be shown.
struct Setting<'a> {
    chat: ChatId,
    sender: Option<&'a Participant>,
    /// The agent who changed it last.
    editor: Option<&'a Participant>,
    history: &'a [FormerText],
    profile: Option<&'a RunningProfile>,
    last_message: MessageNumber,
    caller: &'a Caller,
}

impl LiveChatMsg {
    /// The entries of a part of a log.
    pub fn of_log(log: &Log, caller: &Caller) -> Vec<Self> {
        let setting = |message: &Message| Setting {
            chat: log.chat,
            sender: log.participants.iter().find(|one| one.number == message.sender),
            editor: log.participants.iter().find(|one| message.was_edited_by(one)),
            history: &log.history,
            profile: log.profile.as_deref(),
            last_message: log.last_message,
            caller,
        };
        log.messages.iter().map(|message| Self::new(message, &setting(message))).collect()
    }

    /// A message that was just stored.
    pub fn of_post(posted: &Posted, caller: &Caller) -> Self {
        let setting = Setting {
            chat: posted.chat,
            sender: posted.sender.as_ref(),
            editor: posted.editor.as_ref(),
            history: &[],
            profile: None,
            last_message: posted.last_message,
            caller,
        };
        Self::new(&posted.message, &setting)
    }

    /// One of the first entries of a chat that was just started.
    pub fn of_view(message: &Message, view: &ChatView, caller: &Caller) -> Self {
        let setting = Setting {
            chat: view.listed.chat.id,
            sender: view.participants.iter().find(|one| one.number == message.sender),
            editor: view.participants.iter().find(|one| message.was_edited_by(one)),
            history: &[],
            profile: view.profile.as_deref(),
            last_message: view.listed.head.last_public_message,
            caller,
        };
        Self::new(message, &setting)
    }

    fn new(message: &Message, setting: &Setting) -> Self {
        let (user, unknown_id) = match setting.sender.map(|sender| &sender.person) {
            Some(Person::Visitor { unknown_id, user }) => (*user, Some(unknown_id.clone())),
            _ => (None, None),
        };
        Self {
            id: message.number.get(),
            chat_id: setting.chat.get(),
            sender_id: message.sender.get(),
            text: message.html.as_str().to_owned(),
            textplain: message.plain.clone(),
            timestamp: Moment(message.at),
            system_id: message.happening.code(),
            lastmessageid: setting.last_message.get(),
            ticket_id: match message.happening {
                Happening::TicketLogged { ticket } => Some(ticket),
                _ => None,
            },
            user_id: user.map(UserId::get),
            agent_id: setting.sender.and_then(Participant::agent).map(AgentId::get),
            unknown_id,
            display_name: setting.display_name(message.sender),
            value_int: message.value.int,
            value_bool: message.value.bool,
            value_date: message.value.date.map(Moment),
            value_multi: message.value.multi.clone(),
            input_id: message.step.filter(|_| message.sender != ParticipantNumber::BOT).map(StepId::get),
            next_input_id: message.ask.as_ref().map(|ask| ask.step.get()),
            next_input_fieldinfo: message.ask.as_ref().map(ChatInputField::from),
            local_storage_key_mappings: message.ask.as_ref().map(storage_keys).unwrap_or_default(),
            kb_search_results: message.hits.articles.iter().map(ArticleFound::from).collect(),
            services_search_results: message.hits.services.iter().map(ServiceFound::from).collect(),
            chat_image_type: Some(message.image).filter(|image| *image != 0),
            // Other entries of the bot's name it too, for the log to be whole; nobody spoke there.
            chatprofileid: message
                .profile
                .as_ref()
                .filter(|_| message.happening == Happening::Said)
                .map(ToString::to_string),
            is_message_safe: message.is_safe,
            modified_by_agent_id: message.edited_by.map(AgentId::get),
            modified_by_agent_name: setting.editor.map(|editor| setting.name_of(editor)),
            is_deleted: message.is_deleted,
            transfer: Transfer::of(&message.happening).filter(|_| sees_names(setting.caller)),
            history: setting
                .history
                .iter()
                .filter(|former| former.message == message.number)
                .map(FormerTextShown::from)
                .collect(),
            warning: message.warning.clone(),
            extra: message
                .extra
                .as_ref()
                .and_then(|extra| serde_json::from_str(extra.as_str()).ok())
                .unwrap_or_default(),
        }
    }
}

impl Setting<'_> {
    /// The name over an entry; an agent's alias for visitors, where the profile says so.
    fn display_name(&self, sender: ParticipantNumber) -> Option<String> {
        if sender == ParticipantNumber::BOT {
            return self.profile.map(|profile| profile.settings.bot_name.clone());
        }
        self.sender.map(|sender| self.name_of(sender))
    }

    fn name_of(&self, who: &Participant) -> String {
        let alias = self.profile.and_then(|profile| profile.settings.agent_alias.as_ref());
        let alias = alias.filter(|_| who.agent().is_some() && !sees_names(self.caller));
        alias.unwrap_or(&who.name).clone()
    }
}
