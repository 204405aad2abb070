//! A rating, and a comment to go with it.

use super::{Onward, Walk, leave};
use crate::flow::{
    ask,
    input::words,
    model::{Answer, AskKind, Effect, Position, Value},
    program::{FeedbackStep, Step, StepKind},
    words::truth_of,
};

impl Walk<'_> {
    pub(super) fn rated(&mut self, step: &Step, feedback: &FeedbackStep, answer: &Answer) -> Onward {
        let position = Position::Waiting { step: step.id };
        let score = answer.value_int.or_else(|| words(answer).parse().ok());
        let Some(score) = score.filter(|score| ask::SCORES.contains(score)) else {
            let ask = ask::ask(step, self.facts, &self.scope);
            let reason = self.words(&step.message2, "Please give a number from 1 (worst) to 5 (best).");
            return self.refuse(step, position, reason, ask);
        };
        self.accept(step, Value::Integer(score));
        self.set(ask::LAST_ANSWER, &score.to_string());
        // At once: a visitor who goes away without a comment has rated the chat all the same.
        self.effects.push(Effect::Rate { score });
        if !feedback.asks_for_comment {
            return self.thank(step, feedback);
        }
        let html = self.words(&feedback.before_comment, "Would you like to add a few words?");
        self.say_html(Some(step), html, Some(ask::plain(step, "comment", AskKind::Memo)));
        Onward::Stop(Position::Commenting { step: step.id })
    }

    pub fn commented(&mut self, step: &Step, answer: &Answer) -> Onward {
        let comment = words(answer).into_owned();
        self.accept(step, Value::Text(comment.clone()));
        // "No" is an answer to the question whether there is more to say.
        if !comment.is_empty() && truth_of(&comment) != Some(false) {
            self.effects.push(Effect::CommentOnRating { comment });
        }
        match &step.kind {
            StepKind::Feedback(feedback) => self.thank(step, feedback),
            _ => leave(step, step.default_way()),
        }
    }

    fn thank(&mut self, step: &Step, feedback: &FeedbackStep) -> Onward {
        self.say(Some(step), &feedback.after);
        leave(step, step.default_way())
    }
}
