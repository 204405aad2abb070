//! Runs the flow engine over a conversation: the only caller of `flow::advance`.

mod facts;
mod lookup;
mod outcome;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::{facts::Known, outcome::Deed};
use crate::{
    app::App,
    domain::{ids::ProfileId, text::SafeHtml},
    flow::{self, Advance, Effect, Event, Finding, LookUp, Position, Reception},
    service::{
        conversation::{Conversation, Refusal},
        profile::{self, RunningProfile},
        waiting,
    },
    store::{Conn, StoreError},
};

/// A step of the flow that is decided but not yet written into the log: the visitor's own message
/// comes before what the bot answers to it.
pub struct Walk {
    position: Position,
    reception: Reception,
    /// What is to be done, in order.
    deeds: Vec<Deed>,
}

impl Walk {
    /// How the flow took the visitor's words.
    pub fn reception(&self) -> &Reception {
        &self.reception
    }

    /// Does what was decided, in order.
    pub fn carry_out(
        self,
        conversation: &mut Conversation,
        profile: &Arc<RunningProfile>,
        now: DateTime<Utc>,
    ) {
        let has_moved = conversation.position != self.position || !self.deeds.is_empty();
        conversation.position = self.position;
        let mut profile = profile.clone();
        for deed in self.deeds {
            outcome::carry_out(conversation, &mut profile, deed, now);
        }
        // Words that moved nothing do not give the visitor more time.
        if has_moved {
            conversation.flow_due_at = outcome::due_at(conversation, &profile, now);
        }
    }
}

/// Decides what an event comes to. No round trip, unless the flow asks who can be reached, the
/// fields or the profile's hours are older than a second, or a step looks something up: one for each
/// of these.
pub async fn decide(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    profile: &Arc<RunningProfile>,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<Walk, StoreError> {
    let mut profile = profile.clone();
    let mut known = Known::gather(app, conn, conversation, &profile, now).await?;
    let mut deeds = Vec::new();
    let mut advance = flow::advance(&profile.flow, &conversation.position, event, &known.facts);
    let reception = advance.reception.clone();
    while let Some(asked) = take(&mut advance, &mut known, &mut deeds) {
        let answer = match asked {
            Asked::LookUp(asked) => {
                let finding = lookup::answer(app, conn, conversation.id(), &known, &asked, now).await?;
                if let Finding::TicketLogged { id } = finding {
                    known.facts.ticket_id = Some(id);
                    deeds.push(Deed::LinkTicket(id));
                }
                Event::Found(finding)
            }
            Asked::Enter(other) => match enter(app, conn, &other, conversation.chat.language_id).await? {
                Some(entered) => {
                    known.move_to(app, conn, &entered, now).await?;
                    deeds.push(Deed::Enter(entered.clone()));
                    profile = entered;
                    Event::Entered
                }
                None => Event::EntryFailed,
            },
        };
        advance = flow::advance(&profile.flow, &advance.position, &answer, &known.facts);
    }
    Ok(Walk { position: advance.position, reception, deeds })
}

/// Words that no step says, such as those for people who wait, with their variables filled in.
pub async fn fill(
    app: &App,
    conn: &mut Conn,
    conversation: &Conversation,
    profile: &Arc<RunningProfile>,
    html: &str,
    now: DateTime<Utc>,
) -> Result<SafeHtml, StoreError> {
    let mut known = Known::gather(app, conn, conversation, profile, now).await?;
    let outlook = waiting::outlook(conn, conversation, &profile.settings.waiting, now).await?;
    known.facts.queue_position = Some(outlook.position);
    known.facts.wait_minutes = outlook.whole_minutes();
    Ok(flow::fill(html, &known.facts))
}

/// What a walk stands still for until it is answered, in the same transaction.
enum Asked {
    LookUp(LookUp),
    Enter(ProfileId),
}

/// Takes the effects of a part of a walk, and what it asks for at its end.
fn take(advance: &mut Advance, known: &mut Known, deeds: &mut Vec<Deed>) -> Option<Asked> {
    let mut asked = None;
    for effect in advance.effects.drain(..) {
        match effect {
            Effect::LookUp(what) => asked = Some(Asked::LookUp(what)),
            Effect::Continue { profile } => asked = Some(Asked::Enter(profile)),
            other => {
                known.learn(&other);
                deeds.push(Deed::Effect(other));
            }
        }
    }
    asked
}

/// The flow that is to take over; none: there is no such profile, or it is not fit to run.
async fn enter(
    app: &App,
    conn: &mut Conn,
    id: &ProfileId,
    language: Option<i32>,
) -> Result<Option<Arc<RunningProfile>>, StoreError> {
    match profile::newest(app, conn, id, language).await {
        Ok(found) => Ok(found),
        Err(Refusal::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}
