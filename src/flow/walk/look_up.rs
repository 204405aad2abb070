//! Searches and tickets: asked of the service, answered in the same transaction.

use super::{Onward, Walk, leave};
use crate::domain::finding::Hits;
use crate::flow::{
    model::{Effect, Finding, LookUp, NewTicket, Position, Saying},
    program::{LogTicketStep, SearchStep, Step, StepKind},
};

impl Walk<'_> {
    pub(super) fn look_up(&mut self, step: &Step) -> Onward {
        let asked = match &step.kind {
            StepKind::KnowledgeSearch(search) => self.query(search).map(|query| LookUp::Articles { query }),
            StepKind::ServiceSearch(search) => self.query(search).map(|query| LookUp::Services { query }),
            StepKind::LogTicket(log) => Some(LookUp::Ticket(self.ticket(log))),
            _ => None,
        };
        match asked {
            Some(asked) => {
                self.effects.push(Effect::LookUp(asked));
                let steps_taken = self.steps_taken;
                Onward::Stop(Position::LookingUp { step: step.id, steps_taken, check: None })
            }
            // Nothing to search for is nothing found.
            None => self.failed(step),
        }
    }

    /// What the search or the ticket came to.
    pub fn found(&mut self, step: &Step, finding: &Finding) -> Onward {
        let saying = match (&step.kind, finding) {
            (StepKind::KnowledgeSearch(_), Finding::Articles(articles)) if !articles.is_empty() => {
                let html = self.words(&step.message, "This may help:");
                let hits = Hits { articles: articles.clone(), ..Hits::default() };
                Saying { html, hits, ..Saying::default() }
            }
            (StepKind::ServiceSearch(_), Finding::Services(services)) if !services.is_empty() => {
                let html = self.words(&step.message, "These services may fit:");
                let hits = Hits { services: services.clone(), ..Hits::default() };
                Saying { html, hits, ..Saying::default() }
            }
            (StepKind::LogTicket(_), Finding::TicketLogged { id }) => {
                self.scope.tell("ticketid", id.to_string());
                Saying { html: step.message.fill(&self.scope), ..Saying::default() }
            }
            _ => return self.failed(step),
        };
        self.utter(Some(step), saying);
        leave(step, step.success())
    }

    fn failed(&mut self, step: &Step) -> Onward {
        self.say(Some(step), &step.message2);
        leave(step, step.failure())
    }

    fn query(&self, search: &SearchStep) -> Option<String> {
        let query = search.query.fill(&self.scope);
        let query = query.trim();
        (!query.is_empty()).then(|| query.to_owned())
    }

    fn ticket(&self, log: &LogTicketStep) -> NewTicket {
        let ticket = log.ticket.clone();
        NewTicket {
            kind: ticket.kind,
            ticket_type: ticket.ticket_type,
            template: ticket.template,
            service: ticket.service,
            sends_link: ticket.sends_link,
            summary: log.summary.fill(&self.scope),
        }
    }
}
