//! What the visitor says to a step that waits.

use std::borrow::Cow;

use super::{Onward, Walk, leave};
use crate::flow::{
    ask,
    input::words,
    model::{Answer, Position, Value},
    program::{PageDataStep, Step, StepKind},
};

impl Walk<'_> {
    /// The answer to a step's only, or first, question.
    pub fn answered(&mut self, step: &Step, answer: &Answer) -> Onward {
        match &step.kind {
            StepKind::Choice => {
                let judged = ask::judge_choice(step, answer, &self.scope);
                self.judged_answer(step, judged)
            }
            StepKind::Question { field } => {
                let judged = ask::judge_question(step, *field, answer, self.facts);
                self.judged_answer(step, judged)
            }
            StepKind::Feedback(feedback) => self.rated(step, feedback, answer),
            StepKind::PageData(data) if !data.keys.is_empty() => self.page_read(step, data, answer),
            StepKind::VirtualAgent(agent) => self.spoken_to(step, agent, answer),
            // An endless walk stopped here: the step asked nothing, so it has its turn again.
            _ => Onward::To(self.flow.places[&step.id]),
        }
    }

    fn judged_answer(&mut self, step: &Step, judged: Result<ask::Taken, Cow<'static, str>>) -> Onward {
        match judged {
            Ok(taken) => {
                for name in taken.variables {
                    self.set(name, &taken.normal);
                }
                self.accept(step, taken.value);
                leave(step, taken.link.map(|link| link.to))
            }
            Err(reason) => {
                let ask = ask::ask(step, self.facts, &self.scope);
                let reason = self.words(&step.message2, &reason);
                self.refuse(step, Position::Waiting { step: step.id }, reason, ask)
            }
        }
    }

    /// Any answer will do: a client that has no page to read must not be held for ever.
    fn page_read(&mut self, step: &Step, data: &PageDataStep, answer: &Answer) -> Onward {
        for key in &data.keys {
            if let Some((_, value)) = answer.page_data.iter().find(|(name, _)| *name == key.key) {
                self.set(&key.variable, value);
            }
        }
        self.accept(step, Value::Text(words(answer).into_owned()));
        leave(step, step.default_way())
    }
}
