//! Runs the flow engine over a conversation: the only caller of `flow::advance`.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::{
        ids::{ParticipantNumber, TeamId},
        message::{Happening, Message},
    },
    flow::{self, Effect, Event, Facts, Reception, Saying},
    service::{
        conversation::Conversation,
        presence,
        profile::{self, RunningProfile},
    },
    store::{Conn, StoreError},
};

/// A step of the flow that is decided but not yet written into the log: the visitor's own message
/// comes before what the bot answers to it.
pub struct Walk {
    advance: flow::Advance,
}

impl Walk {
    /// How the flow took the visitor's words.
    pub fn reception(&self) -> &Reception {
        &self.advance.reception
    }

    /// Carries the effects out, in order.
    pub fn carry_out(self, conversation: &mut Conversation, profile: &RunningProfile, now: DateTime<Utc>) {
        conversation.position = self.advance.position;
        for effect in self.advance.effects {
            carry_out(conversation, profile, effect, now);
        }
    }
}

/// Decides what an event comes to. No round trip, unless the flow asks who can be reached or the
/// fields are older than a second.
pub async fn decide(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    profile: &RunningProfile,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<Walk, StoreError> {
    let facts = facts(app, conn, conversation, profile, now).await?;
    Ok(Walk { advance: flow::advance(&profile.flow, &conversation.position, event, &facts) })
}

async fn facts(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    profile: &RunningProfile,
    now: DateTime<Utc>,
) -> Result<Facts, StoreError> {
    let reachable_teams: BTreeSet<TeamId> = if profile.flow.asks_who_is_reachable() {
        presence::reachable_teams(conn, now).await?
    } else {
        BTreeSet::new()
    };
    let fields = if profile.flow.field_ids().next().is_some() {
        profile::fields(app, conn).await?
    } else {
        Arc::default()
    };
    let visitor = conversation.visitor();
    let chat = &conversation.chat;
    Ok(Facts {
        // Working hours and their time zone come with live chat.
        now: now.fixed_offset(),
        chat_id: Some(chat.id),
        profile_name: profile.settings.name.clone(),
        bot_name: profile.settings.bot_name.clone(),
        page_url: chat.page_url.clone().unwrap_or_default(),
        language_id: chat.language_id,
        visitor_name: visitor.map(|one| one.name.clone()).unwrap_or_default(),
        visitor_email: visitor.and_then(|one| one.email.clone()).unwrap_or_default(),
        visitor_is_known: false,
        agent_name: String::new(),
        ticket_id: chat.ticket_id,
        // Working hours come with live chat; until then a profile is always open.
        within_hours: true,
        reachable_teams,
        queue_position: None,
        wait_minutes: None,
        variables: conversation.variables.clone(),
        fields,
    })
}

fn carry_out(conversation: &mut Conversation, profile: &RunningProfile, effect: Effect, now: DateTime<Utc>) {
    match effect {
        Effect::Say(saying) => say(conversation, profile, saying, now),
        Effect::SetVariable { name, value } => {
            conversation.variables.insert(name, value);
        }
        Effect::HandOver { teams } => conversation.queue(ParticipantNumber::BOT, &teams, now),
        Effect::Close => {
            // A chat that is already closed takes no second closing.
            let _ = conversation.close(ParticipantNumber::BOT, now);
        }
        Effect::ReportEndless { at } => {
            tracing::error!(
                chat.id = %conversation.id(),
                profile.id = %profile.version.id,
                step = %at,
                "the flow took too many steps for one event; it waits where it spoke last"
            );
        }
    }
}

fn say(conversation: &mut Conversation, profile: &RunningProfile, saying: Saying, now: DateTime<Utc>) {
    if let Some(step) = saying.step {
        conversation.chat.flow_step = Some(step.get());
    }
    let number = conversation.next_number();
    conversation.push(Message {
        step: saying.step,
        profile: Some(profile.version.id.clone()),
        image: saying.image,
        ask: saying.ask,
        ..Message::new(number, ParticipantNumber::BOT, Happening::Said, saying.html, now)
    });
}
