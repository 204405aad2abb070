//! Runs the flow engine over a conversation: the only caller of `flow::advance`.

mod lookup;

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::{
        ids::{ParticipantNumber, TeamId},
        message::{Happening, Message},
        text::SafeHtml,
    },
    flow::{self, Advance, CallId, Effect, Event, Facts, Finding, Outcome, Reception, Saying},
    service::{
        conversation::Conversation,
        hours, presence,
        profile::{self, RunningProfile},
    },
    store::{Conn, StoreError},
};

/// A step of the flow that is decided but not yet written into the log: the visitor's own message
/// comes before what the bot answers to it.
pub struct Walk {
    advance: Advance,
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
/// fields or the profile's hours are older than a second.
pub async fn decide(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    profile: &RunningProfile,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<Walk, StoreError> {
    let mut facts = facts(app, conn, conversation, profile, now).await?;
    let mut advance = flow::advance(&profile.flow, &conversation.position, event, &facts);
    while let Some(asked) = advance.effects.pop_if(|effect| must_be_answered(effect)) {
        learn(&mut facts, &advance.effects);
        let answer = match asked {
            Effect::LookUp(asked) => {
                Event::Found(lookup::answer(app, conn, conversation, &facts.variables, &asked, now).await?)
            }
            // Calls do not leave the process yet: each fails at once.
            Effect::CallOut { call, .. } => Event::CalledBack { call, outcome: Outcome::Failed },
            _ => Event::EntryFailed,
        };
        if let Event::Found(Finding::TicketLogged { id }) = answer {
            facts.ticket_id = Some(id);
        }
        let further = flow::advance(&profile.flow, &advance.position, &answer, &facts);
        advance.effects.extend(further.effects);
        advance.position = further.position;
    }
    Ok(Walk { advance })
}

/// Whether a walk stands still until this is answered, in the same transaction.
const fn must_be_answered(effect: &Effect) -> bool {
    matches!(effect, Effect::LookUp(_) | Effect::Continue { .. } | Effect::CallOut { .. })
}

/// What the walk has set so far, for the texts that come after it.
fn learn(facts: &mut Facts, effects: &[Effect]) {
    for effect in effects {
        if let Effect::SetVariable { name, value } = effect {
            facts.variables.insert(name.clone(), value.clone());
        }
    }
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
    let hours = hours::of_profile(app, conn, &profile.settings).await?;
    let visitor = conversation.visitor();
    let chat = &conversation.chat;
    Ok(Facts {
        now: hours.as_ref().map_or_else(|| now.fixed_offset(), |hours| hours.local(now)),
        chat_id: Some(chat.id),
        profile_name: profile.settings.name.clone(),
        bot_name: profile.settings.bot_name.clone(),
        page_url: chat.page_url.clone().unwrap_or_default(),
        language_id: chat.language_id,
        country: app.config.phone_country.clone(),
        visitor_name: visitor.map(|one| one.name.clone()).unwrap_or_default(),
        visitor_email: visitor.and_then(|one| one.email.clone()).unwrap_or_default(),
        visitor_is_known: false,
        agent_name: String::new(),
        ticket_id: chat.ticket_id,
        within_hours: hours.is_none_or(|hours| hours.is_open(now)),
        reachable_teams,
        queue_position: None,
        wait_minutes: None,
        variables: conversation.variables.clone(),
        fields,
        next_call: CallId::new(conversation.head.version + 1),
    })
}

fn carry_out(conversation: &mut Conversation, profile: &RunningProfile, effect: Effect, now: DateTime<Utc>) {
    match effect {
        Effect::Say(saying) => say(conversation, profile, saying, now),
        Effect::SetVariable { name, value } => {
            conversation.variables.insert(name, value);
        }
        Effect::Identify { user, name, email } => conversation.identify(user, name, email),
        Effect::Rate { score } => rate(conversation, score, now),
        // The visitor's own message keeps the words.
        Effect::CommentOnRating { .. } => {}
        Effect::HandOver { teams } => conversation.queue(ParticipantNumber::BOT, &teams, now),
        Effect::LookUp(_) | Effect::Continue { .. } | Effect::CallOut { .. } => {
            unreachable!("it was answered while the walk was decided")
        }
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

/// The log keeps the rating; a chat is rated once.
fn rate(conversation: &mut Conversation, score: i32, now: DateTime<Utc>) {
    let Some(place) = conversation.visitor().map(|visitor| visitor.number) else { return };
    if conversation.chat.feedback_submitted {
        return;
    }
    conversation.chat.feedback_submitted = true;
    let entry = conversation.append(place, Happening::Rated, SafeHtml::default(), now);
    entry.value.int = Some(score);
}
