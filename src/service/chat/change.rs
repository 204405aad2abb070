//! Changing a chat that exists: joining, handing over, transferring, closing, reopening, reading.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::people;
use super::upgrade::upgrade;
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::Person,
        ids::{AgentId, ChatId, MessageNumber, ParticipantNumber},
        news::News,
        text::SafeHtml,
    },
    service::{
        StoreError, access,
        conversation::{self, Conversation, Refusal, Taker},
        identity::IdentityError,
        news,
        repeat::{RepeatError, Repeatable},
        room::{Rooms, holder},
    },
    store::{self, Conn},
};

/// What is to change; absent: it stays.
#[derive(Clone, Debug, Default)]
pub struct ChatChange {
    pub chat: i32,
    pub name: Option<String>,
    pub page_url: Option<String>,
    pub language_id: Option<i32>,
    pub is_closed: Option<bool>,
    /// The agent who is to have it.
    pub agent: Option<i32>,
    /// The team that is to have it.
    pub team: Option<i32>,
    pub read: Option<i32>,
    /// Take it even from another agent.
    pub takes_over: bool,
    pub invites: Option<i32>,
    pub leaves: bool,
    /// Says who the visitor of an open chat is.
    pub identity_token: Option<SecretString>,
    /// Words for staff only, beside the change.
    pub note: Option<String>,
}

/// Applies changes, all or none, in one transaction; a repeated request changes nothing more.
pub async fn change(
    app: &App,
    caller: &Caller,
    changes: Vec<ChatChange>,
    repeatable: Option<Repeatable>,
) -> Result<Vec<ChatId>, ChangeError> {
    for change in &changes {
        change.must_fit(app.config.limits.message_characters)?;
    }
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    if let Some(repeatable) = &repeatable
        && let Some(first) = repeatable.answered(&mut tx, now).await?
    {
        return Ok(first.iter().map(|one| ChatId::new(one.chat)).collect());
    }
    let ids = changes.iter().map(|change| ChatId::new(change.chat)).collect();
    let mut conversations = conversation::open(&mut tx, &ids).await?;
    let mut rooms = Rooms::default();
    for change in &changes {
        let id = ChatId::new(change.chat);
        let conversation =
            conversations.iter_mut().find(|one| one.id() == id).ok_or(Refusal::ChatNotFound(id))?;
        access::check_change(caller, &conversation.chat, &conversation.participants)?;
        let before = holder(&conversation.chat);
        apply(app, &mut tx, conversation, &mut rooms, caller, change, now).await?;
        rooms.observe(id, before, holder(&conversation.chat));
    }
    let mut untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    for change in changes.iter().filter(|change| change.identity_token.is_some()) {
        untold.and(news::note(app, &mut tx, News::Upgraded(ChatId::new(change.chat))).await?);
    }
    if let Some(repeatable) = repeatable {
        repeatable.keep(&mut tx, changes.iter().map(|change| change.chat), now).await?;
    }
    news::commit(app, tx, untold).await?;
    Ok(changes.iter().map(|change| ChatId::new(change.chat)).collect())
}

/// Why chats were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Repeated(#[from] RepeatError),
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Refused(match error.constraint() {
            Some("chats_slack_open_key") => {
                let problem = "the chat's person has another open chat in this Slack conversation";
                Refusal::Invalid(problem.to_owned())
            }
            _ => Refusal::Store(error),
        })
    }
}

async fn apply(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    rooms: &mut Rooms,
    caller: &Caller,
    change: &ChatChange,
    now: DateTime<Utc>,
) -> Result<(), ChangeError> {
    if caller.is_visitor() {
        refuse_staff_changes(change)?;
    }
    let by = actor(conversation, caller, change);
    match (change.is_closed, conversation.chat.is_closed()) {
        (Some(false), true) => {
            let agent = caller.agent().map(Taker::from);
            if let Some(agent) = &agent {
                rooms.take(conn, agent.id, &conversation.chat).await?;
            }
            conversation.reopen(by, agent.as_ref(), now)?;
        }
        (Some(true), true) => return Err(Refusal::Closed(conversation.id()).into()),
        _ => {}
    }
    describe(conversation, by, change, now)?;
    if let Some(token) = &change.identity_token {
        upgrade(app, conn, conversation, caller, token, now).await?;
    }
    people::move_people(conn, conversation, rooms, caller, by, change, now).await?;
    if let Some(note) = &change.note {
        conversation.must_be_open()?;
        conversation.note(by, SafeHtml::sanitise(note).html, now);
    }
    if let Some(read) = change.read {
        let place = conversation.place_of(caller).ok_or_else(|| {
            let chat = conversation.id();
            Refusal::Invalid(format!("readid is for people of a chat, and you are not one of chat {chat}"))
        })?;
        conversation.mark_read(place, MessageNumber::new(read));
    }
    if change.is_closed == Some(true) {
        conversation.close(by, now)?;
    }
    Ok(())
}

/// What a visitor's token does not open.
fn refuse_staff_changes(change: &ChatChange) -> Result<(), Refusal> {
    let for_staff = [
        ("agent_id", change.agent.is_some()),
        ("team_id", change.team.is_some()),
        ("_takeover", change.takes_over),
        ("_invite_agent_id", change.invites.is_some()),
        ("_note", change.note.is_some()),
    ];
    match for_staff.iter().find(|(_, is_asked)| *is_asked) {
        Some((name, _)) => Err(Refusal::Invalid(format!("{name} is for staff"))),
        None => Ok(()),
    }
}

/// Whether the log will say that this agent did something: everybody in a chat is met in its log, so
/// nobody gets a place in it otherwise.
fn is_told_of(conversation: &Conversation, agent: AgentId, change: &ChatChange) -> bool {
    let closes_or_reopens = change.is_closed.is_some_and(|closed| closed != conversation.chat.is_closed());
    let gives_to = change.agent.map(AgentId::new).filter(|to| *to != agent);
    let gives = gives_to.is_some_and(|to| conversation.chat.agent() != Some(to));
    closes_or_reopens || gives || change.team.is_some() || change.note.is_some()
}

/// Whose act the log says it was; a member of staff who changes something gets a place in the chat
/// only by joining it, so without one it is the server's.
fn actor(conversation: &mut Conversation, caller: &Caller, change: &ChatChange) -> ParticipantNumber {
    if let Some(place) = conversation.place_of(caller) {
        return place;
    }
    match caller.agent() {
        Some(agent) if is_told_of(conversation, agent.id, change) => {
            let place = conversation.admit(Person::Agent(agent.id), &agent.name, None);
            // Known to the chat, but not in it.
            conversation.absent(place);
            place
        }
        _ => ParticipantNumber::BOT,
    }
}

fn describe(
    conversation: &mut Conversation,
    by: ParticipantNumber,
    change: &ChatChange,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if change.name.is_some() || change.page_url.is_some() || change.language_id.is_some() {
        conversation.must_be_open()?;
    }
    let chat = &mut conversation.chat;
    if let Some(name) = &change.name {
        chat.name.clone_from(name);
    }
    if change.page_url.is_some() {
        chat.page_url.clone_from(&change.page_url);
    }
    chat.language_id = change.language_id.or(chat.language_id);
    conversation.describe(by, now);
    Ok(())
}
