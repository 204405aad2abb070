//! Telling one conversation everything that it has not been told yet.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::{
    clear,
    entry::{self, Scene},
    page_data,
    post::{self, Sent},
};
use crate::{
    app::App,
    domain::{chat::Participant, ids::ChatId, message::Message, text::SafeHtml},
    service::{
        conversation, news,
        profile::{self, RunningProfile},
    },
    slack::chat_app,
    store::{
        self, StoreError,
        message::Range,
        slack_block,
        slack_chat_app::{self, StoredChatApp},
        slack_conversation::{self, ClaimedConversation, Progress, Release},
    },
};

/// Entries that are read at once.
const ENTRIES_AT_ONCE: i64 = 20;
/// The longest pause after failures in a row.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(1);

/// A conversation that is being told, and what it takes for that.
pub(super) struct Telling<'a> {
    pub app: &'a App,
    pub claimed: &'a ClaimedConversation,
    pub chat_app: StoredChatApp,
    pub token: SecretString,
    pub progress: Progress,
}

/// What stands in the way of telling more.
#[derive(Debug)]
pub(super) enum Obstacle {
    /// For a while; none: as long as failures in a row suggest.
    Pause(Option<TimeDelta>),
    /// For good, in Slack's word, until somebody mends it.
    Fault(String),
    /// Somebody else may be telling already.
    LeaseLost,
    Store(StoreError),
}

impl From<StoreError> for Obstacle {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) async fn tell(app: &App, claimed: &ClaimedConversation) -> Result<(), StoreError> {
    let stored = slack_chat_app::find(&mut *store::acquire(&app.pool).await?, claimed.chat_app).await?;
    let token = stored.as_ref().and_then(|stored| chat_app::bot_token(app, stored));
    let (Some(chat_app), Some(token)) = (stored, token) else {
        return release(app, claimed, Release::Never("no_token")).await;
    };
    let mut telling = Telling { app, claimed, chat_app, token, progress: claimed.progress.clone() };
    match telling.tell_all().await {
        Ok(()) => release(app, claimed, Release::Told).await,
        Err(Obstacle::Pause(pause)) => {
            let later = app.clock.now() + pause.unwrap_or_else(|| pause_after(claimed.attempts));
            release(app, claimed, Release::Later(later)).await
        }
        Err(Obstacle::Fault(fault)) => {
            tracing::error!(chat.id = %claimed.chat, fault, "a chat is told no more in Slack");
            release(app, claimed, Release::Never(&fault)).await?;
            note(app, claimed.chat, &format!("Slack takes no more messages of this chat: {fault}.")).await
        }
        Err(Obstacle::LeaseLost) => Ok(()),
        Err(Obstacle::Store(error)) => Err(error),
    }
}

/// 1 s, 2 s, 4 s … up to a minute.
fn pause_after(attempts: i32) -> TimeDelta {
    let exponent = u32::try_from(attempts.clamp(0, 6)).unwrap_or_default();
    TimeDelta::seconds(1_i64 << exponent).min(PAUSE_MAX)
}

async fn release(app: &App, claimed: &ClaimedConversation, how: Release<'_>) -> Result<(), StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    slack_conversation::release(&mut conn, claimed, how, app.clock.now()).await
}

/// Tells the desk what the person in Slack does not hear.
pub(super) async fn note(app: &App, chat: ChatId, text: &str) -> Result<(), StoreError> {
    let now: DateTime<Utc> = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    for conversation in &mut conversations {
        conversation.note(crate::domain::ids::ParticipantNumber::BOT, SafeHtml::escape(text), now);
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}

impl Telling<'_> {
    async fn tell_all(&mut self) -> Result<(), Obstacle> {
        loop {
            let (entries, people, profile) = self.read().await?;
            let alias = profile.as_ref().and_then(|profile| profile.settings.agent_alias.as_deref());
            let scene = Scene { people: &people, agent_alias: alias };
            if entries.is_empty() {
                return clear::used(self, &scene).await;
            }
            for entry in &entries {
                self.tell_entry(&scene, entry).await?;
            }
        }
    }

    async fn read(
        &self,
    ) -> Result<(Vec<Message>, Vec<Participant>, Option<std::sync::Arc<RunningProfile>>), StoreError> {
        let chat = self.claimed.chat;
        let range = Range {
            after: self.progress.told,
            up_to: i32::MAX,
            newest: false,
            limit: ENTRIES_AT_ONCE,
            with_staff_only: false,
        };
        let mut conn = store::acquire(&self.app.pool).await?;
        let entries = store::message::list(&mut conn, chat, range).await?;
        let people = store::participant::list_by_chats(&mut conn, &[chat]).await?;
        let version = slack_conversation::profile_of(&mut conn, chat).await?;
        let profile = match version {
            Some(version) => profile::of_version(self.app, &mut conn, &version, None).await?,
            None => None,
        };
        Ok((entries, people.into_iter().map(|(_, one)| one).collect(), profile))
    }

    async fn tell_entry(&mut self, scene: &Scene<'_>, entry: &Message) -> Result<(), Obstacle> {
        if !matches!(entry.happening, crate::domain::message::Happening::Edited { .. }) {
            clear::before(self, scene, entry).await?;
        }
        let block = match &entry.ask {
            Some(_) => {
                let mut conn = store::acquire(&self.app.pool).await?;
                slack_block::ensure(&mut conn, self.claimed.chat, entry.number, self.app.clock.now()).await?
            }
            None => uuid::Uuid::nil(),
        };
        let done = usize::try_from(self.progress.posts).unwrap_or_default();
        for post in entry::posts(scene, entry, block).into_iter().skip(done) {
            match post::send(self, entry, post).await? {
                Sent::Done => {}
                Sent::Refused(code) => {
                    let number = entry.number;
                    let text = format!("Slack did not take message {number}: {code}.");
                    tracing::error!(chat.id = %self.claimed.chat, code, "Slack did not take a message");
                    note(self.app, self.claimed.chat, &text).await?;
                    self.advance(None).await?;
                }
            }
        }
        page_data::answer(self.app, self.claimed.chat, entry).await?;
        self.progress = Progress { told: entry.number.get(), ..Progress::default() };
        self.keep_progress().await
    }

    /// The next post of the entry is due; `posted` is the message that this one has become.
    pub(super) async fn advance(
        &mut self,
        posted: Option<store::slack_message::SlackMessage>,
    ) -> Result<(), Obstacle> {
        self.progress.posts += 1;
        self.progress.pending = None;
        let mut tx = store::begin(&self.app.pool).await?;
        if let Some(message) = &posted {
            store::slack_message::insert(&mut tx, message).await?;
        }
        // What Slack has answered is true, whoever holds the lease by now.
        let is_ours = slack_conversation::update_progress(&mut tx, self.claimed, &self.progress).await?;
        store::commit(tx).await?;
        if is_ours { Ok(()) } else { Err(Obstacle::LeaseLost) }
    }

    pub(super) async fn keep_progress(&self) -> Result<(), Obstacle> {
        let mut conn = store::acquire(&self.app.pool).await?;
        let is_ours = slack_conversation::update_progress(&mut conn, self.claimed, &self.progress).await?;
        if is_ours { Ok(()) } else { Err(Obstacle::LeaseLost) }
    }
}
