//! One event in; the new position and the effects out. Every position has an answer to every event.

use super::{
    model::{Advance, Answer, Effect, Event, Facts, Position, Reception},
    program::Flow,
    walk::{Walk, leave},
};
use crate::domain::ids::{LinkId, StepId};

/// Moves a chat through its flow.
///
/// An advance that ends in `Effect::LookUp` or `Effect::Continue` is half of one: the caller
/// answers with the next event in the same transaction.
pub fn advance(flow: &Flow, position: &Position, event: &Event, facts: &Facts) -> Advance {
    match event {
        Event::Opened { at } => match position {
            Position::NotStarted => open(flow, *at, facts),
            // A client that opens twice moves nothing.
            _ => Advance::stay(position),
        },
        Event::Answered(answer) => answered(flow, position, answer, facts),
        Event::Jumped { to } => match flow.places.get(to) {
            Some(&place) => Walk::new(flow, facts).run(place),
            None => Advance::stay(position),
        },
        Event::TimedOut { link } => timed_out(flow, position, *link, facts),
        // The rest answers what one position waits for, and comes too late for every other.
        Event::Found(finding) => match position {
            Position::LookingUp { step, steps_taken, check } => {
                let Some(step) = flow.step(*step) else { return Advance::stay(position) };
                let mut walk = Walk::new(flow, facts).after(*steps_taken);
                let onward = match check {
                    Some(check) => walk.checked(step, check, finding),
                    None => walk.found(step, finding),
                };
                walk.go(onward)
            }
            _ => Advance::stay(position),
        },
        Event::Entered => match position {
            Position::Entering { steps_taken, .. } => {
                begin(flow, None, facts, Walk::new(flow, facts).after(*steps_taken))
            }
            _ => Advance::stay(position),
        },
        Event::EntryFailed => match position {
            Position::Entering { step, steps_taken } => {
                let Some(step) = flow.step(*step) else { return Advance::stay(position) };
                Walk::new(flow, facts).after(*steps_taken).go(leave(step, step.failure()))
            }
            _ => Advance::stay(position),
        },
        Event::CalledBack { call, outcome } => match position {
            Position::Calling { step, call: awaited, steps_taken, has_more } if call == awaited => {
                let Some(step) = flow.step(*step) else { return Advance::stay(position) };
                let mut walk = Walk::new(flow, facts).after(*steps_taken);
                let onward = walk.called_back(step, outcome, *has_more);
                walk.go(onward)
            }
            _ => Advance::stay(position),
        },
    }
}

fn open(flow: &Flow, at: Option<StepId>, facts: &Facts) -> Advance {
    let mut walk = Walk::new(flow, facts);
    walk.say(None, &flow.greeting);
    begin(flow, at, facts, walk)
}

fn begin(flow: &Flow, at: Option<StepId>, facts: &Facts, mut walk: Walk) -> Advance {
    let named = at.filter(|&at| flow.allows_start_at(at));
    let named = named.and_then(|at| flow.places.get(&at).copied());
    if let Some(place) = named.or_else(|| flow.start_for(&facts.page_url)) {
        return walk.run(place);
    }
    // A profile without a bot leads straight to people.
    walk.effects.push(Effect::HandOver { teams: Vec::new() });
    walk.end(Position::HandedOver)
}

fn answered(flow: &Flow, position: &Position, answer: &Answer, facts: &Facts) -> Advance {
    let heard_at = match position {
        Position::Waiting { step }
        | Position::Verifying { step, .. }
        | Position::Commenting { step }
        | Position::Calling { step, .. } => Some(*step),
        Position::NotStarted
        | Position::LookingUp { .. }
        | Position::Entering { .. }
        | Position::HandedOver
        | Position::Finished => None,
    };
    // Words that answer another step, or come when the flow asks nothing, come too late.
    if answer.step.is_some_and(|step| heard_at != Some(step)) {
        return Advance { reception: Reception::Stale, ..Advance::stay(position) };
    }
    // Only another flow than the chat's own can lack the step; then people must help.
    let Some(step) = heard_at.and_then(|step| flow.step(step)) else { return Advance::stay(position) };
    let mut walk = Walk::new(flow, facts);
    walk.spoke_at = Some(step.id);
    let onward = match position {
        Position::Verifying { proof, .. } => walk.proved(step, proof, answer),
        Position::Commenting { .. } => walk.commented(step, answer),
        Position::Calling { .. } => walk.spoken_meanwhile(step, position, answer),
        _ => walk.answered(step, answer),
    };
    walk.go(onward)
}

/// Takes a link whose time has come, if the chat still waits where it leads from.
fn timed_out(flow: &Flow, position: &Position, link: LinkId, facts: &Facts) -> Advance {
    let step = position.waits_at().and_then(|step| flow.step(step));
    let timed = |link_id| move |link: &&super::program::Link| link.id == link_id && link.time_limit.is_some();
    match step.and_then(|step| Some((step, step.links.iter().find(timed(link))?))) {
        Some((step, link)) => Walk::new(flow, facts).go(leave(step, Some(link.to))),
        None => Advance::stay(position),
    }
}
