//! `LiveChatHeader` as it leaves.

use serde::Serialize;

use crate::{
    api::objects::lenient::Moment,
    domain::{
        caller::Caller,
        chat::{Participant, Person, Stage},
        ids::{AgentId, TeamId, UserId},
    },
    service::{access::sees_names, chat::ChatView, message::TypingSince},
};

/// A chat's header: its state, its people, and how far its log has come.
///
/// Halo publishes no schema of it; the names follow its stored columns. Members after
/// `teams_conversation_id` are ours.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct LiveChatHeader {
    pub id: i32,
    pub name: String,
    /// The team whose chat this is; 0: none.
    pub team_id: i32,
    /// Between agents, without a visitor.
    pub istech: bool,
    pub isclosed: bool,
    pub isassigned: bool,
    pub isabandoned: bool,
    /// False while the bot has the chat.
    pub livechatstarted: bool,
    /// The last message that the reader may see.
    pub lastmessageid: i32,
    #[schema(value_type = String, format = DateTime)]
    pub lastupdatedate: Option<Moment>,
    pub participantcount: i32,
    /// 0: none.
    pub ticket_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chatprofile_id: Option<String>,
    /// The flow step that spoke last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_step: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pageurl: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datetimequeued: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datetimeagentjoined: Option<Moment>,
    /// Minutes from the queue to the first agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queuetime: Option<f64>,
    pub feedbacksubmitted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teams_conversation_id: Option<String>,
    /// The Slack app, conversation and person that the chat belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_channel_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_user_id: Option<String>,

    /// `bot`, `queued`, `live`, `closed` or `abandoned`.
    pub state: &'static str,
    pub participants: Vec<LiveChatParticipant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_name: Option<String>,
    /// The agent who has the chat; 0: none.
    pub agent_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    /// The known user on the other side; 0: none.
    pub user_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chatprofile_name: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub datecreated: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dateclosed: Option<Moment>,
    /// From 1; only while queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_position: Option<i32>,
    /// Only while queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_wait_minutes: Option<f64>,
    /// The agent whom a queued chat is offered to; 0: none. Not for visitors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered_agent_id: Option<i32>,
    /// Words of others after the reader's read mark, 999 at most.
    pub unread: i32,
    /// Who is typing now.
    pub typing: Vec<LiveChatTyping>,
    /// Rises with every change of the chat or its log.
    pub version: i64,
    /// The same as `chatprofile_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chatprofileid: Option<String>,
    /// The same as `lastupdatedate`.
    #[schema(value_type = String, format = DateTime)]
    pub dateupdated: Option<Moment>,
}

/// One person in a chat.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiveChatParticipant {
    /// The person's number in the chat: what `sender_id` means.
    pub id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_id: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub hasleft: bool,
    /// The last message that this person has read.
    pub readid: i32,
}

/// Somebody who is typing.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiveChatTyping {
    pub sender_id: i32,
    pub timestamp: Moment,
}

/// What `GET /Chat` answers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiveChatList {
    #[serde(flatten)]
    pub page: crate::api::listing::PageMembers,
    /// All matches; exact up to 10,000, beyond that an estimate. 0 past the last page.
    pub record_count: i64,
    pub chats: Vec<LiveChatHeader>,
    /// Whether anybody can take a chat now; only with `checkavailable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<bool>,
    /// To ask with as `after` the next time, for what changes from now on; only with `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl LiveChatHeader {
    /// The header as this caller may see it.
    pub fn new(view: ChatView, caller: &Caller) -> Self {
        let ChatView { listed, participants, profile, typing, wait_minutes, own_place, unread } = view;
        let (chat, head) = (listed.chat, listed.head);
        let alias = profile.as_ref().and_then(|profile| profile.settings.agent_alias.clone());
        let alias = alias.filter(|_| !sees_names(caller));
        let last = if caller.is_visitor() { head.last_public_message } else { head.last_message };
        let user = participants.iter().find_map(|one| match one.person {
            Person::Visitor { user: Some(user), .. } => Some((user, one.name.clone())),
            _ => None,
        });
        let slack = chat.slack.clone();
        let profile_id = chat.profile.as_ref().map(|profile| profile.id.to_string());
        Self {
            id: chat.id.get(),
            state: chat.state().name(),
            team_id: chat.team.map_or(0, TeamId::get),
            istech: chat.is_agent_chat,
            isclosed: chat.is_closed(),
            isassigned: chat.agent().is_some(),
            isabandoned: chat.closing.is_some_and(|closing| closing.is_abandoned),
            livechatstarted: chat.stage != Stage::Bot,
            lastmessageid: last.get(),
            lastupdatedate: Some(Moment(head.updated_at)),
            dateupdated: Some(Moment(head.updated_at)),
            participantcount: i32::try_from(participants.len()).unwrap_or(i32::MAX),
            ticket_id: chat.ticket_id.unwrap_or(0),
            chatprofileid: profile_id.clone(),
            chatprofile_id: profile_id,
            chatprofile_name: listed.profile_name,
            flow_step: chat.flow_step,
            pageurl: chat.page_url,
            language_id: chat.language_id,
            datetimequeued: chat.queued_at.map(Moment),
            datetimeagentjoined: chat.agent_joined_at.map(Moment),
            queuetime: chat
                .queued_at
                .zip(chat.agent_joined_at)
                .map(|(queued, joined)| (joined - queued).as_seconds_f64().max(0.0) / 60.0),
            feedbacksubmitted: chat.feedback_submitted,
            teams_conversation_id: chat.teams_conversation_id,
            slack_app_id: slack.as_ref().map(|place| place.app.clone()),
            slack_channel_id: slack.as_ref().map(|place| place.channel.clone()),
            slack_user_id: slack.map(|place| place.user),
            team_name: listed.team_name,
            agent_id: chat.stage.agent().map_or(0, AgentId::get),
            agent_name: listed.agent_name.map(|name| alias.clone().unwrap_or(name)),
            user_id: user.as_ref().map_or(0, |(user, _)| user.get()),
            user_name: user.map(|(_, name)| name),
            datecreated: Some(Moment(chat.created_at)),
            dateclosed: chat.closing.map(|closing| Moment(closing.at)),
            queue_position: listed.queue_position,
            estimated_wait_minutes: wait_minutes,
            offered_agent_id: (!caller.is_visitor()).then(|| chat.offer.map_or(0, |offer| offer.agent.get())),
            unread,
            typing: typing
                .into_iter()
                .filter(|(who, _)| own_place != Some(*who))
                .map(LiveChatTyping::from)
                .collect(),
            version: head.version,
            participants: participants
                .iter()
                .map(|one| LiveChatParticipant::new(one, alias.as_deref()))
                .collect(),
            name: chat.name,
        }
    }
}

impl From<TypingSince> for LiveChatTyping {
    fn from((who, since): TypingSince) -> Self {
        Self { sender_id: who.get(), timestamp: Moment(since) }
    }
}

impl LiveChatParticipant {
    fn new(participant: &Participant, alias: Option<&str>) -> Self {
        let (user, unknown_id) = match &participant.person {
            Person::Visitor { unknown_id, user } => (*user, Some(unknown_id.clone())),
            Person::Agent(_) | Person::Client { .. } => (None, None),
        };
        let alias = alias.filter(|_| participant.agent().is_some());
        Self {
            id: participant.number.get(),
            agent_id: participant.agent().map(AgentId::get),
            user_id: user.map(UserId::get),
            unknown_id,
            name: alias.unwrap_or(&participant.name).to_owned(),
            email: participant.email.clone(),
            hasleft: participant.has_left,
            readid: participant.read.get(),
        }
    }
}
