//! Slack channels that are told of chats and make tickets.

mod exchange;
mod save;
mod uninstall;

use secrecy::SecretString;

use crate::{
    app::App,
    domain::{
        audit::{Action, Actor, Deed},
        paging::Page,
    },
    service::{
        audit,
        secrets::{NoKey, Owner, SealedColumn},
    },
    store::{self, StoreError},
};

pub use self::{
    exchange::Code,
    save::{Saved, Wanted, save},
    uninstall::{Uninstalled, mark_uninstalled, uninstall},
};
pub use crate::store::slack_details::{DetailsFilter, StoredDetails};

#[derive(Debug, thiserror::Error)]
pub enum DetailsError {
    #[error("Slack details {0} do not exist")]
    NotFound(i32),
    #[error("oauth_code is missing: _getoauthtoken exchanges it for a token")]
    CodeMissing,
    #[error("oauth_code may stand in one object of a request only: each works once")]
    SeveralCodes,
    #[error("oauth_code cannot be exchanged: SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set")]
    NotConfigured,
    #[error("oauth_code is refused by Slack: {0}")]
    CodeRefused(String),
    #[error("oauth_code brought no bot token: the address that it came from asked for no bot scope")]
    NoToken,
    #[error("Slack cannot be asked about oauth_code: {0}; the code may still work, so try again")]
    NotAsked(String),
    #[error("Slack's answer about oauth_code was lost; try again, and get a new code if it is used up")]
    AnswerLost,
    #[error("webhookurl is no address to post to: its host is not in SLACK_HOOK_HOSTS, or it is not https")]
    NoHook,
    #[error("new_access_token holds characters that none of Slack's has")]
    Malformed,
    #[error("id is missing: {0}")]
    IdMissing(&'static str),
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("could not read or write Slack details")]
    Store(#[source] StoreError),
}

impl From<StoreError> for DetailsError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Records by the channel's name.
pub async fn list(app: &App, filter: &DetailsFilter, page: Page) -> Result<Vec<StoredDetails>, DetailsError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::slack_details::list(&mut conn, filter, page).await?)
}

pub async fn find(app: &App, id: i32) -> Result<StoredDetails, DetailsError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::slack_details::find(&mut conn, id).await?.ok_or(DetailsError::NotFound(id))
}

/// Deletes a record; answers what it was. Slack is not told: that is uninstalling.
pub async fn delete(app: &App, actor: &Actor, id: i32) -> Result<StoredDetails, DetailsError> {
    let mut tx = store::begin(&app.pool).await?;
    store::slack_details::lock(&mut tx, id).await?;
    let deleted = store::slack_details::find(&mut tx, id).await?.ok_or(DetailsError::NotFound(id))?;
    store::slack_details::delete(&mut tx, id, app.clock.now()).await?;
    audit::note(app, &mut tx, actor, deed(Action::Deleted, &id.to_string(), &[])).await?;
    store::commit(tx).await?;
    Ok(deleted)
}

const fn deed<'a>(action: Action, id: &'a str, fields: &'a [&'a str]) -> Deed<'a> {
    Deed { action, resource: "SlackDetails", id: Some(id), fields }
}

/// The token that Slack gave for the workspace; none: there is none that can be read.
pub fn access_token(app: &App, stored: &StoredDetails) -> Option<SecretString> {
    open(app, stored.id, SealedColumn::DetailsAccessToken, stored.access_token.as_deref())
}

/// Where the channel's messages are posted to; none: there is no address that can be read.
pub fn webhook_url(app: &App, stored: &StoredDetails) -> Option<SecretString> {
    open(app, stored.id, SealedColumn::DetailsWebhookUrl, stored.webhook_url.as_deref())
}

fn open(app: &App, id: i32, column: SealedColumn, sealed: Option<&[u8]>) -> Option<SecretString> {
    app.vault.open(Owner::of(column, &id.to_string()), sealed?)
}

fn seal(app: &App, id: i32, column: SealedColumn, secret: &SecretString) -> Result<Vec<u8>, NoKey> {
    app.vault.seal(Owner::of(column, &id.to_string()), secret)
}
