//! Opening a chat for somebody in Slack.

use chrono::{DateTime, Utc};

use super::phrase;
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::SlackPlace,
        ids::{ChatId, ParticipantNumber, ProfileId},
    },
    service::{
        attachment::{AttachmentError, Uploads},
        chat::{SlackVisitor, begin_in_slack},
        conversation::{self, Conversation, Refusal},
        message::NewMessage,
        news::Untold,
        profile,
    },
    store::{
        self, Conn, StoreError, slack_chat_app::StoredChatApp, slack_conversation, slack_person::SlackPerson,
    },
};

/// What a chat begins with.
pub(super) struct Beginning<'a> {
    pub place: SlackPlace,
    /// The workspace of the person.
    pub team_id: Option<&'a str>,
    pub person: SlackPerson,
    /// The thread that answers go into.
    pub thread_ts: Option<&'a str>,
    pub words: Vec<NewMessage>,
    /// Files of the first of them.
    pub uploads: Option<&'a Uploads<'a>>,
}

/// Opens the chat and writes it down; none: the app's profile is not there or not fit to run.
pub(super) async fn open(
    app: &App,
    conn: &mut Conn,
    chat_app: &StoredChatApp,
    mut beginning: Beginning<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(Conversation, Untold)>, StoreError> {
    let Some(id) = chat_app.profile_id.clone().map(ProfileId::new) else { return Ok(None) };
    let profile = match profile::newest(app, conn, &id, None).await {
        Ok(Some(profile)) => profile,
        Err(Refusal::Store(error)) => return Err(error),
        Ok(None) | Err(_) => return Ok(None),
    };
    let Some(id) = store::chat::draw_ids(conn, 1).await?.pop() else { return Ok(None) };
    if let (Some(uploads), Some(first)) = (beginning.uploads, beginning.words.first_mut()) {
        enclose(conn, uploads, first, id, ParticipantNumber::new(1)).await?;
    }
    let SlackPlace { user, .. } = &beginning.place;
    let team = beginning.team_id.or(chat_app.identity.team_id.as_deref()).unwrap_or_default();
    let visitor = SlackVisitor {
        unknown_id: format!("slack:{team}:{user}"),
        place: beginning.place.clone(),
        name: beginning.person.name.clone(),
        email: beginning.person.email.clone(),
    };
    let begun = begin_in_slack(app, conn, &profile, id, &visitor, &beginning.words, now).await;
    let mut conversations = match begun {
        Ok(conversation) => [conversation],
        Err(Refusal::Store(error)) => return Err(error),
        Err(refusal) => {
            tracing::warn!(slack.app = chat_app.app_id, %refusal, "a chat from Slack was not started");
            return Ok(None);
        }
    };
    let untold = conversation::save(app, conn, &mut conversations, now).await?;
    slack_conversation::insert(conn, id, chat_app.id, beginning.thread_ts, now).await?;
    let [conversation] = conversations;
    Ok(Some((conversation, untold)))
}

/// Records files as the visitor's, and has this message bring them into the chat. What there is no
/// room for is left out, and the message says so.
pub(super) async fn enclose(
    conn: &mut Conn,
    uploads: &Uploads<'_>,
    message: &mut NewMessage,
    chat: ChatId,
    participant: ParticipantNumber,
) -> Result<(), StoreError> {
    let author = Caller::Visitor { chat, participant, user: None };
    match uploads.record_for(conn, &author, chat).await {
        Ok(recorded) => message.attachments = recorded.into_iter().map(|one| one.id).collect(),
        Err(AttachmentError::Store(error)) => return Err(error),
        Err(error) => {
            tracing::warn!(chat.id = %chat, %error, "files from Slack were not taken");
            phrase::add(message, &format!("The files were not taken: {error}."));
        }
    }
    Ok(())
}
