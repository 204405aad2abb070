//! Starting a chat: the profile's door, the visitor's place and token, and what the bot says first.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    door::{self, Entrance},
    toll,
};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::{Chat, Person, SlackPlace, Stage},
        ids::{ChatId, ParticipantNumber, ProfileId, StepId},
        message::Message,
    },
    flow::Event,
    service::{
        auth::token::{self, Issued},
        conversation::{self, Conversation, Refusal},
        flow,
        identity::IdentityError,
        news,
        profile::RunningProfile,
        rates::{RateError, Spent},
        repeat::{RepeatError, Repeatable},
    },
    store::{self, Conn, StoreError, idempotency::FirstAnswer, message::Range},
};

/// Name of somebody who gave none.
pub(super) const NAMELESS: &str = "Visitor";
/// First messages that the answer to a start carries.
const FIRST_MESSAGES_MAX: i64 = 200;

/// A chat as a caller wants it started.
#[derive(Clone, Debug, Default)]
pub struct NewChat {
    pub profile: Option<ProfileId>,
    pub key: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub page_url: Option<String>,
    /// A step that permits being started at.
    pub flow_step: Option<i32>,
    /// Believed only from callers with credentials.
    pub unknown_id: Option<String>,
    pub language_id: Option<i32>,
    pub teams_conversation_id: Option<String>,
    /// The conversation in Slack that it comes from.
    pub slack: Option<SlackPlace>,
    /// The chat's name; none: the visitor's.
    pub name: Option<String>,
    /// Says who the visitor is.
    pub identity_token: Option<SecretString>,
    /// The pair that opens what a site has told of the visitor.
    pub matching_guid: Option<String>,
    pub matching_key: Option<SecretString>,
}

/// A chat that was started, and the visitor's way into it.
pub struct Started {
    pub chat: ChatId,
    /// None: a chat of the agent's own, without a visitor.
    pub token: Option<(Issued, String)>,
    pub messages: Vec<Message>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("chatprofileid is missing: it names the chat profile to start")]
    ProfileMissing,
    #[error("chat profile {0} does not exist, or this is not its key")]
    ProfileNotFound(ProfileId),
    #[error("chat profile {0} opens with its key or with a token")]
    KeyMissing(ProfileId),
    #[error("chat profile {0} is for people who are signed in: it takes an identity_token")]
    SignedInOnly(ProfileId),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Repeated(#[from] RepeatError),
    #[error(transparent)]
    Spent(#[from] Spent),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<RateError> for StartError {
    fn from(error: RateError) -> Self {
        match error {
            RateError::Spent(spent) => Self::Spent(spent),
            RateError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Refused(Refusal::Store(error))
    }
}

/// Starts chats, all or none, in one transaction.
pub async fn start(
    app: &App,
    caller: &Caller,
    address: Option<IpAddr>,
    wanted: Vec<NewChat>,
    repeatable: Option<Repeatable>,
) -> Result<Vec<Started>, StartError> {
    wanted.iter().try_for_each(NewChat::must_fit)?;
    toll::charge(app, caller, address, &wanted).await?;
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    if let Some(repeatable) = &repeatable
        && let Some(first) = repeatable.answered(&mut tx, now).await?
    {
        let started = replay(app, &mut tx, &first).await?;
        store::commit(tx).await?;
        return Ok(started);
    }
    let mut doors = Vec::with_capacity(wanted.len());
    for new in &wanted {
        doors.push(door::enter(app, &mut tx, caller, new, now).await?);
    }
    // Numbers are drawn for those who were let in only.
    let ids = store::chat::draw_ids(&mut tx, wanted.len()).await?;
    let mut conversations = Vec::with_capacity(wanted.len());
    for ((id, new), entrance) in ids.into_iter().zip(wanted).zip(doors) {
        conversations.push(match entrance {
            Some(entrance) => begin(app, &mut tx, caller, entrance, id, new, now).await?,
            None => begin_agent_chat(caller, id, &new, now)?,
        });
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    let mut started = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        let messages = conversation.new_entries.clone();
        started.push(admit_visitor(app, &mut tx, &conversation, messages).await?);
    }
    if let Some(repeatable) = repeatable {
        repeatable.keep(&mut tx, started.iter().map(|one| one.chat.get()), now).await?;
    }
    news::commit(app, tx, untold).await?;
    Ok(started)
}

async fn begin(
    app: &App,
    conn: &mut Conn,
    caller: &Caller,
    entrance: Entrance,
    id: ChatId,
    mut new: NewChat,
    now: DateTime<Utc>,
) -> Result<Conversation, StartError> {
    let Entrance { profile, visitor: signed_in, matched } = entrance;
    let profile = &profile;
    let said = new.display_name.filter(|name| !name.trim().is_empty());
    new.display_name = signed_in.as_ref().map(|who| who.name.clone()).or(said).or(matched.name);
    new.email = new.email.filter(|email| !email.is_empty()).or(matched.email);
    let mut conversation = Conversation::new(blank(id, Some(profile), &new, now));
    conversation.variables = matched.variables;
    let unknown_id = new.unknown_id.filter(|_| caller.staff().is_some());
    let visitor = conversation.admit(
        Person::Visitor { unknown_id: unknown_id.unwrap_or_else(|| Uuid::new_v4().to_string()), user: None },
        new.display_name.as_deref().unwrap_or(NAMELESS),
        new.email,
    );
    conversation.start(visitor, now);
    if let Some(who) = signed_in {
        conversation.sign_in(who, now)?;
    }
    let at = new.flow_step.map(StepId::new);
    if let Some(step) = at.filter(|step| !profile.flow.allows_start_at(*step)) {
        return Err(Refusal::Invalid(format!("a chat cannot be started at step {step}")).into());
    }
    let walk = flow::decide(app, conn, &conversation, profile, &Event::Opened { at }, now).await?;
    walk.carry_out(&mut conversation, profile, now);
    Ok(conversation)
}

/// A chat of an agent's own: between agents, without a visitor or a bot.
fn begin_agent_chat(
    caller: &Caller,
    id: ChatId,
    new: &NewChat,
    now: DateTime<Utc>,
) -> Result<Conversation, StartError> {
    let agent = caller.agent().ok_or(StartError::ProfileMissing)?;
    let mut conversation = Conversation::new(Chat {
        is_agent_chat: true,
        name: new.name.clone().unwrap_or_else(|| agent.name.clone()),
        ..blank(id, None, new, now)
    });
    let place = conversation.admit(Person::Agent(agent.id), &agent.name, None);
    conversation.start(place, now);
    conversation.join(&agent.into(), now)?;
    Ok(conversation)
}

pub(super) fn blank(id: ChatId, profile: Option<&RunningProfile>, new: &NewChat, now: DateTime<Utc>) -> Chat {
    let name = new.name.as_ref().or(new.display_name.as_ref()).filter(|name| !name.is_empty());
    Chat {
        id,
        profile: profile.map(|profile| profile.version.clone()),
        name: name.cloned().unwrap_or_else(|| NAMELESS.to_owned()),
        is_agent_chat: false,
        stage: Stage::Bot,
        closing: None,
        team: None,
        offered_to: Vec::new(),
        ticket_id: None,
        page_url: new.page_url.clone(),
        language_id: new.language_id,
        teams_conversation_id: new.teams_conversation_id.clone(),
        slack: new.slack.clone(),
        feedback_submitted: false,
        created_at: now,
        queued_at: None,
        agent_joined_at: None,
        flow_step: None,
        offer: None,
        passed_by: Vec::new(),
        wait_messages_sent: 0,
        is_erased: false,
    }
}

/// Gives the visitor of a chat a token; an agent's own chat has no visitor.
async fn admit_visitor(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    messages: Vec<Message>,
) -> Result<Started, StoreError> {
    let visitor = conversation.participants.iter().find_map(|one| match &one.person {
        Person::Visitor { unknown_id, .. } => Some((one.number, unknown_id.clone())),
        Person::Agent(_) | Person::Client { .. } => None,
    });
    let token = match visitor {
        Some((place, unknown_id)) => Some((issue(app, conn, conversation.id(), place).await?, unknown_id)),
        None => None,
    };
    Ok(Started { chat: conversation.id(), token, messages })
}

async fn issue(
    app: &App,
    conn: &mut Conn,
    chat: ChatId,
    place: ParticipantNumber,
) -> Result<Issued, StoreError> {
    token::issue_to_visitor(app, conn, chat, place).await
}

/// Gives the first answer again, with fresh tokens: the first ones are nowhere in the clear.
async fn replay(app: &App, conn: &mut Conn, first: &[FirstAnswer]) -> Result<Vec<Started>, StoreError> {
    let ids = first.iter().map(|one| ChatId::new(one.chat)).collect();
    let opened = conversation::open(conn, &ids).await?;
    let mut started = Vec::with_capacity(first.len());
    for answer in first {
        let Some(conversation) = opened.iter().find(|one| one.id().get() == answer.chat) else { continue };
        let range = Range {
            after: 0,
            up_to: i32::MAX,
            newest: false,
            limit: FIRST_MESSAGES_MAX,
            with_staff_only: false,
        };
        let messages = store::message::list(conn, conversation.id(), range).await?;
        started.push(admit_visitor(app, conn, conversation, messages).await?);
    }
    Ok(started)
}
