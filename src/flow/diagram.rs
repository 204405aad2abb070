//! A flow as a Mermaid flowchart, for people. Total: a broken flow is drawn as it is stored, with
//! its links to nowhere, and the same flow always comes out as the same text.

mod label;
mod link;
mod node;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use self::label::escaped;
use super::model::{FlowSource, LinkSource, StepSource};
use crate::domain::text::SafeHtml;

/// Characters of the greeting that its node shows.
const GREETING_CHARACTERS_MAX: usize = 40;

/// Draws a flow. The nodes of steps are called by the steps' numbers; nothing that an
/// administrator wrote stands outside quotes.
pub fn diagram(source: &FlowSource) -> String {
    let mut drawing = Drawing::new(source);
    drawing.nodes(source);
    drawing.entries(source);
    for (place, step) in source.steps.iter().enumerate() {
        drawing.links(place, step);
    }
    drawing.end()
}

#[derive(Default)]
struct Drawing {
    text: String,
    /// The node of each step, by its place in the flow.
    nodes: Vec<String>,
    /// The node that a link to this number leads to.
    by_number: BTreeMap<i32, String>,
    starts: Vec<String>,
    /// Places that links lead to although they do not exist.
    lost: BTreeSet<String>,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrow {
    Taken,
    /// A way that only somebody else opens, or that is never taken.
    Dotted,
}

impl Drawing {
    /// The first of several steps with one number has it, as in a chat.
    fn new(source: &FlowSource) -> Self {
        let mut drawing = Self { text: "flowchart TD\n".to_owned(), ..Self::default() };
        for (place, step) in source.steps.iter().enumerate() {
            let number = step.step_id.filter(|number| !drawing.by_number.contains_key(number));
            let node = match number {
                Some(number) if number >= 0 => format!("s{number}"),
                _ => format!("p{}", place + 1),
            };
            if let Some(number) = number {
                drawing.by_number.insert(number, node.clone());
            }
            drawing.nodes.push(node);
        }
        drawing
    }

    fn nodes(&mut self, source: &FlowSource) {
        let html = source.greeting.as_deref().unwrap_or_default();
        let greeting = SafeHtml::sanitise(html).html.to_plain();
        let words = escaped(&greeting, GREETING_CHARACTERS_MAX);
        let label = if words.is_empty() { "Start".to_owned() } else { format!("Greeting<br>{words}") };
        self.line(&format!("greeting([\"{label}\"])"));
        for (place, step) in source.steps.iter().enumerate() {
            let has_own_number =
                step.step_id.is_some_and(|number| self.by_number[&number] == self.nodes[place]);
            let node = node::draw(&self.nodes[place], step, has_own_number);
            self.line(&node);
        }
        if source.steps.is_empty() {
            self.line("people(\"People\")");
        }
    }

    /// Where chats begin: at the start, by their page, or where a page asks to.
    fn entries(&mut self, source: &FlowSource) {
        let marked = source.steps.iter().enumerate().filter(|(_, step)| step.is_start);
        let mut starts: Vec<usize> = marked.map(|(place, _)| place).collect();
        if starts.is_empty() {
            starts.extend((!source.steps.is_empty()).then_some(0));
        }
        let is_marked = source.steps.iter().any(|step| step.is_start);
        for (turn, &place) in starts.iter().enumerate() {
            let node = self.nodes[place].clone();
            match (turn, is_marked) {
                (0, true) => self.arrow("greeting", Arrow::Taken, "start", &node),
                (0, false) => self.arrow("greeting", Arrow::Taken, "start: none is marked", &node),
                _ => self.arrow("greeting", Arrow::Dotted, "marked as the start too", &node),
            }
            self.starts.push(node);
        }
        for mapping in &source.start_mappings {
            let url = mapping.url.trim();
            if let Some(step) = mapping.step.filter(|_| !url.is_empty()) {
                let label = format!("page {}", escaped(url, label::CHARACTERS_MAX));
                let node = self.target(Some(step));
                self.arrow("greeting", Arrow::Taken, &label, &node);
            }
        }
        for (place, step) in source.steps.iter().enumerate().filter(|(_, step)| step.allow_start_override) {
            if !step.is_start {
                let node = self.nodes[place].clone();
                self.arrow("greeting", Arrow::Dotted, "on request", &node);
            }
        }
        if source.steps.is_empty() {
            self.arrow("greeting", Arrow::Taken, "", "people");
        }
    }

    fn links(&mut self, place: usize, step: &StepSource) {
        let from = self.nodes[place].clone();
        let mut links: Vec<&LinkSource> = step.links.iter().collect();
        // Sorting keeps the stored order among equals.
        links.sort_by_key(|link| link.seq);
        if node::offers_options(step) {
            let is_option =
                |link: &LinkSource| link.label.as_ref().is_some_and(|label| !label.trim().is_empty());
            links.sort_by_key(|link| (!is_option(link), link.selection_order));
        }
        for link in links {
            let to = self.target(link.end_step);
            let arrow = if link::is_taken(step, link) { Arrow::Taken } else { Arrow::Dotted };
            self.arrow(&from, arrow, &link::label(step, link), &to);
        }
        // Some clients send 0 for no step.
        if let Some(to) = step.ai_failure_step.filter(|&to| node::asks_a_model(step) && to != 0) {
            let to = self.target(Some(to));
            self.arrow(&from, Arrow::Taken, "the model fails", &to);
        }
    }

    /// The node of a step, or one that says that there is no such step.
    fn target(&mut self, number: Option<i32>) -> String {
        if let Some(node) = number.and_then(|number| self.by_number.get(&number)) {
            return node.clone();
        }
        let (node, label) = match number {
            Some(number) => {
                let sign = if number < 0 { "minus" } else { "" };
                (format!("lost{sign}{}", number.unsigned_abs()), format!("no step {number}"))
            }
            None => ("lost".to_owned(), "nowhere".to_owned()),
        };
        if self.lost.insert(node.clone()) {
            self.line(&format!("{node}[\"{label}\"]"));
        }
        node
    }

    /// `label` is escaped already.
    fn arrow(&mut self, from: &str, arrow: Arrow, label: &str, to: &str) {
        let arrow = if arrow == Arrow::Taken { "-->" } else { "-.->" };
        if label.is_empty() {
            self.line(&format!("{from} {arrow} {to}"));
        } else {
            self.line(&format!("{from} {arrow}|\"{label}\"| {to}"));
        }
    }

    fn end(mut self) -> String {
        if !self.starts.is_empty() {
            self.line("classDef start stroke-width:3px");
            let line = format!("class {} start", self.starts.join(","));
            self.line(&line);
        }
        if !self.lost.is_empty() {
            let lost: Vec<&str> = self.lost.iter().map(String::as_str).collect();
            let line = format!("class {} lost", lost.join(","));
            self.line("classDef lost stroke:#c00,stroke-dasharray:4");
            self.line(&line);
        }
        self.text
    }

    fn line(&mut self, line: &str) {
        writeln!(self.text, "    {line}").expect("writing to a String cannot fail");
    }
}
