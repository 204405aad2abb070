//! Who signed a request. Its body says which secrets are worth trying, and is not believed before
//! one of them fits.

use secrecy::ExposeSecret;

use super::intake::Incoming;
use crate::{
    app::App,
    domain::paging::Page,
    slack::{
        chat_app,
        protocol::{request::Request, signature::Signed},
    },
    store::{
        self, Conn, StoreError,
        slack_chat_app::{self, StoredChatApp, Which},
    },
};

/// Apps whose secrets are tried for a request that does not say which one it is for.
const CANDIDATES_MAX: i64 = 200;
/// Bytes of a request that does not say which app it is for: it costs one hash per secret.
const NAMELESS_BYTES_MAX: usize = 64 * 1024;

/// Whose secret a request is signed with.
pub(super) enum Signer {
    /// An app whose conversations are chats.
    ChatApp(Box<StoredChatApp>),
    /// The server's own app, which `SlackDetails` connect through.
    Server,
}

impl Signer {
    /// The chat app's number; none: the server's own app.
    pub fn chat_app(&self) -> Option<i32> {
        match self {
            Self::ChatApp(app) => Some(app.id),
            Self::Server => None,
        }
    }
}

/// Finds who signed a request; none: nobody who is known here, or not now.
pub(super) async fn find(
    app: &App,
    incoming: &Incoming<'_>,
    request: Option<&Request>,
) -> Result<Option<Signer>, StoreError> {
    let (Some(signature), Some(timestamp)) = (incoming.signature, incoming.timestamp) else {
        return Ok(None);
    };
    let signed = Signed { signature, timestamp, body: incoming.body };
    if !signed.is_fresh(app.clock.now().timestamp()) {
        return Ok(None);
    }
    let app_id = request.and_then(Request::app_id);
    if app_id.is_none() && incoming.body.len() > NAMELESS_BYTES_MAX {
        return Ok(None);
    }
    let mut conn = store::acquire(&app.pool).await?;
    let candidates = candidates(&mut conn, app_id.as_deref(), incoming.routing_key).await?;
    drop(conn);
    let is_chat_apps = !candidates.is_empty() && app_id.is_some();
    for stored in candidates {
        let secret = chat_app::signing_secret(app, &stored);
        if secret.is_some_and(|secret| signed.is_by(secret.expose_secret())) {
            return Ok(Some(Signer::ChatApp(Box::new(stored))));
        }
    }
    // A request that names a chat app is that app's or nobody's.
    let own = app.config.slack.signing_secret.as_ref().filter(|_| !is_chat_apps);
    Ok(own.filter(|secret| signed.is_by(secret.expose_secret())).map(|_| Signer::Server))
}

/// The app that the body names; without a name the one whose addresses have this key, else all.
async fn candidates(
    conn: &mut Conn,
    app_id: Option<&str>,
    routing_key: Option<&str>,
) -> Result<Vec<StoredChatApp>, StoreError> {
    let page = Page { number: 1, size: CANDIDATES_MAX };
    if app_id.is_some() {
        return slack_chat_app::read(conn, Which { app_id, ..Which::default() }, page).await;
    }
    if routing_key.is_some() {
        let known = slack_chat_app::read(conn, Which { routing_key, ..Which::default() }, page).await?;
        if !known.is_empty() {
            return Ok(known);
        }
    }
    slack_chat_app::read(conn, Which::default(), page).await
}
