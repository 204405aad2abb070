//! The writer: posts that meet share one transaction and one commit.
//!
//! Round trips to Postgres for a batch of posts, however many there are in it:
//! begin · lock the chats · read their people · append entries and move heads · commit.
//! One more when a post carries an Idempotency-Key, to look the keys up, and one for each such key
//! to keep it; one for each chat whose state changed; two for a request of several posts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, Span};

use super::{NewMessage, PostError, Posted, post as one};
use crate::{
    app::App,
    domain::{caller::Caller, ids::ChatId},
    service::{
        conversation::{self, Conversation, Refusal},
        news,
        repeat::{RepeatError, Repeatable, remembered_since},
        room::{Rooms, holder},
    },
    store::{
        self, Conn, StoreError, Writer,
        idempotency::{Answered, FirstAnswer},
    },
};

/// Posts that one transaction takes; more wait for the next.
const BATCH_POSTS_MAX: usize = 256;

struct Request {
    caller: Caller,
    messages: Vec<NewMessage>,
    repeatable: Option<Repeatable>,
    span: Span,
}

type Answer = Result<Vec<Posted>, PostError>;

struct Waiting {
    request: Request,
    reply: oneshot::Sender<Answer>,
}

/// The way to the writer.
pub struct PostQueue(mpsc::Sender<Waiting>);

/// The writer's end of the queue, until it is served.
pub struct PostsWaiting(mpsc::Receiver<Waiting>);

impl PostQueue {
    pub fn new(waiting_max: usize) -> (Self, PostsWaiting) {
        let (sender, receiver) = mpsc::channel(waiting_max.max(1));
        (Self(sender), PostsWaiting(receiver))
    }

    /// Posts that the writer has not begun with.
    pub fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }
}

impl PostsWaiting {
    /// Writes whatever is waiting, in one transaction at a time, until nobody can post any more.
    pub fn serve(mut self, app: &App) {
        // The writer must not keep the server alive that it waits for.
        let app = Arc::downgrade(app.shared());
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH_POSTS_MAX);
            let mut writer = None;
            while self.0.recv_many(&mut batch, BATCH_POSTS_MAX).await > 0 {
                let Some(app) = app.upgrade().map(App::from_shared) else { break };
                let span = tracing::info_span!("write", posts = batch.len());
                write_batch(&app, &mut writer, &mut batch).instrument(span).await;
            }
        });
    }
}

/// Stores messages, all or none, and lets the flow answer them. Answers after the commit.
pub async fn post(
    app: &App,
    caller: &Caller,
    messages: Vec<NewMessage>,
    repeatable: Option<Repeatable>,
) -> Answer {
    let (reply, answer) = oneshot::channel();
    let request = Request { caller: caller.clone(), messages, repeatable, span: Span::current() };
    app.posts.0.try_send(Waiting { request, reply }).map_err(|_| PostError::Busy)?;
    answer.await.unwrap_or(Err(PostError::Busy))
}

async fn write_batch(app: &App, writer: &mut Option<Writer>, batch: &mut Vec<Waiting>) {
    metrics::histogram!("aureole_posts_per_batch").record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
    let requests: Vec<&Request> = batch.iter().map(|waiting| &waiting.request).collect();
    match write(app, writer, &requests).await {
        Ok(answers) => {
            for (waiting, answer) in batch.drain(..).zip(answers) {
                // Whoever asked may have gone; the message is stored all the same.
                let _ = waiting.reply.send(answer);
            }
        }
        Err(error) if batch.len() == 1 || error.is_outage() => {
            let (problem, count) = (&error as &dyn std::error::Error, batch.len());
            tracing::error!(error = problem, "could not store {count} posts");
            let mut error = Some(error);
            for waiting in batch.drain(..) {
                let answer = error.take().map_or(PostError::Busy, PostError::from);
                let _ = waiting.reply.send(Err(answer));
            }
        }
        // One bad post must not take the others with it.
        Err(_) => {
            for waiting in batch.drain(..) {
                let answer = match write(app, writer, &[&waiting.request]).await {
                    Ok(mut answers) => answers.pop().unwrap_or(Err(PostError::Busy)),
                    Err(error) => Err(error.into()),
                };
                let _ = waiting.reply.send(answer);
            }
        }
    }
}

/// One transaction over several requests. A connection that failed is not used again: nobody knows
/// what state it is in.
async fn write(
    app: &App,
    writer: &mut Option<Writer>,
    requests: &[&Request],
) -> Result<Vec<Answer>, StoreError> {
    let mut connected = match writer.take() {
        Some(kept) => kept.usable(&app.pool).await?,
        None => Writer::connect(&app.pool).await?,
    };
    loop {
        // Another process answering the same key meanwhile undoes the batch; it starts over then.
        if let Some(answers) = write_once(app, &mut connected, requests).await? {
            *writer = Some(connected);
            return Ok(answers);
        }
    }
}

/// A request that is refused changes nothing; an error of the database undoes them all, and so does
/// a key that another process has answered: none is returned.
async fn write_once(
    app: &App,
    writer: &mut Writer,
    requests: &[&Request],
) -> Result<Option<Vec<Answer>>, StoreError> {
    let now = app.clock.now();
    let since = remembered_since(now);
    let mut tx = writer.begin().await?;
    let chats: BTreeSet<ChatId> =
        requests.iter().flat_map(|request| &request.messages).filter_map(|message| message.chat).collect();
    let opened = conversation::open(&mut tx, &chats).await?;
    let mut batch = Batch {
        conversations: opened.into_iter().map(|one| (one.id(), one)).collect(),
        answered: answered_before(&mut tx, requests, since).await?,
        new_answers: Vec::new(),
        rooms: Rooms::default(),
    };
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        match batch.answer(app, &mut tx, request, now).instrument(request.span.clone()).await {
            Err(PostError::Refused(Refusal::Store(error))) => return Err(error),
            answer => answers.push(answer),
        }
    }
    let mut conversations: Vec<Conversation> = batch.conversations.into_values().collect();
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    for new in &batch.new_answers {
        if !store::idempotency::save(&mut tx, new, since, now).await? {
            store::roll_back(tx).await?;
            return Ok(None);
        }
    }
    news::commit(app, tx, untold).await?;
    Ok(Some(answers))
}

async fn answered_before(
    conn: &mut Conn,
    requests: &[&Request],
    since: DateTime<Utc>,
) -> Result<Vec<Answered>, StoreError> {
    let keyed = requests.iter().filter_map(|request| request.repeatable.as_ref());
    let names: Vec<_> = keyed.map(|repeatable| repeatable.name.clone()).collect();
    if names.is_empty() { Ok(Vec::new()) } else { store::idempotency::list(conn, &names, since).await }
}

struct Batch {
    conversations: BTreeMap<ChatId, Conversation>,
    answered: Vec<Answered>,
    new_answers: Vec<Answered>,
    rooms: Rooms,
}

impl Batch {
    async fn answer(&mut self, app: &App, conn: &mut Conn, request: &Request, now: DateTime<Utc>) -> Answer {
        if let Some(repeatable) = &request.repeatable {
            let first = self.answered.iter().chain(&self.new_answers).find(|one| one.name == repeatable.name);
            if let Some(first) = first {
                if first.request_hash != repeatable.request_hash {
                    return Err(RepeatError::KeyReused.into());
                }
                return self.replay(conn, &request.caller, &first.answers).await;
            }
        }
        let posted = self.post_all(app, conn, request, now).await?;
        if let Some(repeatable) = &request.repeatable {
            let answers = posted.iter().map(|one| FirstAnswer {
                chat: one.chat.get(),
                message: one.message.number.get(),
                last_message: one.last_message.get(),
            });
            self.new_answers.push(Answered {
                name: repeatable.name.clone(),
                request_hash: repeatable.request_hash.clone(),
                answers: answers.collect(),
            });
        }
        Ok(posted)
    }

    /// Posts every message of a request, or none.
    async fn post_all(
        &mut self,
        app: &App,
        conn: &mut Conn,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Answer {
        // A single post changes nothing when it is refused; several need something to go back to, in
        // memory and in the database, where a flow may have logged a ticket.
        if request.messages.len() <= 1 {
            return self.post_each(app, conn, request, now).await;
        }
        let before = (self.conversations.clone(), self.rooms.clone());
        let mut part = store::begin_part(conn).await?;
        let answer = self.post_each(app, &mut part, request, now).await;
        match &answer {
            Ok(_) => store::commit(part).await?,
            // The whole batch is undone.
            Err(PostError::Refused(Refusal::Store(_))) => {}
            Err(_) => {
                store::roll_back(part).await?;
                (self.conversations, self.rooms) = before;
            }
        }
        answer
    }

    async fn post_each(
        &mut self,
        app: &App,
        conn: &mut Conn,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Answer {
        let mut posted = Vec::with_capacity(request.messages.len());
        for message in &request.messages {
            let chat = message.chat.ok_or_else(|| Refusal::Invalid("chat_id is missing".to_owned()))?;
            let conversation = self.conversations.get_mut(&chat).ok_or(Refusal::ChatNotFound(chat))?;
            let before = holder(&conversation.chat);
            let rooms = &mut self.rooms;
            let answer = one::apply(app, conn, conversation, rooms, &request.caller, message, now).await;
            rooms.observe(chat, before, holder(&conversation.chat));
            posted.push(answer?);
        }
        Ok(posted)
    }

    /// Gives the first answer again, from the log: a message that was changed since reads as it does now.
    async fn replay(&self, conn: &mut Conn, caller: &Caller, first: &[FirstAnswer]) -> Answer {
        use crate::domain::ids::MessageNumber;
        let numbers: Vec<_> =
            first.iter().map(|one| (ChatId::new(one.chat), MessageNumber::new(one.message))).collect();
        let stored = store::message::find_many(conn, &numbers).await?;
        let mut posted = Vec::with_capacity(first.len());
        for (answer, (chat, number)) in first.iter().zip(numbers) {
            let conversation = self.conversations.get(&chat).ok_or(Refusal::ChatNotFound(chat))?;
            let stored = || {
                let found = stored.iter().find(|(id, message)| (*id, message.number) == (chat, number));
                found.map(|(_, message)| message)
            };
            let message = conversation.unwritten(number).or_else(stored);
            let message = message.ok_or(Refusal::ChatNotFound(chat))?.clone();
            let last_message = MessageNumber::new(answer.last_message);
            posted.push(Posted { last_message, ..Posted::new(conversation, caller, message) });
        }
        Ok(posted)
    }
}
