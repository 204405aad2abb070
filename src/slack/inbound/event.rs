//! Events, one after the other.

use super::{
    correction::{self, Change},
    phrase, words,
    work::{Job, finish},
};
use crate::{
    app::App,
    slack::{
        details, farewell,
        protocol::event::{Envelope, Event},
    },
    store::{
        self, StoreError,
        slack_chat_app::{self, StoredChatApp},
        slack_inbox::ClaimedRequest,
    },
};

/// Does what an event asks for, and notes that it is done.
pub(super) async fn take(
    app: &App,
    request: &ClaimedRequest,
    chat_app: Option<StoredChatApp>,
    envelope: Envelope,
) -> Result<(), StoreError> {
    let mut revoked = chat_app.as_ref().and_then(|stored| stored.identity.bot_user_id.clone());
    match (&envelope.event, chat_app) {
        (Event::Uninstalled, chat_app) => {
            leave(app, &envelope, chat_app.as_ref(), "app_uninstalled").await?;
            finish(app, request).await
        }
        (Event::TokensRevoked { bots }, chat_app) => {
            // It lists people whose tokens are gone; the bot's own counts, where it is known.
            let is_ours = match revoked.take() {
                Some(own) => bots.contains(&own),
                None => !bots.is_empty(),
            };
            if is_ours {
                leave(app, &envelope, chat_app.as_ref(), "token_revoked").await?;
            }
            finish(app, request).await
        }
        (event, Some(chat_app)) => {
            learn_bot(app, &chat_app, envelope.bot_user_id.as_deref()).await?;
            let job = Job { request, chat_app };
            match event {
                Event::Message(written) => words::take(app, &job, &envelope, written).await,
                Event::Edited { channel, ts, text, .. } => {
                    let bot = envelope.bot_user_id.as_deref();
                    let bot = bot.or(job.chat_app.identity.bot_user_id.as_deref());
                    let text = phrase::without_address(text, bot);
                    correction::take(app, &job, channel, ts, Change::Says(text)).await
                }
                Event::Deleted { channel, ts } => {
                    correction::take(app, &job, channel, ts, Change::Deleted).await
                }
                _ => finish(app, request).await,
            }
        }
        (_, None) => finish(app, request).await,
    }
}

/// The app is gone from the workspace, or its token is: nobody there is to be reached any more.
async fn leave(
    app: &App,
    envelope: &Envelope,
    chat_app: Option<&StoredChatApp>,
    fault: &str,
) -> Result<(), StoreError> {
    if let Some(stored) = chat_app.filter(|stored| !is_elsewhere(envelope, stored)) {
        let mut conn = store::acquire(&app.pool).await?;
        slack_chat_app::forget_token(&mut conn, stored.id, fault).await?;
        drop(conn);
        farewell::close_chats(app, &stored.app_id).await?;
        tracing::warn!(slack.app = stored.app_id, fault, "a Slack app was taken out of its workspace");
    }
    if let (Some(team), Some(app_id)) = (&envelope.team_id, &envelope.app_id) {
        details::mark_uninstalled(app, team, app_id).await?;
    }
    Ok(())
}

/// An app may be in several workspaces, and has its chats in that of its token.
fn is_elsewhere(envelope: &Envelope, chat_app: &StoredChatApp) -> bool {
    let own = chat_app.identity.team_id.as_ref();
    own.zip(envelope.team_id.as_ref()).is_some_and(|(own, team)| own != team)
}

async fn learn_bot(app: &App, chat_app: &StoredChatApp, bot_user_id: Option<&str>) -> Result<(), StoreError> {
    if chat_app.identity.bot_user_id.is_some() || bot_user_id.is_none() {
        return Ok(());
    }
    let mut conn = store::acquire(&app.pool).await?;
    slack_chat_app::learn(&mut conn, chat_app.id, None, bot_user_id).await
}
