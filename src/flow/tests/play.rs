//! Plays the service's part in a conversation, and writes it down.

use std::fmt::Write as _;

use super::*;

/// Opens a chat and answers, and tells what was said and done.
pub(super) fn play(flow: &Flow, answers: &[&str]) -> String {
    play_with(flow, facts(), answers)
}

pub(super) fn play_with(flow: &Flow, facts: Facts, answers: &[&str]) -> String {
    let events: Vec<Event> = answers.iter().map(|answer| says(answer)).collect();
    play_events(flow, facts, &Event::Opened { at: None }, &events)
}

pub(super) fn play_events(flow: &Flow, facts: Facts, first: &Event, rest: &[Event]) -> String {
    let mut play = Play::new(facts);
    play.event(flow, first);
    for event in rest {
        play.event(flow, event);
    }
    play.end()
}

/// Keeps the position, the variables and the next call's number between the events.
pub(super) struct Play {
    pub facts: Facts,
    pub position: Position,
    told: String,
}

impl Play {
    pub fn new(facts: Facts) -> Self {
        Self { facts, position: Position::NotStarted, told: String::new() }
    }

    pub fn event(&mut self, flow: &Flow, event: &Event) {
        let event = self.addressed(event);
        self.tell_event(&event);
        let advance = advance(flow, &self.position, &event, &self.facts);
        match &advance.reception {
            Reception::NotAsked => {}
            Reception::Accepted { step, value } => self.line(&format!("took: {value:?} for {step}")),
            reception @ (Reception::Refused { .. } | Reception::Stale) => {
                self.line(&format!("took: {reception:?}"));
            }
        }
        for effect in advance.effects {
            self.tell_effect(effect);
        }
        self.position = advance.position;
        self.facts.next_call = CallId::new(self.facts.next_call.get() + 1);
    }

    pub fn end(mut self) -> String {
        let _ = write!(self.told, "end:  {:?}", self.position);
        self.told
    }

    /// A call's answer carries the number of the call that is under way.
    fn addressed(&self, event: &Event) -> Event {
        match (event, &self.position) {
            (Event::CalledBack { outcome, .. }, Position::Calling { call, .. }) => {
                Event::CalledBack { call: *call, outcome: outcome.clone() }
            }
            (event, _) => event.clone(),
        }
    }

    fn tell_event(&mut self, event: &Event) {
        match event {
            Event::Answered(answer) => self.line(&format!("user: {}", answer.text)),
            Event::Found(finding) => self.line(&format!("back: {finding:?}")),
            Event::CalledBack { outcome, .. } => self.line(&format!("back: {outcome:?}")),
            Event::TimedOut { link } => self.line(&format!("time: {link}")),
            Event::EntryFailed => self.line("back: EntryFailed"),
            Event::Entered => self.line("back: Entered"),
            Event::Opened { .. } | Event::Jumped { .. } => {}
        }
    }

    fn tell_effect(&mut self, effect: Effect) {
        let line = match effect {
            Effect::Say(saying) => tell_saying(saying),
            Effect::SetVariable { name, value } => {
                let line = format!("set:  {name} = {value:?}");
                self.facts.variables.insert(name, value);
                line
            }
            Effect::HandOver { teams } => {
                let teams: Vec<i32> = teams.into_iter().map(TeamId::get).collect();
                format!("do:   HandOver {teams:?}")
            }
            Effect::ReportEndless { at } => format!("do:   ReportEndless at {at}"),
            Effect::LookUp(asked) => format!("do:   {asked:?}"),
            Effect::CallOut { what, .. } => format!("do:   {what:?}"),
            other => format!("do:   {other:?}"),
        };
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.told, "{}", line.trim_end());
    }
}

fn tell_saying(saying: Saying) -> String {
    let mut line = format!("bot:  {}", saying.html);
    for hit in saying.hits.articles {
        let _ = write!(line, " {{{}: {}}}", hit.id, hit.title);
    }
    for hit in saying.hits.services {
        let _ = write!(line, " {{{}: {}}}", hit.id, hit.name);
    }
    if let Some(ask) = saying.ask {
        let _ = write!(line, " <- {:?} {:?}", ask.kind, ask.name);
        for choice in ask.options {
            let _ = write!(line, " [{}={}]", choice.value, choice.label);
        }
        for key in ask.storage_keys {
            let _ = write!(line, " [{}={}]", key.key, key.variable);
        }
        for reply in ask.suggestions {
            let _ = write!(line, " ({}: {})", reply.label, reply.message);
        }
    }
    line
}
