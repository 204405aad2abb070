//! Opening conversations under their row locks, and writing what came of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Amendment, Conversation, Rating, consequence, departure, slack_news, transcript};
use crate::{
    app::App,
    domain::{
        chat::Participant,
        ids::{ChatId, ParticipantNumber},
        news::{News, Reach},
    },
    service::{news::Untold, profile},
    store::{self, Conn, StoreError, feedback, message::Appended},
};

/// Reads chats and their people and holds the rows until the transaction ends: two round trips.
///
/// People are read after the lock is held, in a statement of their own: a statement that waits for
/// a lock reads the tables it only joins as they were before the wait.
pub async fn open(conn: &mut Conn, ids: &BTreeSet<ChatId>) -> Result<Vec<Conversation>, StoreError> {
    let ids: Vec<ChatId> = ids.iter().copied().collect();
    let locked = store::chat::lock_many(conn, &ids).await?;
    let mut people = store::participant::list_by_chats(conn, &ids).await?.into_iter().peekable();
    let mut conversations = Vec::with_capacity(locked.len());
    for chat in locked {
        let mut participants = Vec::new();
        while let Some((_, participant)) = people.next_if(|(id, _)| *id == chat.chat.id) {
            participants.push(participant);
        }
        conversations.push(Conversation::stored(chat, participants));
    }
    Ok(conversations)
}

/// Writes what changed; answers what to tell at the commit. One round trip for all entries, heads and read marks together; one more for
/// each chat row and each person that changed otherwise, which an ordinary message does not need.
pub async fn save(
    app: &App,
    conn: &mut Conn,
    conversations: &mut [Conversation],
    now: DateTime<Utc>,
) -> Result<Untold, StoreError> {
    for conversation in conversations.iter_mut().filter(|one| one.is_changed()) {
        consequence::follow(app, conn, conversation, now).await?;
        conversation.describe(ParticipantNumber::BOT, now);
        conversation.head.version += 1;
        conversation.head.updated_at = now;
        save_row(conn, conversation).await?;
    }
    let (mut entries, mut heads) = (Vec::new(), Vec::new());
    let (mut marks, mut departures) = (Vec::new(), Vec::new());
    for conversation in conversations.iter().filter(|one| one.is_changed()) {
        heads.push((conversation.id(), conversation.head));
        marks.extend(conversation.new_marks());
        departures.extend(departure::departures(conversation));
        entries.extend(conversation.new_entries.iter().map(|entry| (conversation.id(), entry)));
    }
    let untold = untold(conversations);
    if !heads.is_empty() {
        let appended = Appended { news: untold.text(app), entries, heads, marks, departures, now };
        store::message::append(conn, &appended).await?;
    }
    for conversation in conversations.iter() {
        save_what_follows(app, conn, conversation, now).await?;
    }
    Ok(untold)
}

fn untold(conversations: &[Conversation]) -> Untold {
    let moved = conversations.iter().filter(|one| one.is_changed());
    let heads: Vec<_> = moved.map(|one| (one.id(), Reach::from(one.head))).collect();
    let mut news = Vec::new();
    if !heads.is_empty() {
        news.push(News::Moved(heads));
    }
    if conversations.iter().any(|one| !one.new_calls.is_empty()) {
        news.push(News::Outbox);
    }
    if conversations.iter().any(slack_news::is_any) {
        news.push(News::Slack);
    }
    Untold::new(news)
}

/// What only some changes come with: edited messages, calls, files, ratings, the transcript of a chat
/// that has ended.
async fn save_what_follows(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let chat = conversation.id();
    for Amendment { entry, message } in &conversation.amendments {
        if message.is_deleted {
            store::enclosed_file::hide_of_message(conn, chat, message.number).await?;
        }
        store::message_history::replace(conn, chat, *entry, message, now).await?;
    }
    for (call, what) in &conversation.new_calls {
        store::outbox::insert(conn, chat, *call, what, now).await?;
    }
    for (ids, is_staff_only) in &conversation.new_files {
        store::attachment::move_to_chat(conn, ids, chat, *is_staff_only).await?;
    }
    for rating in &conversation.new_ratings {
        match rating {
            Rating::Score { score, comment } => {
                let (comment, ticket) = (comment.as_deref(), conversation.chat.ticket_id);
                let rating = feedback::Rating { chat, score: *score, comment, ticket };
                feedback::insert(conn, &rating, now).await?;
            }
            Rating::Comment(words) => feedback::update_comment(conn, chat, words).await?,
        }
    }
    slack_news::tell(conn, conversation, now).await?;
    // What is said of a chat after its end belongs to it.
    let was_rated = conversation.chat.is_closed() && !conversation.new_ratings.is_empty();
    if conversation.has_just_closed() || was_rated {
        let profile = profile::of_chat(app, conn, &conversation.chat).await?;
        let bot = profile.as_ref().map_or("Bot", |profile| profile.settings.bot_name.as_str());
        transcript::attach(conn, conversation, bot, now).await?;
    }
    Ok(())
}

async fn save_row(conn: &mut Conn, conversation: &Conversation) -> Result<(), StoreError> {
    if conversation.row_is_changed() {
        let row = store::chat::LockedChat {
            chat: conversation.chat.clone(),
            head: conversation.head,
            position: conversation.position.clone(),
            variables: conversation.variables.clone(),
            flow_due_at: conversation.due_at(),
            sweep_at: conversation.sweep_at,
        };
        match conversation.stored {
            None => store::chat::insert(conn, &row).await?,
            Some(_) => store::chat::update(conn, &row).await?,
        }
    }
    for participant in &conversation.participants {
        // Read marks are written with the entries.
        let same =
            |stored: &Participant| Participant { read: participant.read, ..stored.clone() } == *participant;
        if !conversation.stored_participants.iter().any(same) {
            store::participant::save(conn, conversation.id(), participant).await?;
        }
    }
    Ok(())
}
