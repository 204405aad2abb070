//! Proving who somebody is, by what only that user should know.
//!
//! Nothing in the conversation tells whether the address belongs to anybody: the questions are
//! asked all the same, an attempt is judged when all of them are answered, and every answer
//! costs one lookup.

use super::{Onward, Walk, leave};
use crate::domain::{ids::FieldId, text::SafeHtml};
use crate::flow::{
    ask,
    input::take_email,
    model::{Answer, Ask, AskKind, Check, Effect, Facts, Finding, KnownUser, LookUp, Position, Proof, Value},
    program::{ProofQuestion, Step, StepKind},
};

const ATTEMPTS_MAX: u32 = 3;

impl Walk<'_> {
    pub(super) fn verify(&mut self, step: &Step, questions: &[ProofQuestion]) -> Onward {
        if self.facts.visitor_is_known {
            return leave(step, step.success());
        }
        if questions.is_empty() {
            return leave(step, step.failure());
        }
        let email = Some(self.facts.visitor_email.trim()).filter(|email| !email.is_empty());
        self.ask_for_proof(
            step,
            Proof { attempt: 1, email: email.map(str::to_owned), question: 0, holds: true },
        )
    }

    /// The visitor's answer to the open question of the proof.
    pub fn proved(&mut self, step: &Step, proof: &Proof, answer: &Answer) -> Onward {
        let Some(email) = &proof.email else {
            return match take_email(answer) {
                Ok(email) => {
                    self.accept(step, Value::Text(email.clone()));
                    self.ask_for_proof(step, Proof { email: Some(email), ..proof.clone() })
                }
                Err(reason) => self.refuse_proof(step, proof, &reason),
            };
        };
        let field = question(step, proof).and_then(|question| question.field);
        let field = ask::known_field(field, self.facts);
        match ask::take(field, answer, self.facts) {
            Ok(taken) => {
                self.accept(step, taken.value);
                self.effects.push(Effect::LookUp(LookUp::User { email: email.clone() }));
                let check = Some(Check { proof: proof.clone(), answer: taken.normal });
                Onward::Stop(Position::LookingUp { step: step.id, steps_taken: self.steps_taken, check })
            }
            Err(reason) => self.refuse_proof(step, proof, &reason),
        }
    }

    /// The user's record, or that there is none.
    pub fn checked(&mut self, step: &Step, check: &Check, finding: &Finding) -> Onward {
        let user = match finding {
            Finding::User(Some(user)) => Some(user),
            _ => None,
        };
        let field = question(step, &check.proof).and_then(|question| question.field);
        let is_right = user.is_some_and(|user| knows(user, field, &check.answer, self.facts));
        let proof = Proof {
            question: check.proof.question + 1,
            holds: check.proof.holds && is_right,
            ..check.proof.clone()
        };
        match user {
            _ if question(step, &proof).is_some() => self.ask_for_proof(step, proof),
            Some(user) if proof.holds => {
                self.identify(user);
                leave(step, step.success())
            }
            _ if proof.attempt < ATTEMPTS_MAX => {
                let html = self.words(&step.message2, "That does not match what we know. Please try again.");
                self.say_html(Some(step), html, None);
                // From the beginning: the address may have been the mistake.
                let attempt = proof.attempt + 1;
                self.ask_for_proof(step, Proof { attempt, email: None, question: 0, holds: true })
            }
            _ => leave(step, step.failure()),
        }
    }

    fn ask_for_proof(&mut self, step: &Step, proof: Proof) -> Onward {
        let html = if let Some(question) = question(step, &proof).filter(|_| proof.email.is_some()) {
            let label = ask::known_field(question.field, self.facts).map_or("", |field| &field.label);
            self.words(&question.words, label)
        } else {
            self.words(&step.message, "What is your e-mail address?")
        };
        let ask = self.proof_asked(step, &proof);
        self.say_html(Some(step), html, Some(ask));
        Onward::Stop(Position::Verifying { step: step.id, proof })
    }

    fn refuse_proof(&mut self, step: &Step, proof: &Proof, reason: &str) -> Onward {
        let ask = self.proof_asked(step, proof);
        let position = Position::Verifying { step: step.id, proof: proof.clone() };
        self.refuse(step, position, SafeHtml::escape(reason), Some(ask))
    }

    fn proof_asked(&self, step: &Step, proof: &Proof) -> Ask {
        match question(step, proof).filter(|_| proof.email.is_some()) {
            Some(question) => ask::ask_field(step, question.field, self.facts),
            None => ask::plain(step, "email", AskKind::Email),
        }
    }

    fn identify(&mut self, user: &KnownUser) {
        self.scope.tell("username", user.name.clone());
        self.scope.tell("useremail", user.email.clone());
        self.scope.tell("known", "true".to_owned());
        self.effects.push(Effect::Identify {
            user: user.id,
            name: user.name.clone(),
            email: user.email.clone(),
        });
    }
}

/// The question of the proof that is open; none after the last.
fn question<'s>(step: &'s Step, proof: &Proof) -> Option<&'s ProofQuestion> {
    match &step.kind {
        StepKind::VerifyUser { questions } => questions.get(proof.question),
        _ => None,
    }
}

/// Whether this is the answer in the user's record, in whatever form either is written.
fn knows(user: &KnownUser, field: Option<FieldId>, answer: &str, facts: &Facts) -> bool {
    let Some(expected) = field.and_then(|field| user.answers.get(&field)) else { return false };
    let given = Answer { text: expected.clone(), ..Answer::default() };
    let field = ask::known_field(field, facts);
    let normal = ask::take(field, &given, facts).map_or_else(|_| expected.clone(), |taken| taken.normal);
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let expected = plain(&normal);
    !expected.is_empty() && expected == plain(answer)
}
