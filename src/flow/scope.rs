//! What `$name` stands for during one walk: built-in names, then what the chat has learnt.

use std::borrow::Cow;

use chrono::Datelike as _;

use super::model::Facts;
use crate::domain::ids::TeamId;

/// The facts, and the variables that this walk has set so far.
pub(super) struct Scope<'a> {
    facts: &'a Facts,
    /// Built-in names whose value changed during the walk.
    told: Vec<(&'static str, String)>,
    set: Vec<(String, String)>,
}

impl<'a> Scope<'a> {
    pub fn new(facts: &'a Facts) -> Self {
        Self { facts, told: Vec::new(), set: Vec::new() }
    }

    /// The value of a name in any case, without its dollar; an unknown one is empty.
    ///
    /// A built-in name that has a value comes first, so that no answer can pose as one.
    pub fn value(&self, name: &str) -> Cow<'_, str> {
        let told = self.told.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        told.map(|(_, value)| Cow::Borrowed(value.as_str()))
            .or_else(|| built_in(self.facts, name))
            .filter(|value| !value.is_empty())
            .or_else(|| self.variable(name).map(|(_, value)| Cow::Borrowed(value)))
            .unwrap_or_default()
    }

    /// Gives a built-in name a value that the facts do not have yet.
    pub fn tell(&mut self, name: &'static str, value: String) {
        self.told.retain(|(known, _)| *known != name);
        self.told.push((name, value));
    }

    /// Keeps a value, and tells the spelling that the variable has had from the first.
    pub fn set(&mut self, name: &str, value: &str) -> String {
        let name = self.variable(name).map_or(name, |(known, _)| known).to_owned();
        match self.set.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.set.push((name.clone(), value.to_owned())),
        }
        name
    }

    fn variable(&self, name: &str) -> Option<(&str, &str)> {
        let stored = || {
            let exact = self.facts.variables.get_key_value(name);
            exact.or_else(|| self.facts.variables.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)))
        };
        self.set
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(known, value)| (known, value))
            .or_else(stored)
            .map(|(known, value)| (known.as_str(), value.as_str()))
    }
}

/// The built-in names. `weekday` is 1 for Monday to 7, `time` HH:MM and `today` YYYY-MM-DD in the
/// profile's time zone; the three that answer a question are `true` or `false`.
fn built_in<'a>(facts: &'a Facts, name: &str) -> Option<Cow<'a, str>> {
    let number =
        |number: Option<i32>| Cow::Owned(number.map(|number| number.to_string()).unwrap_or_default());
    let truth = |is_so: bool| Cow::Borrowed(if is_so { "true" } else { "false" });
    let lower = lowercase(name);
    Some(match &*lower {
        "username" => Cow::Borrowed(&*facts.visitor_name),
        "useremail" => Cow::Borrowed(&*facts.visitor_email),
        "agentname" => Cow::Borrowed(&*facts.agent_name),
        "profilename" => Cow::Borrowed(&*facts.profile_name),
        "botname" => Cow::Borrowed(&*facts.bot_name),
        "pageurl" => Cow::Borrowed(&*facts.page_url),
        "chatid" => number(facts.chat_id.map(crate::domain::ids::ChatId::get)),
        "ticketid" => number(facts.ticket_id),
        "queueposition" => number(facts.queue_position),
        "waittime" => number(facts.wait_minutes),
        "language" => number(facts.language_id),
        "known" => truth(facts.visitor_is_known),
        "withinhours" => truth(facts.within_hours),
        "reachable" => truth(!facts.reachable_teams.is_empty()),
        "weekday" => Cow::Owned(facts.now.weekday().number_from_monday().to_string()),
        "time" => Cow::Owned(facts.now.format("%H:%M").to_string()),
        "today" => Cow::Owned(facts.now.format("%Y-%m-%d").to_string()),
        of_team => return reachable_team(of_team).map(|team| truth(facts.reachable_teams.contains(&team))),
    })
}

/// `reachable7` asks about team 7 alone.
fn reachable_team(name: &str) -> Option<TeamId> {
    name.strip_prefix("reachable")?.parse().ok().map(TeamId::new)
}

fn lowercase(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}
