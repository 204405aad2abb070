//! Slack apps whose conversations are chats.

mod probe;
mod save;

use secrecy::SecretString;

use super::farewell;
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        paging::{Page, Paged},
    },
    service::{
        audit,
        secrets::{NoKey, Owner, SealedColumn},
    },
    store::{self, Conn, StoreError},
};

pub use self::save::{Saved, TextChange, Wanted, save};
pub use crate::store::slack_chat_app::{StoredChatApp, Which};

#[derive(Debug, thiserror::Error)]
pub enum ChatAppError {
    #[error("Slack chat app {0} does not exist")]
    NotFound(i32),
    #[error("app_id is missing: it is the app's id at Slack")]
    AppIdMissing,
    #[error("another Slack chat app has the app_id {0}")]
    AppTaken(String),
    #[error("new_signing_secret is missing: without it no request of Slack could be believed")]
    SecretMissing,
    #[error("chat_profile_id {0} is not among the chat profiles there are")]
    UnknownProfile(String),
    #[error("{0} holds characters that none of Slack's has")]
    Malformed(&'static str),
    #[error("new_bot_user_oauth_token is refused by Slack: {0}")]
    DeadToken(String),
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("could not read or write the Slack chat app")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ChatAppError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Apps by name.
pub async fn list(app: &App, page: Page) -> Result<Paged<StoredChatApp>, ChatAppError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::slack_chat_app::list(&mut conn, Which::default(), page).await?)
}

pub async fn find(app: &App, id: i32) -> Result<StoredChatApp, ChatAppError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::slack_chat_app::find(&mut conn, id).await?.ok_or(ChatAppError::NotFound(id))
}

/// Deletes an app and closes its open chats; answers what it was. Nothing of Slack is taken for it
/// any more before the first chat is closed.
pub async fn delete(app: &App, actor: &Actor, id: i32) -> Result<StoredChatApp, ChatAppError> {
    let mut tx = store::begin(&app.pool).await?;
    let deleted = store::slack_chat_app::lock(&mut tx, id).await?.ok_or(ChatAppError::NotFound(id))?;
    store::slack_chat_app::delete(&mut tx, id, app.clock.now()).await?;
    note(app, &mut tx, actor, Action::Deleted, id, &[]).await?;
    store::commit(tx).await?;
    farewell::close_chats(app, &deleted.app_id).await?;
    Ok(deleted)
}

async fn note(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: Action,
    id: i32,
    fields: &[&str],
) -> Result<(), StoreError> {
    let deed = Deed { action, resource: "SlackChatApp", id: Some(&id.to_string()), fields };
    audit::note(app, conn, actor, deed).await
}

/// What keeps an app from working, in words for an administrator.
pub fn shortcomings(stored: &StoredChatApp) -> Vec<String> {
    let mut found = Vec::new();
    match (&stored.token_fault, &stored.bot_token) {
        (Some(fault), _) => found.push(format!(
            "Slack takes the bot token no more ({fault}), so nothing is said there; set \
             new_bot_user_oauth_token."
        )),
        (None, None) => found.push(
            "There is no bot token, so nothing can be said in Slack; set new_bot_user_oauth_token."
                .to_owned(),
        ),
        (None, Some(_)) => {}
    }
    if stored.profile_name.is_none() {
        found.push("There is no chat profile, so no chat can start; set chat_profile_id.".to_owned());
    }
    found
}

/// Seals a secret of the app with this id.
pub fn seal(app: &App, id: i32, column: SealedColumn, secret: &SecretString) -> Result<Vec<u8>, NoKey> {
    app.vault.seal(Owner::of(column, &id.to_string()), secret)
}

/// What the app signs its requests with; none: it cannot be read, so nothing of the app is believed.
pub fn signing_secret(app: &App, stored: &StoredChatApp) -> Option<SecretString> {
    open(app, stored.id, SealedColumn::ChatAppSigningSecret, &stored.signing_secret)
}

/// The token that the app posts with; none: there is none, or Slack takes it no more.
pub fn bot_token(app: &App, stored: &StoredChatApp) -> Option<SecretString> {
    let sealed = stored.bot_token.as_ref().filter(|_| stored.token_fault.is_none())?;
    open(app, stored.id, SealedColumn::ChatAppBotToken, sealed)
}

fn open(app: &App, id: i32, column: SealedColumn, sealed: &[u8]) -> Option<SecretString> {
    app.vault.open(Owner::of(column, &id.to_string()), sealed)
}
