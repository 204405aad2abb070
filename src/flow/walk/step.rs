//! What a step does when the walk comes to it.

use super::{Onward, Walk, leave};
use crate::{
    domain::ids::TeamId,
    flow::{
        ask,
        condition::all_hold,
        model::{Effect, Position},
        program::{Step, StepIndex, StepKind, Way},
    },
};

impl Walk<'_> {
    pub(super) fn step(&mut self, step: &Step) -> Onward {
        match &step.kind {
            StepKind::Choice | StepKind::Question { .. } => self.ask(step, ask::label(step, self.facts)),
            StepKind::Condition => leave(step, self.judged(step)),
            StepKind::VerifyUser { questions } => self.verify(step, questions),
            StepKind::KnowledgeSearch(_) | StepKind::ServiceSearch(_) | StepKind::LogTicket(_) => {
                self.look_up(step)
            }
            StepKind::StartLiveChat { teams } => self.start_live_chat(step, teams),
            StepKind::VirtualAgent(_) | StepKind::AiDecision(_) | StepKind::HttpCall(_) => {
                self.call_out(step)
            }
            StepKind::GoToFlow { profile } => {
                self.say(Some(step), &step.message);
                let Some(profile) = profile else { return leave(step, step.failure()) };
                self.effects.push(Effect::Continue { profile: profile.clone() });
                Onward::Stop(Position::Entering { step: step.id, steps_taken: self.steps_taken })
            }
            StepKind::Feedback(_) => {
                self.ask(step, "How would you rate this chat, from 1 (worst) to 5 (best)?")
            }
            StepKind::PageData(data) if !data.keys.is_empty() => self.ask(step, ""),
            StepKind::SetValues { assignments } => {
                for assignment in assignments {
                    let value = assignment.value.fill(&self.scope);
                    self.set(&assignment.name, &value);
                }
                leave(step, step.default_way())
            }
            StepKind::End => {
                self.say(Some(step), &step.message);
                self.effects.push(Effect::Close);
                Onward::Stop(Position::Finished)
            }
            StepKind::Message | StepKind::PageData(_) | StepKind::Unsupported { .. } => {
                for message in [&step.message, &step.message2, &step.message3] {
                    self.say(Some(step), message);
                }
                leave(step, step.default_way())
            }
        }
    }

    /// Asks the step's question, in its own words or else in these.
    fn ask(&mut self, step: &Step, otherwise: &str) -> Onward {
        let ask = ask::ask(step, self.facts, &self.scope);
        let html = self.words(&step.message, otherwise);
        self.say_html(Some(step), html, ask);
        Onward::Stop(Position::Waiting { step: step.id })
    }

    fn start_live_chat(&mut self, step: &Step, teams: &[TeamId]) -> Onward {
        let reachable = &self.facts.reachable_teams;
        let is_reachable = match teams {
            [] => !reachable.is_empty(),
            teams => teams.iter().any(|team| reachable.contains(team)),
        };
        let way_out = step.link_for(Way::Failure).filter(|_| !is_reachable);
        // A chat that is queued all the same is told so, in the only words there are.
        let has_words_for_it = is_reachable || (step.message2.is_empty() && way_out.is_none());
        self.say(Some(step), if has_words_for_it { &step.message } else { &step.message2 });
        if let Some(link) = way_out {
            return Onward::To(link.to);
        }
        self.effects.push(Effect::HandOver { teams: teams.to_vec() });
        Onward::Stop(Position::HandedOver)
    }

    /// The way out that a condition step's judgement opens.
    fn judged(&self, step: &Step) -> Option<StepIndex> {
        if step.conditions.is_empty() {
            let holds = step
                .links
                .iter()
                .find(|link| !link.conditions.is_empty() && all_hold(&link.conditions, &self.scope));
            return holds.map(|link| link.to).or_else(|| step.default_way());
        }
        if all_hold(&step.conditions, &self.scope) { step.success() } else { step.failure() }
    }
}
