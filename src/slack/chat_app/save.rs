//! Making and changing apps. Slack is asked about tokens before the transaction begins.

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use secrecy::{ExposeSecret, SecretString};

use super::{
    ChatAppError, note,
    probe::{Probed, probe},
    seal, shortcomings,
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor},
        ids::ProfileId,
        news::News,
    },
    service::{
        news,
        secrets::{SealedColumn, SecretChange},
    },
    store::{
        self, Conn,
        slack_chat_app::{BotIdentity, StoredChatApp},
    },
};

/// What a request does to a text.
#[derive(Clone, Debug, Default)]
pub enum TextChange {
    #[default]
    Keep,
    Clear,
    Set(String),
}

/// An app that is to be made, or changed.
#[derive(Debug, Default)]
pub struct Wanted {
    /// None: a new one.
    pub id: Option<i32>,
    pub name: TextChange,
    pub app_id: TextChange,
    pub profile: TextChange,
    pub signing_secret: SecretChange,
    pub bot_token: SecretChange,
}

impl Wanted {
    /// Members that are asked to change, by name.
    fn changed(&self) -> Vec<&'static str> {
        let text = |change: &TextChange| !matches!(change, TextChange::Keep);
        let secret = |change: &SecretChange| !matches!(change, SecretChange::Keep);
        let members = [
            ("name", text(&self.name)),
            ("app_id", text(&self.app_id)),
            ("chat_profile_id", text(&self.profile)),
            ("new_signing_secret", secret(&self.signing_secret)),
            ("new_bot_user_oauth_token", secret(&self.bot_token)),
        ];
        members.into_iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| name).collect()
    }
}

/// An app as it was saved, and what an administrator should know of it.
pub struct Saved {
    pub app: StoredChatApp,
    pub warnings: Vec<String>,
}

/// Makes or changes apps, all or none.
pub async fn save(app: &App, actor: &Actor, wanted: Vec<Wanted>) -> Result<Vec<Saved>, ChatAppError> {
    wanted.iter().try_for_each(check)?;
    let asked: Vec<_> = wanted.iter().map(|one| probe_new(app, one)).collect();
    let mut probed: Vec<Option<Probed>> =
        stream::iter(asked).buffered(app.config.slack.calls).try_collect().await?;
    // Always in the same order, so that two arrays at once cannot wait for each other.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| wanted[*at].id.unwrap_or(i32::MAX));
    let now = app.clock.now();
    let mut saved: Vec<Option<Saved>> = wanted.iter().map(|_| None).collect();
    let mut tx = store::begin(&app.pool).await?;
    for at in order {
        let one = save_one(app, &mut tx, &wanted[at], probed[at].take(), now).await?;
        let action = if wanted[at].id.is_some() { Action::Changed } else { Action::Created };
        note(app, &mut tx, actor, action, one.app.id, &wanted[at].changed()).await?;
        saved[at] = Some(one);
    }
    // What could not be told without a token is told with a new one.
    let untold = news::note(app, &mut tx, News::Slack).await?;
    news::commit(app, tx, untold).await?;
    Ok(saved.into_iter().flatten().collect())
}

async fn probe_new(app: &App, wanted: &Wanted) -> Result<Option<Probed>, ChatAppError> {
    match &wanted.bot_token {
        SecretChange::Set(token) => probe(app, token).await.map(Some),
        SecretChange::Keep | SecretChange::Clear => Ok(None),
    }
}

/// Refuses what cannot be right whatever is stored.
fn check(wanted: &Wanted) -> Result<(), ChatAppError> {
    let is_new = wanted.id.is_none();
    match wanted.app_id {
        TextChange::Clear => return Err(ChatAppError::AppIdMissing),
        TextChange::Keep if is_new => return Err(ChatAppError::AppIdMissing),
        TextChange::Keep | TextChange::Set(_) => {}
    }
    match wanted.signing_secret {
        SecretChange::Clear => return Err(ChatAppError::SecretMissing),
        SecretChange::Keep if is_new => return Err(ChatAppError::SecretMissing),
        SecretChange::Keep | SecretChange::Set(_) => {}
    }
    check_secret("new_signing_secret", &wanted.signing_secret)?;
    check_secret("new_bot_user_oauth_token", &wanted.bot_token)
}

/// What was pasted with something around it would never be right, and nobody could see why.
fn check_secret(member: &'static str, change: &SecretChange) -> Result<(), ChatAppError> {
    let is_plain = |secret: &SecretString| secret.expose_secret().bytes().all(|byte| byte.is_ascii_graphic());
    match change {
        SecretChange::Set(secret) if !is_plain(secret) => Err(ChatAppError::Malformed(member)),
        SecretChange::Set(_) | SecretChange::Keep | SecretChange::Clear => Ok(()),
    }
}

async fn save_one(
    app: &App,
    conn: &mut Conn,
    wanted: &Wanted,
    probed: Option<Probed>,
    now: DateTime<Utc>,
) -> Result<Saved, ChatAppError> {
    let mut changed = match wanted.id {
        Some(id) => store::slack_chat_app::lock(conn, id).await?.ok_or(ChatAppError::NotFound(id))?,
        None => blank(store::slack_chat_app::draw_id(conn).await?),
    };
    let app_id = changed.app_id.clone();
    apply(&wanted.name, &mut changed.name);
    apply(&wanted.app_id, &mut changed.app_id);
    if changed.app_id != app_id {
        // Its requests come to other addresses now.
        changed.routing_key = None;
    }
    match &wanted.profile {
        TextChange::Keep => {}
        TextChange::Clear => changed.profile_id = None,
        TextChange::Set(profile) => {
            let found = store::profile::find(conn, &ProfileId::new(profile.as_str())).await?;
            found.ok_or_else(|| ChatAppError::UnknownProfile(profile.clone()))?;
            changed.profile_id = Some(profile.clone());
        }
    }
    if let SecretChange::Set(secret) = &wanted.signing_secret {
        changed.signing_secret = seal(app, changed.id, SealedColumn::ChatAppSigningSecret, secret)?;
    }
    let mut warnings = Vec::new();
    match &wanted.bot_token {
        SecretChange::Keep => {}
        SecretChange::Clear => forget_token(&mut changed),
        SecretChange::Set(token) => {
            forget_token(&mut changed);
            changed.bot_token = Some(seal(app, changed.id, SealedColumn::ChatAppBotToken, token)?);
            let probed = probed.unwrap_or_default();
            changed.identity = probed.identity;
            warnings.extend(probed.warning);
            let another = probed.app_id.filter(|other| *other != changed.app_id);
            warnings.extend(another.map(|other| {
                format!("The bot token belongs to the Slack app {other}, and not to {}.", changed.app_id)
            }));
        }
    }
    store::slack_chat_app::save(conn, &changed, now).await.map_err(|error| match error.constraint() {
        Some("slack_chat_apps_app_key") => ChatAppError::AppTaken(changed.app_id.clone()),
        _ => error.into(),
    })?;
    if matches!(wanted.bot_token, SecretChange::Set(_)) {
        store::slack_conversation::resume(conn, changed.id, now).await?;
    }
    let app = store::slack_chat_app::find(conn, changed.id).await?.unwrap_or(changed);
    warnings.extend(shortcomings(&app));
    Ok(Saved { app, warnings })
}

/// A new app, before anything is known of it.
fn blank(id: i32) -> StoredChatApp {
    StoredChatApp {
        id,
        name: String::new(),
        app_id: String::new(),
        profile_id: None,
        profile_name: None,
        signing_secret: Vec::new(),
        bot_token: None,
        identity: BotIdentity::default(),
        token_fault: None,
        routing_key: None,
    }
}

fn forget_token(app: &mut StoredChatApp) {
    app.bot_token = None;
    app.identity = BotIdentity::default();
    app.token_fault = None;
}

fn apply(change: &TextChange, text: &mut String) {
    match change {
        TextChange::Keep => {}
        TextChange::Clear => text.clear(),
        TextChange::Set(new) => text.clone_from(new),
    }
}
