//! From a step's number to what it does.

use super::{Build, html};
use crate::{
    domain::{
        ids::{FieldId, StepId},
        question::StorageKey,
    },
    flow::{
        model::StepSource,
        program::{
            Assignment, FeedbackStep, HttpStep, LogTicketStep, ModelStep, PageDataStep, ProofQuestion,
            SearchStep, StepKind,
        },
        request::RequestTemplate,
        template::Plain,
    },
};

impl Build {
    pub(super) fn kind(&mut self, id: StepId, source: &StepSource) -> StepKind {
        match source.kind {
            0 => StepKind::Message,
            1 => StepKind::Choice,
            2 => StepKind::Question { field: source.input_field_id.map(FieldId::new) },
            3 => StepKind::Condition,
            4 => StepKind::VerifyUser { questions: self.proof_questions(id, source) },
            5 => StepKind::KnowledgeSearch(search(source)),
            6 => StepKind::ServiceSearch(search(source)),
            7 => StepKind::LogTicket(LogTicketStep {
                ticket: source.ticket.clone(),
                summary: Plain::parse(content(source)),
            }),
            8 => StepKind::StartLiveChat { teams: source.teams.clone() },
            9 => StepKind::VirtualAgent(model(source)),
            10 => StepKind::AiDecision(model(source)),
            11 => StepKind::HttpCall(self.http(id, source)),
            12 => {
                if source.next_profile.is_none() {
                    self.step_problem(Some(id), source, "names no flow to continue in".to_owned());
                }
                StepKind::GoToFlow { profile: source.next_profile.clone() }
            }
            13 => StepKind::Feedback(FeedbackStep {
                asks_for_comment: source.asks_for_comment,
                before_comment: html(source.before_comment.as_ref()),
                after: html(source.after_feedback.as_ref()),
            }),
            14 => StepKind::PageData(self.page_data(id, source)),
            15 => StepKind::SetValues {
                assignments: named(source)
                    .map(|(name, value)| Assignment { name: name.to_owned(), value: Plain::parse(value) })
                    .collect(),
            },
            16 => StepKind::End,
            code => StepKind::Unsupported { code },
        }
    }

    fn proof_questions(&mut self, id: StepId, source: &StepSource) -> Vec<ProofQuestion> {
        if source.proofs.is_empty() {
            let problem = "asks nothing to verify a user by: anybody could give an e-mail address".to_owned();
            self.step_problem(Some(id), source, problem);
        }
        // Sorting keeps the stored order among equals.
        let mut ordered: Vec<_> = source.proofs.iter().collect();
        ordered.sort_by_key(|proof| proof.sequence);
        let mut questions = Vec::with_capacity(ordered.len());
        for (place, proof) in ordered.into_iter().enumerate() {
            if proof.answer_field.is_none() {
                let problem = format!("has no field with the right answer to question {}", place + 1);
                self.step_problem(Some(id), source, problem);
            }
            questions.push(ProofQuestion {
                words: html(proof.question.as_ref()),
                field: proof.answer_field.map(FieldId::new),
            });
        }
        questions
    }

    fn http(&mut self, id: StepId, source: &StepSource) -> HttpStep {
        let request = match source.request.as_ref().map(RequestTemplate::compile) {
            Some(Ok(request)) => Some(request),
            Some(Err(problems)) => {
                for problem in problems {
                    self.step_problem(Some(id), source, problem);
                }
                None
            }
            None => {
                let problem = "has no request: its content must be JSON with method, url, headers and body";
                self.step_problem(Some(id), source, problem.to_owned());
                None
            }
        };
        let mut wanted = Vec::new();
        for (name, pointer) in named(source).map(|(name, pointer)| (name, pointer.trim())) {
            if pointer.is_empty() || pointer.starts_with('/') {
                wanted.push((name.to_owned(), pointer.to_owned()));
            } else {
                let problem = format!("takes {name:?} from {pointer:?}, which is no JSON pointer (\"/a/b\")");
                self.step_problem(Some(id), source, problem);
            }
        }
        HttpStep { request, wanted }
    }

    fn page_data(&mut self, id: StepId, source: &StepSource) -> PageDataStep {
        let key = |(variable, key): (&str, &str)| StorageKey {
            // A variable without a source is called as the key is.
            key: if key.trim().is_empty() { variable } else { key.trim() }.to_owned(),
            variable: variable.to_owned(),
        };
        let keys: Vec<StorageKey> = named(source).map(key).collect();
        if keys.is_empty() {
            self.step_problem(Some(id), source, "names no local-storage keys to ask for".to_owned());
        }
        PageDataStep { keys }
    }
}

fn content(source: &StepSource) -> &str {
    source.content.as_deref().unwrap_or_default().trim()
}

fn search(source: &StepSource) -> SearchStep {
    let query = Some(content(source)).filter(|query| !query.is_empty());
    SearchStep { query: Plain::parse(query.unwrap_or("$answer")) }
}

fn model(source: &StepSource) -> ModelStep {
    ModelStep {
        agent: source.virtual_agent.clone(),
        model: source.ai_model.clone(),
        instructions: Plain::parse(content(source)),
    }
}

/// `output_variables` that have a name, without its dollar sign.
fn named(source: &StepSource) -> impl Iterator<Item = (&str, &str)> {
    source.assignments.iter().filter_map(|(name, value)| {
        let name = name.trim();
        let name = name.strip_prefix('$').unwrap_or(name);
        (!name.is_empty()).then_some((name, value.as_str()))
    })
}
