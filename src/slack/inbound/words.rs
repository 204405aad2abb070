//! Somebody's words in Slack as entries of a log.

use chrono::TimeDelta;

use super::{
    file, opening,
    opening::Beginning,
    person, phrase,
    work::{Job, finish},
};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::SlackPlace,
        ids::MessageNumber,
        message::{Happening, Message},
    },
    service::{
        conversation::{self, Conversation, Refusal},
        message,
        news::{self, Untold},
        room::Rooms,
    },
    slack::{
        aside::{self, Aside},
        protocol::{
            event::{Envelope, Written},
            mrkdwn,
        },
    },
    store::{
        self, Conn, StoreError, slack_conversation, slack_inbox,
        slack_message::{self, SlackMessage},
        slack_place,
    },
};

/// Where there is no profile that could answer.
const NOT_SET_UP: &str = "This app is not ready to chat yet. Please tell whoever runs it.";

/// What a message is to the chats of its conversation.
enum Belongs {
    /// It goes into this chat; into a new one, should it be over and the message open chats.
    Into(slack_place::OpenConversation),
    Opens,
    Nowhere,
}

/// Takes a message in: into the open chat of its author there, or into a new one.
pub(super) async fn take(
    app: &App,
    job: &Job<'_>,
    envelope: &Envelope,
    written: &Written,
) -> Result<(), StoreError> {
    let chat_app = &job.chat_app;
    let place = SlackPlace {
        app: chat_app.app_id.clone(),
        channel: written.channel.clone(),
        user: written.user.clone(),
    };
    let opens = written.is_direct || written.is_mention;
    let mut conn = store::acquire(&app.pool).await?;
    let is_known =
        slack_message::find(&mut conn, chat_app.id, &written.channel, &written.ts).await?.is_some();
    let belongs = match slack_place::find_open(&mut conn, &place).await? {
        _ if is_known => Belongs::Nowhere,
        Some(open) if opens || open.thread_ts.is_some() && open.thread_ts == written.thread_ts => {
            Belongs::Into(open)
        }
        _ if opens => Belongs::Opens,
        _ => Belongs::Nowhere,
    };
    drop(conn);
    if matches!(belongs, Belongs::Nowhere) {
        return finish(app, job.request).await;
    }
    let person = person::find(app, chat_app, &written.user).await?;
    let fetched = match file::fetch(app, chat_app, job.request.attempts, &written.files).await? {
        Ok(fetched) => fetched,
        Err(file::Later(pause)) => return later(app, job, pause).await,
    };
    let words = phrase::read(app, job, envelope, written, &fetched.problems).await?;
    let uploads = (!written.files.is_empty()).then_some(&fetched.uploads);
    let beginning = Beginning {
        place,
        team_id: envelope.team_id.as_deref(),
        person,
        thread_ts: thread_of(written),
        words,
        uploads,
    };
    let outcome = log(app, job, written, belongs, opens, beginning).await;
    match outcome {
        Ok(Outcome::Logged { refused }) => {
            let problems = fetched.problems.into_iter().chain(refused).collect::<Vec<_>>().join("\n");
            tell(app, job, written, &mrkdwn::escape(&problems)).await;
        }
        Ok(Outcome::NotSetUp) => tell(app, job, written, NOT_SET_UP).await,
        Ok(Outcome::Nothing) => {}
        // The files stay: a commit whose answer was lost has brought them into a chat.
        Err(error) => return Err(error),
    }
    Ok(())
}

enum Outcome {
    Logged {
        /// Why some of the words are not there.
        refused: Option<String>,
    },
    /// It is another's, or nobody's any more.
    Nothing,
    NotSetUp,
}

/// One transaction: the request is done, the words are in the log, and both know it.
async fn log(
    app: &App,
    job: &Job<'_>,
    written: &Written,
    belongs: Belongs,
    opens: bool,
    beginning: Beginning<'_>,
) -> Result<Outcome, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(Outcome::Nothing);
    }
    let mut present = match &belongs {
        Belongs::Into(open) => conversation::open(&mut tx, &[open.chat].into()).await?.pop(),
        Belongs::Opens | Belongs::Nowhere => None,
    };
    present = present.filter(|conversation| !conversation.chat.is_closed());
    let (mut refused, mut untold) = (None, Untold::default());
    let logged = match present {
        Some(mut conversation) => {
            slack_conversation::revive(&mut tx, conversation.id(), now).await?;
            let entry;
            (entry, refused) = add(app, &mut tx, &mut conversation, beginning).await?;
            let mut conversations = [conversation];
            untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
            entry.map(|entry| (conversations[0].id(), entry))
        }
        None if !opens => None,
        None => {
            let opened = opening::open(app, &mut tx, &job.chat_app, beginning, now).await?;
            let Some(opened) = opened else {
                store::commit(tx).await?;
                return Ok(Outcome::NotSetUp);
            };
            let conversation;
            (conversation, untold) = opened;
            first_words(&conversation).map(|entry| (conversation.id(), entry))
        }
    };
    if let Some((chat, entry)) = logged {
        let message = SlackMessage {
            chat_app: job.chat_app.id,
            channel: written.channel.clone(),
            ts: written.ts.clone(),
            chat,
            entry,
            part: 0,
            is_ours: false,
        };
        slack_message::insert(&mut tx, &message).await?;
    }
    news::commit(app, tx, untold).await?;
    Ok(Outcome::Logged { refused })
}

/// Adds words to a chat that is open; answers the first entry of them, and why some are not there.
async fn add(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    mut beginning: Beginning<'_>,
) -> Result<(Option<MessageNumber>, Option<String>), StoreError> {
    let chat = conversation.id();
    let Some(participant) = conversation.visitor().map(|visitor| visitor.number) else {
        return Ok((None, None));
    };
    if let (Some(uploads), Some(first)) = (beginning.uploads, beginning.words.first_mut()) {
        opening::enclose(conn, uploads, first, chat, participant).await?;
    }
    let caller = Caller::Visitor { chat, participant, user: None };
    let (mut first, mut refused) = (None, None);
    for new in &beginning.words {
        let mut rooms = Rooms::default();
        match message::apply(app, conn, conversation, &mut rooms, &caller, new, app.clock.now()).await {
            Ok(posted) => first = first.or(Some(posted.message.number)),
            Err(Refusal::Store(error)) => return Err(error),
            Err(refusal) => {
                tracing::warn!(chat.id = %chat, %refusal, "words from Slack were refused");
                refused = Some(format!("Your words were not taken: {refusal}."));
            }
        }
    }
    Ok((first, refused))
}

fn first_words(conversation: &Conversation) -> Option<MessageNumber> {
    let visitor = conversation.visitor()?.number;
    let said = |entry: &&Message| entry.sender == visitor && entry.happening == Happening::Said;
    conversation.new_entries.iter().find(said).map(|entry| entry.number)
}

/// A thread is kept where the chat begins in one, and made where it begins in a channel.
fn thread_of(written: &Written) -> Option<&str> {
    if written.is_direct { None } else { written.thread_ts.as_deref().or(Some(&written.ts)) }
}

async fn tell(app: &App, job: &Job<'_>, written: &Written, text: &str) {
    if text.is_empty() {
        return;
    }
    let to = Aside {
        response_url: None,
        channel: Some(&written.channel),
        thread_ts: thread_of(written),
        user: &written.user,
    };
    aside::tell(app, Some(&job.chat_app), &to, text).await;
}

async fn later(app: &App, job: &Job<'_>, pause: std::time::Duration) -> Result<(), StoreError> {
    let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::minutes(1));
    let mut conn = store::acquire(&app.pool).await?;
    slack_inbox::postpone(&mut conn, job.request.id, app.clock.now() + pause).await
}
