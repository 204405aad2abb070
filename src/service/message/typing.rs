//! Who is typing: news, kept in memory for a few seconds and never stored.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use moka::{Entry, sync::Cache};

use super::{Claim, speaker};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::{ChatId, ParticipantNumber},
        news::News,
    },
    service::{
        access,
        conversation::{self, Refusal},
        news,
    },
    store,
};

/// How long somebody counts as typing after saying so.
const TYPING_FOR: Duration = Duration::from_secs(8);
const CHATS_IN_MEMORY_MAX: u64 = 100_000;

/// Somebody who is typing, and since when.
pub type TypingSince = (ParticipantNumber, DateTime<Utc>);

/// Everybody who is typing.
pub struct Typing(Cache<ChatId, Arc<Vec<TypingSince>>>);

impl Default for Typing {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CHATS_IN_MEMORY_MAX).time_to_live(TYPING_FOR).build())
    }
}

impl Typing {
    /// Who is typing in a chat, as of now.
    pub fn in_chat(&self, chat: ChatId, now: DateTime<Utc>) -> Vec<TypingSince> {
        let is_fresh =
            |since: DateTime<Utc>| now.signed_duration_since(since).to_std().unwrap_or_default() < TYPING_FOR;
        let typing = self.0.get(&chat).unwrap_or_default();
        typing.iter().copied().filter(|(_, since)| is_fresh(*since)).collect()
    }

    fn set(&self, chat: ChatId, who: ParticipantNumber, since: Option<DateTime<Utc>>) {
        self.0.entry(chat).and_upsert_with(|present| {
            let others = present.map(Entry::into_value).unwrap_or_default();
            let others = others.iter().copied().filter(|(other, _)| *other != who);
            Arc::new(others.chain(since.map(|at| (who, at))).collect())
        });
    }
}

/// Notes that the caller is typing in a chat, or has stopped.
pub async fn set_typing(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    sender: Claim,
    has_stopped: bool,
) -> Result<(ParticipantNumber, DateTime<Utc>), Refusal> {
    let now = app.clock.now();
    let who = match caller {
        Caller::Visitor { chat: own, participant, .. } if *own == chat && participant.get() == sender.0 => {
            *participant
        }
        _ => place(app, caller, chat, sender).await?,
    };
    let since = (!has_stopped).then_some(now);
    app.typing.set(chat, who, since);
    news::tell(app, News::Typing { chat, who, since }).await;
    Ok((who, now))
}

/// Takes over who types from what another process tells.
pub fn hear_typing(app: &App, news: &[News]) {
    for one in news {
        if let News::Typing { chat, who, since } = one {
            app.typing.set(*chat, *who, *since);
        }
    }
}

async fn place(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    sender: Claim,
) -> Result<ParticipantNumber, Refusal> {
    let mut tx = store::begin(&app.pool).await?;
    let opened = conversation::open(&mut tx, &[chat].into()).await?.pop();
    let conversation = opened.ok_or(Refusal::ChatNotFound(chat))?;
    access::check_change(caller, &conversation.chat, &conversation.participants)?;
    conversation.must_be_open()?;
    speaker::resolve(&conversation, caller, Some(sender))?;
    let place = conversation.place_of(caller);
    place.ok_or_else(|| Refusal::Invalid(format!("you are not in chat {chat}; join it first")))
}
