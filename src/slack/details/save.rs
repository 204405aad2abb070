//! Making and changing records. Slack is asked before the transaction that stores its answer.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::{
    DetailsError, StoredDetails, deed,
    exchange::{Client, Code, Granted, exchange},
    seal,
};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor},
        document::Document,
    },
    service::secrets::{SealedColumn, SecretChange},
    store::{self, Conn},
};

/// A record that is to be made, or changed.
pub struct Wanted<F> {
    /// None: a new one.
    pub id: Option<i32>,
    /// Works out what to store from what is stored now.
    pub change: F,
    pub access_token: SecretChange,
    pub webhook_url: SecretChange,
    /// To be exchanged for a token, a channel and a webhook.
    pub code: Option<Code>,
}

impl<F> Wanted<F> {
    /// Secrets that are asked to change, by the member's name.
    fn secrets(&self) -> Vec<&'static str> {
        let is_asked = |change: &SecretChange| !matches!(change, SecretChange::Keep);
        let members = [
            ("new_access_token", is_asked(&self.access_token)),
            ("webhookurl", is_asked(&self.webhook_url)),
            ("oauth_code", self.code.is_some()),
        ];
        members.into_iter().filter(|(_, is_asked)| *is_asked).map(|(name, _)| name).collect()
    }
}

/// A record as it was saved, and what an administrator should know of it.
pub struct Saved {
    pub details: StoredDetails,
    pub warnings: Vec<String>,
}

/// Makes or changes records, all or none. A code is exchanged once everything has been stored on
/// trial, because nothing may fail after it.
pub async fn save<F>(app: &App, actor: &Actor, wanted: Vec<Wanted<F>>) -> Result<Vec<Saved>, DetailsError>
where
    F: Fn(Option<&Document>) -> Document,
{
    wanted.iter().try_for_each(|one| check(app, one))?;
    let mut codes = wanted.iter().filter_map(|one| one.code.as_ref());
    let granted = match (codes.next(), codes.next()) {
        (None, _) => None,
        (Some(_), Some(_)) => return Err(DetailsError::SeveralCodes),
        (Some(code), None) => {
            let client = Client::of(app).ok_or(DetailsError::NotConfigured)?;
            let mut trial = store::begin(&app.pool).await?;
            save_all(app, &mut trial, actor, &wanted, Some(&Granted::stand_in())).await?;
            store::roll_back(trial).await?;
            Some(exchange(app, &client, code).await?)
        }
    };
    let mut tx = store::begin(&app.pool).await?;
    let saved = save_all(app, &mut tx, actor, &wanted, granted.as_ref()).await?;
    store::commit(tx).await?;
    Ok(saved)
}

fn check<F>(app: &App, wanted: &Wanted<F>) -> Result<(), DetailsError> {
    match &wanted.webhook_url {
        SecretChange::Set(url) if !app.outbound.slack().is_hook(url.expose_secret()) => {
            return Err(DetailsError::NoHook);
        }
        SecretChange::Set(_) | SecretChange::Keep | SecretChange::Clear => {}
    }
    match &wanted.access_token {
        SecretChange::Set(token) if !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err(DetailsError::Malformed)
        }
        SecretChange::Set(_) | SecretChange::Keep | SecretChange::Clear => Ok(()),
    }
}

async fn save_all<F>(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    wanted: &[Wanted<F>],
    granted: Option<&Granted>,
) -> Result<Vec<Saved>, DetailsError>
where
    F: Fn(Option<&Document>) -> Document,
{
    // Always in the same order, so that two arrays at once cannot wait for each other.
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|at| wanted[*at].id.unwrap_or(i32::MAX));
    let now = app.clock.now();
    let mut saved: Vec<Option<Saved>> = wanted.iter().map(|_| None).collect();
    for at in order {
        let one = &wanted[at];
        let granted = granted.filter(|_| one.code.is_some());
        saved[at] = Some(save_one(app, conn, actor, one, granted, now).await?);
    }
    Ok(saved.into_iter().flatten().collect())
}

async fn save_one<F>(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted<F>,
    granted: Option<&Granted>,
    now: DateTime<Utc>,
) -> Result<Saved, DetailsError>
where
    F: Fn(Option<&Document>) -> Document,
{
    let mut before = None;
    let mut changed = match wanted.id {
        Some(id) => {
            store::slack_details::lock(conn, id).await?;
            let mut present =
                store::slack_details::find(conn, id).await?.ok_or(DetailsError::NotFound(id))?;
            let document = (wanted.change)(Some(&present.document));
            before = Some(std::mem::replace(&mut present.document, document));
            present
        }
        None => blank(store::slack_details::draw_id(conn).await?, (wanted.change)(None)),
    };
    let id = changed.id;
    apply(app, id, SealedColumn::DetailsAccessToken, &wanted.access_token, &mut changed.access_token)?;
    apply(app, id, SealedColumn::DetailsWebhookUrl, &wanted.webhook_url, &mut changed.webhook_url)?;
    if !matches!(wanted.access_token, SecretChange::Keep) {
        // Whose the other token is, nobody knows.
        changed.app_id = None;
    }
    let mut warnings = Vec::new();
    if let Some(granted) = granted {
        connect(app, &mut changed, granted, &mut warnings)?;
    }
    store::slack_details::save(conn, &changed, now).await?;
    let action = if before.is_some() { Action::Changed } else { Action::Created };
    let (number, secrets) = (id.to_string(), wanted.secrets());
    let documents = (before.as_ref(), Some(&changed.document));
    store::audit::insert(conn, actor, deed(action, &number, &secrets), documents, now).await?;
    let details = store::slack_details::find(conn, id).await?.unwrap_or(changed);
    Ok(Saved { details, warnings })
}

fn apply(
    app: &App,
    id: i32,
    column: SealedColumn,
    change: &SecretChange,
    sealed: &mut Option<Vec<u8>>,
) -> Result<(), DetailsError> {
    match change {
        SecretChange::Keep => {}
        SecretChange::Clear => *sealed = None,
        SecretChange::Set(secret) => *sealed = Some(seal(app, id, column, secret)?),
    }
    Ok(())
}

/// Writes what Slack has granted into the record.
fn connect(
    app: &App,
    details: &mut StoredDetails,
    granted: &Granted,
    warnings: &mut Vec<String>,
) -> Result<(), DetailsError> {
    let mut members: Map<String, Value> = serde_json::from_str(details.document.as_str()).unwrap_or_default();
    let mut set = |member: &str, value: Value| {
        members.insert(member.to_owned(), value);
    };
    for (member, value) in [("team_id", &granted.team_id), ("teamname", &granted.team_name)] {
        set(member, json!(value.as_deref().unwrap_or_default()));
    }
    set("scopes", json!(granted.scopes));
    set("enabled", json!(true));
    set("uninstalled", json!(false));
    if let Some(hook) = &granted.hook {
        let is_hook = app.outbound.slack().is_hook(hook.url.expose_secret());
        for (member, value) in [("channel_id", &hook.channel_id), ("name", &hook.channel)] {
            set(member, json!(value.as_deref().unwrap_or_default()));
        }
        details.webhook_url = seal_hook(app, details.id, is_hook.then_some(&hook.url))?;
        if !is_hook {
            warnings.push(
                "Slack gave a webhook whose host is not in SLACK_HOOK_HOSTS; it is not kept.".to_owned(),
            );
        }
    }
    details.document = Document::from_json(Value::Object(members).to_string());
    details.access_token = Some(seal(app, details.id, SealedColumn::DetailsAccessToken, &granted.token)?);
    details.app_id.clone_from(&granted.app_id);
    warnings.extend(granted.warning.clone());
    Ok(())
}

fn seal_hook(app: &App, id: i32, url: Option<&SecretString>) -> Result<Option<Vec<u8>>, DetailsError> {
    url.map(|url| seal(app, id, SealedColumn::DetailsWebhookUrl, url)).transpose().map_err(DetailsError::from)
}

fn blank(id: i32, document: Document) -> StoredDetails {
    StoredDetails {
        id,
        document,
        access_token: None,
        webhook_url: None,
        app_id: None,
        team_id: None,
        channel_id: None,
        agent_name: None,
        ticket_type_name: None,
        ticket_user_name: None,
        command_ticket_type_name: None,
        command_user_name: None,
    }
}
