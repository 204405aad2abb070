//! Removing what is kept of a person, and chats that a profile keeps no longer.

use std::time::{Duration, Instant};

use super::{CHATS_AT_ONCE, PrivacyError, deed, find};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        ids::{ChatId, ParticipantNumber},
        news::{News, Reach},
        person::{Extent, Person, Removed, Subject},
    },
    service::{
        attachment, audit,
        conversation::{self, Refusal},
        news::{self, Untold},
    },
    store::{self, StoreError, message::Appended},
};

/// Chats that one sweep erases because their time is over; more wait for the next.
const RETIRED_PER_ROUND_MAX: i64 = 20;

/// What was removed, and whether that was all.
#[derive(Debug)]
pub struct Erased {
    pub removed: Removed,
    /// False: the time was over. The same request goes on.
    pub is_complete: bool,
}

/// Removes everything that is kept of a person, for so long and no longer. What happens meanwhile is
/// removed too: chats that the person begins come last, because their numbers are higher.
pub async fn erase(
    app: &App,
    actor: &Actor,
    subject: &Subject,
    patience: Duration,
) -> Result<Erased, PrivacyError> {
    let begun = Instant::now();
    let person = find(app, subject).await?;
    // The chat that names the person goes last: without it, nobody could go on.
    let named_by = match subject {
        Subject::Chat(chat) => Some(*chat),
        _ => None,
    };
    let (mut removed, mut chats) = (Removed::default(), Vec::new());
    let mut after = ChatId::new(0);
    loop {
        let mut conn = store::acquire(&app.pool).await?;
        let page = store::person::list_chats(&mut conn, &person, after, CHATS_AT_ONCE).await?;
        drop(conn);
        let Some(last) = page.last() else { break };
        after = *last;
        for chat in page.into_iter().filter(|chat| named_by != Some(*chat)) {
            if begun.elapsed() >= patience {
                return Ok(Erased { removed, is_complete: false });
            }
            removed.add(&erase_chat(app, actor, chat, Extent::Person).await?);
            chats.push(chat.get());
        }
    }
    if let Some(chat) = named_by {
        removed.add(&erase_chat(app, actor, chat, Extent::Person).await?);
        chats.push(chat.get());
    }
    removed.add(&erase_rest(app, actor, subject, &person, &chats).await?);
    Ok(Erased { removed, is_complete: true })
}

/// What is not part of a chat.
async fn erase_rest(
    app: &App,
    actor: &Actor,
    subject: &Subject,
    person: &Person,
    chats: &[i32],
) -> Result<Removed, StoreError> {
    let mut tx = store::begin(&app.pool).await?;
    let removed = store::person::erase(&mut tx, person, chats).await?;
    let number = subject.number().map(|number| number.to_string());
    let kind = [subject.kind()];
    audit::note(app, &mut tx, actor, deed(Action::Erased, subject, number.as_deref(), &kind)).await?;
    let untold = news::note_revocation(app, &mut tx).await?;
    news::commit(app, tx, untold).await?;
    attachment::remove_leftovers(app).await?;
    Ok(removed)
}

/// Erases chats whose profile keeps them no longer; some now, the others at the next round.
pub async fn erase_retired(app: &App) -> Result<(), StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let now = app.clock.now();
    let retired = store::erasure::list_retired(&mut conn, now, RETIRED_PER_ROUND_MAX).await?;
    drop(conn);
    for chat in retired {
        // One that cannot be read must not keep the others waiting.
        if let Err(error) = erase_chat(app, &Actor::server(), chat, Extent::Chat).await {
            tracing::error!(chat.id = %chat, error = &error as &dyn std::error::Error,
                "could not erase a chat whose time is over");
        }
    }
    Ok(())
}

/// Erases one chat, which is closed before if it is open. Nothing, when it was erased already.
async fn erase_chat(app: &App, actor: &Actor, chat: ChatId, extent: Extent) -> Result<Removed, StoreError> {
    while close(app, chat).await? {
        // Somebody may have opened it again before it is locked once more.
        if let Some(removed) = empty(app, actor, chat, extent).await? {
            return Ok(removed);
        }
    }
    Ok(Removed::default())
}

/// Closes a chat if it is open; false: it is erased, or there is none. What closing brings about, as a
/// ticket with its transcript, is written here and erased with the rest.
async fn close(app: &App, chat: ChatId) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    let Some(conversation) = conversations.first_mut() else { return Ok(false) };
    if conversation.chat.is_closed() {
        return Ok(!conversation.chat.is_erased);
    }
    match conversation.close(ParticipantNumber::BOT, now) {
        Ok(()) => {}
        Err(Refusal::Store(error)) => return Err(error),
        Err(_) => return Ok(true),
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await?;
    Ok(true)
}

/// Empties a chat that is closed; none: it is open. Its head moves, so that everybody who watches reads
/// it anew; that comes last, because others who write wait for it.
async fn empty(
    app: &App,
    actor: &Actor,
    chat: ChatId,
    extent: Extent,
) -> Result<Option<Removed>, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let conversations = conversation::open(&mut tx, &[chat].into()).await?;
    let Some(conversation) = conversations.first().filter(|one| one.chat.is_closed()) else {
        return Ok(None);
    };
    if conversation.chat.is_erased {
        return Ok(Some(Removed::default()));
    }
    let (removed, blobs) = store::erasure::erase_chat(&mut tx, chat, extent, now).await?;
    let number = chat.to_string();
    let deed = Deed { action: Action::Erased, resource: "Chat", id: Some(&number), fields: &[] };
    audit::note(app, &mut tx, actor, deed).await?;
    let mut head = conversation.head;
    head.version += 1;
    head.updated_at = now;
    let mut untold = Untold::new(vec![News::Moved(vec![(chat, Reach::from(head))])]);
    let appended = Appended {
        news: untold.text(app),
        entries: Vec::new(),
        heads: vec![(chat, head)],
        marks: Vec::new(),
        departures: Vec::new(),
        now,
    };
    store::message::append(&mut tx, &appended).await?;
    untold.and(news::note_revocation(app, &mut tx).await?);
    news::commit(app, tx, untold).await?;
    for blob in blobs {
        attachment::discard(app, blob).await;
    }
    Ok(Some(removed))
}
