//! Starting and ending chats by commands and shortcuts.

use super::{
    opening::{self, Beginning},
    person, phrase,
    work::Job,
};
use crate::{
    app::App,
    domain::{chat::SlackPlace, ids::ParticipantNumber},
    service::{
        conversation,
        news::{self, Untold},
    },
    slack::{
        aside::{self, Aside},
        chat_app,
        protocol::{
            command::{Command, Purpose},
            interaction::Interaction,
        },
    },
    store::{self, StoreError, slack_inbox, slack_place},
};

const STARTED: &str = "Your chat has begun: see the messages of this app.";
const OPEN_ALREADY: &str = "You have an open chat: see the messages of this app.";
const ENDED: &str = "Your chat is over.";
const NOTHING_OPEN: &str = "You have no open chat.";
const NOT_SET_UP: &str = "This app is not ready to chat yet. Please tell whoever runs it.";

/// Who asks for it, and where.
struct Asking<'a> {
    user: &'a str,
    user_name: Option<&'a str>,
    team_id: Option<&'a str>,
    channel: Option<&'a str>,
    response_url: Option<&'a str>,
    /// What the chat is to begin with.
    text: &'a str,
}

pub(super) async fn command(app: &App, job: &Job<'_>, command: &Command) -> Result<(), StoreError> {
    let asking = Asking {
        user: &command.user_id,
        user_name: command.user_name.as_deref(),
        team_id: command.team_id.as_deref(),
        channel: Some(&command.channel_id),
        response_url: command.response_url.as_deref(),
        text: &command.text,
    };
    act(app, job, command.purpose(), &asking).await
}

pub(super) async fn shortcut(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    callback_id: &str,
) -> Result<(), StoreError> {
    let asking = Asking {
        user: &interaction.user_id,
        user_name: interaction.user_name.as_deref(),
        team_id: interaction.team_id.as_deref(),
        channel: interaction.channel_id.as_deref(),
        response_url: interaction.response_url.as_deref(),
        text: "",
    };
    act(app, job, Purpose::of(callback_id), &asking).await
}

async fn act(app: &App, job: &Job<'_>, purpose: Purpose, asking: &Asking<'_>) -> Result<(), StoreError> {
    let told = match purpose {
        Purpose::Start => start(app, job, asking).await?,
        Purpose::End => end(app, job, asking).await?,
        Purpose::Ticket => {
            super::work::finish(app, job.request).await?;
            None
        }
    };
    if let Some(text) = told {
        let Asking { user, response_url, channel, .. } = *asking;
        let to = Aside { response_url, channel, thread_ts: None, user };
        aside::tell(app, Some(&job.chat_app), &to, text).await;
    }
    Ok(())
}

/// Opens a chat in the app's messages with the person, wherever the person asked for it; answers
/// what there is to be told.
async fn start(app: &App, job: &Job<'_>, asking: &Asking<'_>) -> Result<Option<&'static str>, StoreError> {
    let chat_app = &job.chat_app;
    let mut person = person::find(app, chat_app, asking.user).await?;
    person.name = person.name.or_else(|| asking.user_name.map(str::to_owned));
    let Some(channel) = channel(app, job, asking).await? else {
        super::work::finish(app, job.request).await?;
        return Ok(Some(NOT_SET_UP));
    };
    let words = if asking.text.is_empty() {
        Vec::new()
    } else {
        let names = phrase::names(app, job, asking.text).await?;
        vec![phrase::in_our_form(asking.text, &phrase::by_id(&names))]
    };
    let is_elsewhere = asking.channel != Some(channel.as_str());
    let place = SlackPlace { app: chat_app.app_id.clone(), channel, user: asking.user.to_owned() };
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(None);
    }
    let mut untold = Untold::default();
    let told = if slack_place::find_open(&mut tx, &place).await?.is_some() {
        Some(OPEN_ALREADY)
    } else {
        let (team_id, thread_ts, uploads) = (asking.team_id, None, None);
        let beginning = Beginning { place, team_id, person, thread_ts, words, uploads };
        match opening::open(app, &mut tx, chat_app, beginning, now).await? {
            Some((_, news)) => {
                untold = news;
                is_elsewhere.then_some(STARTED)
            }
            None => Some(NOT_SET_UP),
        }
    };
    news::commit(app, tx, untold).await?;
    Ok(told)
}

/// The app's messages with the person; where they cannot be opened, the conversation of the command.
async fn channel(app: &App, job: &Job<'_>, asking: &Asking<'_>) -> Result<Option<String>, StoreError> {
    let given = || asking.channel.map(str::to_owned);
    let Some(token) = chat_app::bot_token(app, &job.chat_app) else { return Ok(given()) };
    match person::direct_messages(app, &job.chat_app, &token, asking.user).await? {
        Ok(channel) => Ok(Some(channel)),
        Err(error) => {
            tracing::warn!(slack.app = job.chat_app.app_id, %error, "could not open direct messages");
            Ok(given())
        }
    }
}

/// Ends the chat of this conversation, else the person's newest.
async fn end(app: &App, job: &Job<'_>, asking: &Asking<'_>) -> Result<Option<&'static str>, StoreError> {
    let now = app.clock.now();
    let app_id = &job.chat_app.app_id;
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(None);
    }
    let here = match asking.channel {
        Some(channel) => {
            let user = asking.user.to_owned();
            let place = SlackPlace { app: app_id.clone(), channel: channel.to_owned(), user };
            slack_place::find_open(&mut tx, &place).await?.map(|open| open.chat)
        }
        None => None,
    };
    let chat = match here {
        Some(chat) => Some(chat),
        None => slack_place::find_newest_open(&mut tx, app_id, asking.user).await?,
    };
    let (mut ended, mut untold) = (false, Untold::default());
    if let Some(chat) = chat {
        let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
        for conversation in &mut conversations {
            let by = conversation.visitor().map_or(ParticipantNumber::BOT, |visitor| visitor.number);
            // Somebody may have closed it a moment ago.
            ended |= conversation.close(by, now).is_ok();
        }
        untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    }
    news::commit(app, tx, untold).await?;
    Ok(Some(if ended { ENDED } else { NOTHING_OPEN }))
}
