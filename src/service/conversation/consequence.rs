//! What follows from a change because the profile says so: a ticket, a request for a rating, and
//! when the sweeper must look at the chat again.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Conversation, Rating};
use crate::{
    app::App,
    domain::{
        chat::Stage,
        ids::{ParticipantNumber, StepId},
        message::{Happening, Message},
        profile::{FeedbackSettings, ProfileSettings, TicketMoment, WaitSettings},
        question::{Ask, AskKind, Choice},
        text::SafeHtml,
    },
    flow::NewTicket,
    service::{
        profile,
        ticket::{self, Reporter},
    },
    store::{Conn, StoreError},
};

/// Minutes that anything here may be away: a year.
const MINUTES_MAX: f64 = 366.0 * 24.0 * 60.0;

/// Adds to a change what follows from it. No round trip, unless a ticket is logged or the profile's
/// version is not in memory.
pub(super) async fn follow(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if !conversation.row_is_changed() && conversation.new_ratings.is_empty() {
        return Ok(());
    }
    let profile = profile::of_chat(app, conn, &conversation.chat).await?;
    if let Some(profile) = &profile {
        log_ticket(conn, conversation, &profile.settings, now).await?;
        if let Some(feedback) = &profile.settings.feedback {
            ask_for_rating(conversation, feedback, now);
        }
    }
    let settings = profile.as_ref().map(|profile| &profile.settings);
    conversation.sweep_at =
        next_look(app, conversation, settings, conversation.visitor_seen_at.unwrap_or(now));
    Ok(())
}

async fn log_ticket(
    conn: &mut Conn,
    conversation: &mut Conversation,
    settings: &ProfileSettings,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let is_time = match settings.ticket.moment {
        TicketMoment::Never => false,
        TicketMoment::LiveChat => conversation.has_just_come_to_people(),
        TicketMoment::End => conversation.has_just_closed(),
    };
    if !is_time || conversation.chat.ticket_id.is_some() {
        return Ok(());
    }
    let new = NewTicket { ticket_type: settings.ticket.ticket_type, ..NewTicket::default() };
    let reporter = Reporter { site: settings.ticket.site, ..Reporter::from(&*conversation) };
    let ticket = ticket::log(conn, conversation.id(), &reporter, &new, "", now).await?;
    conversation.link_ticket(ticket, now);
    Ok(())
}

/// Asks when a chat that people had is over, thanks when it has been rated, and asks for words where
/// there were none. The bot's part has a step of its own for that.
fn ask_for_rating(conversation: &mut Conversation, feedback: &FeedbackSettings, now: DateTime<Utc>) {
    let chat = &conversation.chat;
    let is_over = chat.closing.is_some_and(|closing| !closing.is_abandoned);
    if !is_over || chat.agent_joined_at.is_none() {
        return;
    }
    let (html, ask) = match (conversation.new_ratings.last(), &feedback.before_comments) {
        (_, _) if conversation.has_just_closed() && !chat.feedback_submitted => {
            (&feedback.before, Some(question(AskKind::Rating)))
        }
        (_, _) if conversation.has_just_closed() => return,
        (Some(Rating::Score { comment: None, .. }), Some(before)) => (before, Some(question(AskKind::Memo))),
        (Some(_), _) => (&feedback.after, None),
        (None, _) => return,
    };
    let html = SafeHtml::sanitise(html).html;
    let number = conversation.next_number();
    let profile = conversation.chat.profile.as_ref().map(|profile| profile.id.clone());
    let words = Message::new(number, ParticipantNumber::BOT, Happening::Said, html, now);
    conversation.push(Message { profile, ask, ..words });
}

/// What no step asks: it is answered by a rating (`system_id` 9).
fn question(kind: AskKind) -> Ask {
    let score = |score: i32| Choice { value: score.to_string(), label: score.to_string() };
    Ask {
        step: StepId::new(0),
        field_id: 0,
        name: if kind == AskKind::Rating { "rating" } else { "comment" }.to_owned(),
        options: if kind == AskKind::Rating { (1..=5).map(score).collect() } else { Vec::new() },
        kind,
        suggestions: Vec::new(),
        storage_keys: Vec::new(),
    }
}

/// When the sweeper must look at a chat next: the first of everything that may be due.
pub fn next_look(
    app: &App,
    conversation: &Conversation,
    settings: Option<&ProfileSettings>,
    visitor_seen_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let chat = &conversation.chat;
    if chat.is_closed() {
        return None;
    }
    let waiting = settings.map(|settings| &settings.waiting).filter(|_| chat.stage == Stage::Queued);
    [
        conversation.due_at(),
        waiting.and_then(|waiting| next_wait_message(conversation, waiting)),
        abandoned_after(app, conversation, settings).map(|after| visitor_seen_at + after),
    ]
    .into_iter()
    .flatten()
    .min()
}

/// When those who wait are told something next.
fn next_wait_message(conversation: &Conversation, waiting: &WaitSettings) -> Option<DateTime<Utc>> {
    let sent = conversation.chat.wait_messages_sent;
    let has_more = usize::try_from(sent).is_ok_and(|sent| sent < waiting.messages.len());
    (!waiting.messages.is_empty() && (has_more || waiting.loops))
        .then_some(conversation.chat.queued_at)
        .flatten()
        .map(|queued| queued + minutes(waiting.interval_minutes * (f64::from(sent) + 1.0)))
}

/// How long a visitor may be silent and gone before the chat counts as abandoned; none: for ever.
pub fn abandoned_after(
    app: &App,
    conversation: &Conversation,
    settings: Option<&ProfileSettings>,
) -> Option<TimeDelta> {
    let chat = &conversation.chat;
    // A person in Slack gives no sign of life but words, and hears everything whenever it comes back.
    let operators = app.config.limits.abandoned_chat.filter(|_| chat.slack.is_none());
    let profiles = settings.and_then(|settings| settings.abandoned_after_minutes).map(minutes);
    profiles.or(operators).filter(|_| chat.stage != Stage::Bot && !chat.is_agent_chat)
}

/// Minutes as a span of time, within reason.
pub fn minutes(minutes: f64) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "the bounds leave nothing to cut but fractions")]
    let milliseconds = (minutes.clamp(0.0, MINUTES_MAX) * 60_000.0) as i64;
    TimeDelta::milliseconds(milliseconds)
}
