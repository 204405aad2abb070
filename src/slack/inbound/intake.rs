//! The moment a request arrives: verified over its raw bytes, stored, answered. Slack waits three
//! seconds and sends events again; what it was told 200 for, it never sends again.

use serde_json::Value;

use super::{
    signer::{self, Signer},
    suggestion, ticket,
};
use crate::{
    app::App,
    domain::news::News,
    slack::protocol::{
        command::{Command, Purpose},
        event::{Envelope, Event},
        interaction::{Act, Interaction},
        request::Request,
    },
    store::{
        self, StoreError, slack_chat_app,
        slack_inbox::{self, NewRequest, RequestKind},
    },
};

/// The action of a button that opens a form.
pub(in crate::slack) const OPENS_FORM: &str = "form";

/// A request as it came.
pub struct Incoming<'a> {
    /// `X-Slack-Signature` and `X-Slack-Request-Timestamp`, where they are there.
    pub signature: Option<&'a str>,
    pub timestamp: Option<&'a str>,
    /// The key in the address that Slack was given.
    pub routing_key: Option<&'a str>,
    pub body: &'a [u8],
}

/// What Slack is answered.
#[derive(Debug, PartialEq)]
pub enum Reply {
    Empty,
    /// The challenge of an address that is being saved.
    Challenge(String),
    Json(Value),
}

#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    #[error("the request is not signed by a Slack app that is known here, or not now")]
    NotGenuine,
    #[error("the request is nothing that Slack sends")]
    Unreadable,
    #[error("could not store the request")]
    Store(#[from] StoreError),
}

/// Takes a request in. What it asks for is safe in the database before this answers.
pub async fn receive(app: &App, incoming: &Incoming<'_>) -> Result<Reply, IntakeError> {
    let request = Request::read(incoming.body);
    if request == Some(Request::SslCheck) {
        return Ok(Reply::Empty);
    }
    let signer = signer::find(app, incoming, request.as_ref()).await?.ok_or(IntakeError::NotGenuine)?;
    learn_key(app, &signer, incoming.routing_key).await?;
    match request.ok_or(IntakeError::Unreadable)? {
        Request::SslCheck => Ok(Reply::Empty),
        Request::Challenge(challenge) => Ok(Reply::Challenge(challenge)),
        Request::Event(body) => take_event(app, &signer, incoming, &body).await,
        Request::Command(form) => take_command(app, &signer, incoming, &form).await,
        Request::Interaction(payload) => take_interaction(app, &signer, incoming, &payload).await,
    }
}

/// The key of the manifest that the app was made from, so that a request which names no app finds it.
async fn learn_key(app: &App, signer: &Signer, key: Option<&str>) -> Result<(), StoreError> {
    match signer {
        Signer::ChatApp(stored) if stored.routing_key.is_none() && key.is_some() => {
            slack_chat_app::learn(&mut *store::acquire(&app.pool).await?, stored.id, key, None).await
        }
        _ => Ok(()),
    }
}

async fn take_event(
    app: &App,
    signer: &Signer,
    incoming: &Incoming<'_>,
    body: &Value,
) -> Result<Reply, IntakeError> {
    let envelope = Envelope::read(body);
    match envelope.event {
        Event::RateLimited => {
            tracing::warn!("Slack leaves out events: the workspace sends more than it delivers");
            return Ok(Reply::Empty);
        }
        Event::Other => return Ok(Reply::Empty),
        _ => {}
    }
    let key = envelope.event_id.clone().unwrap_or_else(|| signature_key(incoming));
    let payload = body.to_string();
    let new = NewRequest {
        chat_app: signer.chat_app(),
        key: &key,
        kind: RequestKind::Event,
        message: envelope.event.message(),
        lane: &lane(signer, envelope.event.channel()),
        payload: &payload,
    };
    let now = app.clock.now();
    let mut conn = store::acquire(&app.pool).await?;
    let is_new = slack_inbox::insert(&mut conn, &new, now).await?;
    if !is_new && body["event"]["type"] == "app_mention" {
        // The same message may have come before as one that names nobody we know; the log takes it once.
        slack_inbox::insert(&mut conn, &NewRequest { message: None, ..new }, now).await?;
    }
    wake_workers(app);
    Ok(Reply::Empty)
}

async fn take_command(
    app: &App,
    signer: &Signer,
    incoming: &Incoming<'_>,
    form: &Value,
) -> Result<Reply, IntakeError> {
    let Some(command) = Command::read(form) else { return Ok(Reply::Empty) };
    let key = signature_key(incoming);
    match (command.purpose(), signer) {
        (Purpose::Start | Purpose::End, Signer::ChatApp(_)) => {
            let lane = lane(signer, Some(&command.channel_id));
            store_payload(app, signer, RequestKind::Command, &key, &lane, form).await?;
            Ok(Reply::Empty)
        }
        _ => Ok(Reply::Json(ticket::by_command(app, signer, &key, &command).await?)),
    }
}

async fn take_interaction(
    app: &App,
    signer: &Signer,
    incoming: &Incoming<'_>,
    payload: &Value,
) -> Result<Reply, IntakeError> {
    let Some(interaction) = Interaction::read(payload) else { return Ok(Reply::Empty) };
    let lane = match &interaction.act {
        Act::Other => return Ok(Reply::Empty),
        Act::Suggest { block_id, typed } => {
            let mut conn = store::acquire(&app.pool).await?;
            return Ok(Reply::Json(suggestion::options(&mut conn, block_id, typed).await?));
        }
        // A form opens within three seconds or not at all: it waits for nothing.
        Act::Used { controls, .. } if controls.iter().any(|one| one.action_id == OPENS_FORM) => {
            lane(signer, Some(&format!("form:{}", interaction.user_id)))
        }
        _ => lane(signer, interaction.channel_id.as_deref().or(Some(&interaction.user_id))),
    };
    let key = signature_key(incoming);
    store_payload(app, signer, RequestKind::Interaction, &key, &lane, payload).await?;
    Ok(Reply::Empty)
}

async fn store_payload(
    app: &App,
    signer: &Signer,
    kind: RequestKind,
    key: &str,
    lane: &str,
    payload: &Value,
) -> Result<(), StoreError> {
    let payload = payload.to_string();
    let new = NewRequest { chat_app: signer.chat_app(), key, kind, message: None, lane, payload: &payload };
    slack_inbox::insert(&mut *store::acquire(&app.pool).await?, &new, app.clock.now()).await?;
    wake_workers(app);
    Ok(())
}

/// This process works it off at once; should it die, the others find it within a second.
fn wake_workers(app: &App) {
    app.news.hear(&[News::Slack]);
}

/// A signature covers the moment and every byte: the same one is the same request, sent again.
fn signature_key(incoming: &Incoming<'_>) -> String {
    incoming.signature.unwrap_or_default().to_owned()
}

/// What happens in one conversation is worked off in its order.
fn lane(signer: &Signer, channel: Option<&str>) -> String {
    let app = signer.chat_app().unwrap_or_default();
    format!("{app}:{}", channel.unwrap_or_default())
}
