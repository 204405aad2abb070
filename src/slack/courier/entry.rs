//! An entry of the log as what is posted into Slack.

use serde_json::{Value, json};
use uuid::Uuid;

use super::control;
use crate::{
    domain::{
        chat::Participant,
        finding::Hits,
        ids::{AgentId, MessageNumber, ParticipantNumber},
        message::{Happening, Message},
    },
    slack::protocol::mrkdwn,
    store::attachment_document,
};

/// UTF-16 units of one piece of text; Slack takes 3,000 in a section.
const TEXT_UNITS_MAX: usize = 2_900;

/// One thing to be posted.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Post {
    Say(Saying),
    /// The messages of an earlier entry read differently now.
    Amend {
        entry: MessageNumber,
        texts: Vec<String>,
    },
    /// The messages of an earlier entry go.
    Remove {
        entry: MessageNumber,
    },
    File {
        attachment: i32,
        name: String,
    },
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Saying {
    /// What notifications and screen readers say, and all that there is without blocks.
    pub text: String,
    /// Empty: the text alone.
    pub blocks: Vec<Value>,
}

/// What is known of the chat that an entry is from.
pub(super) struct Scene<'a> {
    pub people: &'a [Participant],
    /// What visitors see instead of an agent's name.
    pub agent_alias: Option<&'a str>,
}

impl Scene<'_> {
    fn person(&self, number: ParticipantNumber) -> Option<&Participant> {
        self.people.iter().find(|one| one.number == number)
    }

    fn is_visitor(&self, number: ParticipantNumber) -> bool {
        self.person(number).is_some_and(Participant::is_visitor)
    }

    fn agent_name(&self, is_meant: impl Fn(&&Participant) -> bool) -> &str {
        let name = self.people.iter().find(is_meant).map(|one| one.name.as_str());
        self.agent_alias.or(name).unwrap_or("An agent")
    }

    /// The name over an agent's words, needed only where they could be another's.
    fn byline(&self, sender: ParticipantNumber) -> Option<&str> {
        let agents = self.people.iter().filter(|one| one.agent().is_some() && !one.has_left).count();
        let is_agents = self.person(sender).is_some_and(|one| one.agent().is_some());
        (is_agents && agents > 1 && self.agent_alias.is_none())
            .then(|| self.agent_name(|one| one.number == sender))
    }
}

/// What an entry comes to in Slack, in order; nothing for what the visitor said there, and for what
/// only concerns the desk. `block` names the controls of its question.
pub(super) fn posts(scene: &Scene<'_>, entry: &Message, block: Uuid) -> Vec<Post> {
    match &entry.happening {
        _ if entry.is_staff_only || entry.is_deleted => Vec::new(),
        Happening::Edited { message } if !scene.is_visitor(entry.sender) => {
            vec![Post::Amend { entry: *message, texts: texts(scene, entry) }]
        }
        Happening::Deleted { message } if !scene.is_visitor(entry.sender) => {
            vec![Post::Remove { entry: *message }]
        }
        Happening::Said | Happening::WaitMessage { .. } | Happening::Other { .. }
            if !scene.is_visitor(entry.sender) =>
        {
            said(scene, entry, block)
        }
        Happening::Joined { agent, .. } => aside(&format!("{} joined the chat.", joined(scene, *agent))),
        Happening::Left { participant } if !scene.is_visitor(*participant) => {
            let name = scene.agent_name(|one| one.number == *participant);
            aside(&format!("{} left the chat.", mrkdwn::escape(name)))
        }
        Happening::Transferred { .. } => aside("The chat was transferred."),
        Happening::Closed { .. } | Happening::Abandoned => aside("The chat is closed."),
        Happening::Reopened { .. } => aside("The chat is open again."),
        Happening::Said
        | Happening::Started(_)
        | Happening::Left { .. }
        | Happening::Queued { .. }
        | Happening::WaitMessage { .. }
        | Happening::Rated
        | Happening::TicketLogged { .. }
        | Happening::Edited { .. }
        | Happening::Deleted { .. }
        | Happening::Identified { .. }
        | Happening::Offered { .. }
        | Happening::Note
        | Happening::Described(_)
        | Happening::Other { .. } => Vec::new(),
    }
}

/// An entry with a question as it reads once its controls are gone, and the place of the message
/// that had them.
pub(super) fn without_controls(
    scene: &Scene<'_>,
    entry: &Message,
    chosen: Option<&str>,
) -> Option<(usize, Saying)> {
    let texts = texts(scene, entry);
    let text = texts.last()?.clone();
    let mut blocks = vec![section(&text)];
    if let Some(chosen) = chosen {
        blocks.push(context(&format!("✓ {}", mrkdwn::escape(chosen))));
    }
    Some((texts.len() - 1, Saying { text, blocks }))
}

fn joined(scene: &Scene<'_>, agent: AgentId) -> String {
    mrkdwn::escape(scene.agent_name(|one| one.agent() == Some(agent)))
}

fn said(scene: &Scene<'_>, entry: &Message, block: Uuid) -> Vec<Post> {
    let mut sayings: Vec<Saying> =
        texts(scene, entry).into_iter().map(|text| Saying { text, blocks: Vec::new() }).collect();
    if let Some(ask) = &entry.ask {
        let controls = control::blocks(ask, block);
        if let (Some(last), false) = (sayings.last_mut(), controls.is_empty()) {
            last.blocks = [vec![section(&last.text)], controls].concat();
        }
    }
    let files = attachment_document::enclosed(entry.extra.as_ref());
    let files = files.into_iter().map(|(attachment, name)| Post::File { attachment, name });
    sayings.into_iter().map(Post::Say).chain(files).collect()
}

/// The words, cut where Slack would; never empty when there is something to answer.
fn texts(scene: &Scene<'_>, entry: &Message) -> Vec<String> {
    let mut text = mrkdwn::from_html(entry.html.as_str());
    if text.trim().is_empty() {
        text = mrkdwn::escape(&entry.plain);
    }
    if let Some(name) = scene.byline(entry.sender).filter(|_| !text.trim().is_empty()) {
        text = format!("*{}*\n{text}", mrkdwn::escape(name));
    }
    let found = hits(&entry.hits);
    if !found.is_empty() {
        text = [text.as_str(), &found].join("\n\n");
    }
    let mut texts = mrkdwn::split(text.trim(), TEXT_UNITS_MAX);
    if texts.is_empty() && entry.ask.as_ref().is_some_and(control::has_controls) {
        texts.push("Please choose:".to_owned());
    }
    texts
}

fn hits(hits: &Hits) -> String {
    let articles = hits.articles.iter().map(|hit| (&hit.title, &hit.summary));
    let services = hits.services.iter().map(|hit| (&hit.name, &hit.summary));
    let line = |(title, summary): (&String, &String)| match summary.trim() {
        "" => format!("• *{}*", mrkdwn::escape(title)),
        summary => format!("• *{}*\n{}", mrkdwn::escape(title), mrkdwn::escape(summary)),
    };
    articles.chain(services).map(line).collect::<Vec<_>>().join("\n")
}

/// Something that happened, in small print.
fn aside(text: &str) -> Vec<Post> {
    vec![Post::Say(Saying { text: text.to_owned(), blocks: vec![context(text)] })]
}

/// Text as Slack's markup; foreign words in it name nobody.
pub(super) fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
}

fn context(text: &str) -> Value {
    json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": text, "verbatim": true }] })
}
