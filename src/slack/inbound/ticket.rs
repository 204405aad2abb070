//! Tickets from slash commands and from messages, as the `SlackDetails` of the workspace say.

use serde_json::{Value, json};

use super::{person, signer::Signer, work::finish};
use crate::{
    app::App,
    domain::ids::UserId,
    service::ticket::{self, Alone},
    slack::{
        aside::{self, Aside},
        protocol::{
            command::Command,
            interaction::{Interaction, Marked},
            mrkdwn,
        },
    },
    store::{
        self, Conn, StoreError, finding,
        resource::{self, Resource},
        slack_chat_app::StoredChatApp,
        slack_inbox::{self, ClaimedRequest, NewRequest, RequestKind},
        slack_person::SlackPerson,
        slack_ticket_source::{self, TicketSource},
    },
};

/// Characters of a ticket's summary.
const SUMMARY_CHARACTERS_MAX: usize = 100;

/// A ticket that somebody in Slack wants.
struct Wanted<'a> {
    team_id: Option<&'a str>,
    channel_id: Option<&'a str>,
    app_id: Option<&'a str>,
    person: SlackPerson,
    /// The name under which the person is known to nobody but Slack.
    user_name: Option<&'a str>,
    /// Slack's text.
    text: &'a str,
    by_command: bool,
}

/// Logs the ticket of a slash command and says so: within Slack's three seconds, to the person alone.
/// A repeated request logs none.
pub(super) async fn by_command(
    app: &App,
    signer: &Signer,
    key: &str,
    command: &Command,
) -> Result<Value, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let new = NewRequest {
        chat_app: signer.chat_app(),
        key,
        kind: RequestKind::Command,
        message: None,
        lane: "",
        payload: "",
    };
    let text = if slack_inbox::insert_done(&mut tx, &new, now).await? {
        let chat_app = match signer {
            Signer::ChatApp(stored) => Some(&**stored),
            Signer::Server => None,
        };
        let wanted = Wanted {
            team_id: command.team_id.as_deref(),
            channel_id: Some(&command.channel_id),
            app_id: chat_app.map(|stored| stored.app_id.as_str()),
            person: known_person(&mut tx, chat_app, &command.user_id).await?,
            user_name: command.user_name.as_deref(),
            text: &command.text,
            by_command: true,
        };
        log(app, &mut tx, &wanted).await?
    } else {
        "This command has been carried out already.".to_owned()
    };
    store::commit(tx).await?;
    Ok(json!({ "response_type": "ephemeral", "text": text }))
}

/// Logs the ticket of a message that somebody marked.
pub(super) async fn by_shortcut(
    app: &App,
    request: &ClaimedRequest,
    chat_app: Option<&StoredChatApp>,
    interaction: &Interaction,
    message: &Marked,
) -> Result<(), StoreError> {
    if interaction.team_id.is_none() {
        return finish(app, request).await;
    }
    // Whoever wrote the message has the trouble, not whoever marked it.
    let author = message.user_id.as_deref().unwrap_or(&interaction.user_id);
    let person = match chat_app {
        Some(stored) => person::find(app, stored, author).await?,
        None => SlackPerson::default(),
    };
    let wanted = Wanted {
        team_id: interaction.team_id.as_deref(),
        channel_id: interaction.channel_id.as_deref(),
        app_id: chat_app.map(|stored| stored.app_id.as_str()),
        person,
        user_name: interaction.user_name.as_deref().filter(|_| author == interaction.user_id),
        text: &message.text,
        by_command: false,
    };
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, request.id).await? {
        return Ok(());
    }
    let text = log(app, &mut tx, &wanted).await?;
    store::commit(tx).await?;
    let to = Aside {
        response_url: interaction.response_url.as_deref(),
        channel: interaction.channel_id.as_deref(),
        thread_ts: None,
        user: &interaction.user_id,
    };
    aside::tell(app, chat_app, &to, &text).await;
    Ok(())
}

/// Who gave a command, as far as that is known without asking Slack: the answer must not be late.
async fn known_person(
    conn: &mut Conn,
    chat_app: Option<&StoredChatApp>,
    user: &str,
) -> Result<SlackPerson, StoreError> {
    let Some(stored) = chat_app else { return Ok(SlackPerson::default()) };
    let known = store::slack_person::find(conn, stored.id, user).await?;
    Ok(known.map(|(person, _)| person).unwrap_or_default())
}

/// Logs a ticket, or says in one sentence why not.
async fn log(app: &App, conn: &mut Conn, wanted: &Wanted<'_>) -> Result<String, StoreError> {
    let Some(source) = source(conn, wanted).await? else {
        return Ok(
            "Tickets cannot be made from here: no Slack channel of this workspace allows it.".to_owned()
        );
    };
    let plain = mrkdwn::to_plain(wanted.text, &|_| None);
    if plain.trim().is_empty() {
        let needs = if wanted.by_command {
            "Write what it is about behind the command"
        } else {
            "The message is empty"
        };
        return Ok(format!("{needs}: a ticket needs words."));
    }
    let (ticket_type, fallback) = if wanted.by_command {
        (source.command_ticket_type.or(source.ticket_type), source.command_user.or(source.ticket_user))
    } else {
        (source.ticket_type, source.ticket_user)
    };
    if let Some(id) = ticket_type
        && resource::find(conn, Resource::TicketTypes, id).await?.is_none()
    {
        return Ok(format!("No ticket was made: ticket type {id} does not exist."));
    }
    let user = match known_user(conn, wanted, fallback).await? {
        Ok(user) => user,
        Err(id) => return Ok(format!("No ticket was made: user {id} does not exist.")),
    };
    let name = wanted.person.name.as_deref().or(wanted.user_name).unwrap_or("Slack");
    let alone = Alone {
        ticket_type,
        user,
        name,
        email: wanted.person.email.as_deref(),
        summary: summary(&plain),
        details: plain,
    };
    let id = ticket::log_alone(conn, alone, app.clock.now()).await?;
    Ok(format!("Ticket {id} was made."))
}

async fn source(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<Option<TicketSource>, StoreError> {
    let Some(team_id) = wanted.team_id else { return Ok(None) };
    let sources = slack_ticket_source::list(conn, team_id, wanted.channel_id, wanted.app_id).await?;
    Ok(sources.into_iter().find(|source| source.allows_tickets))
}

/// The person's own record, found by e-mail; else the one that stands in for everybody, if it is there.
async fn known_user(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    fallback: Option<i32>,
) -> Result<Result<Option<UserId>, i32>, StoreError> {
    if let Some(email) = &wanted.person.email
        && let Some(user) = finding::user(conn, email).await?
    {
        return Ok(Ok(Some(user.id)));
    }
    let Some(id) = fallback else { return Ok(Ok(None)) };
    let found = resource::find(conn, Resource::Users, id).await?;
    Ok(found.map(|stored| Some(UserId::new(stored.id))).ok_or(id))
}

/// The first line, within the limit.
fn summary(plain: &str) -> String {
    let line = plain.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= SUMMARY_CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(SUMMARY_CHARACTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}
