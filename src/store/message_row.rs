//! How an entry of the log lies in its row: what happened, and what the bot asked.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{
    finding::{ArticleHit, Hits, ServiceHit},
    ids::{AgentId, MessageNumber, ParticipantNumber, StepId, TeamId, UserId},
    message::Happening,
    question::{Ask, AskKind, Choice, StorageKey, Suggestion},
};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    teams: Vec<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// What `detail` holds for an entry; nothing for ordinary words.
pub(super) fn detail_of(happening: &Happening) -> Option<Value> {
    let detail = match happening {
        Happening::Said
        | Happening::Started
        | Happening::Abandoned
        | Happening::Rated
        | Happening::Note
        | Happening::Other { .. } => return None,
        Happening::Joined { agent } | Happening::Offered { agent } => {
            Detail { agent: Some(agent.get()), ..Detail::default() }
        }
        Happening::Left { participant: who }
        | Happening::Closed { by: who }
        | Happening::Reopened { by: who } => Detail { participant: Some(who.get()), ..Detail::default() },
        Happening::Queued { teams } => {
            Detail { teams: teams.iter().map(|team| team.get()).collect(), ..Detail::default() }
        }
        Happening::Transferred { from, to_agent, to_team } => Detail {
            from: from.map(AgentId::get),
            agent: to_agent.map(AgentId::get),
            team: to_team.map(TeamId::get),
            ..Detail::default()
        },
        Happening::Edited { message } | Happening::Deleted { message } => {
            Detail { message: Some(message.get()), ..Detail::default() }
        }
        Happening::WaitMessage { number } => Detail { number: Some(*number), ..Detail::default() },
        Happening::TicketLogged { ticket } => Detail { ticket: Some(*ticket), ..Detail::default() },
        Happening::Identified { user, name, email } => Detail {
            user: Some(user.get()),
            name: Some(name.clone()),
            email: Some(email.clone()),
            ..Detail::default()
        },
    };
    Some(serde_json::to_value(detail).expect("a detail holds numbers and texts only"))
}

pub(super) fn happening_from(code: i32, detail: Option<Value>) -> Result<Happening, String> {
    let detail: Detail = match detail {
        Some(value) => serde_json::from_value(value).map_err(|error| error.to_string())?,
        None => Detail::default(),
    };
    let who = || detail.participant.map(ParticipantNumber::new).ok_or("it names no participant");
    let message = || detail.message.map(MessageNumber::new).ok_or("it names no message");
    Ok(match code {
        0 => Happening::Said,
        1 => Happening::Started,
        2 => Happening::Joined { agent: AgentId::new(detail.agent.ok_or("it names no agent")?) },
        3 => Happening::Left { participant: who()? },
        4 => Happening::Closed { by: who()? },
        5 => Happening::Queued { teams: detail.teams.into_iter().map(TeamId::new).collect() },
        6 => Happening::Transferred {
            from: detail.from.map(AgentId::new),
            to_agent: detail.agent.map(AgentId::new),
            to_team: detail.team.map(TeamId::new),
        },
        7 => Happening::Abandoned,
        8 => Happening::WaitMessage { number: detail.number.unwrap_or(0) },
        9 => Happening::Rated,
        10 => Happening::TicketLogged { ticket: detail.ticket.ok_or("it names no ticket")? },
        11 => Happening::Edited { message: message()? },
        12 => Happening::Deleted { message: message()? },
        13 => Happening::Reopened { by: who()? },
        14 => Happening::Identified {
            user: UserId::new(detail.user.ok_or("it names no user")?),
            name: detail.name.unwrap_or_default(),
            email: detail.email.unwrap_or_default(),
        },
        16 => Happening::Offered { agent: AgentId::new(detail.agent.ok_or("it names no agent")?) },
        17 => Happening::Note,
        code => Happening::Other { code },
    })
}

pub(super) fn ask_to_json(ask: &Ask) -> Value {
    let options: Vec<_> = ask.options.iter().map(|option| json!([option.value, option.label])).collect();
    let suggestions: Vec<_> =
        ask.suggestions.iter().map(|chip| json!([chip.id, chip.label, chip.message, chip.kind])).collect();
    let keys: Vec<_> = ask.storage_keys.iter().map(|key| json!([key.key, key.variable])).collect();
    json!({
        "step": ask.step.get(),
        "field": ask.field_id,
        "name": ask.name,
        "kind": ask.kind.name(),
        "options": options,
        "suggestions": suggestions,
        "keys": keys,
    })
}

#[derive(Deserialize)]
struct StoredAsk {
    step: i32,
    field: i32,
    name: String,
    kind: String,
    options: Vec<(String, String)>,
    suggestions: Vec<(i32, String, String, i32)>,
    /// Rows from before page data was asked for have none.
    #[serde(default)]
    keys: Vec<(String, String)>,
}

pub(super) fn ask_from_json(value: Value) -> Result<Ask, String> {
    let stored: StoredAsk = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok(Ask {
        step: StepId::new(stored.step),
        field_id: stored.field,
        name: stored.name,
        kind: AskKind::from_name(&stored.kind).ok_or("its kind of question is unknown")?,
        options: stored.options.into_iter().map(|(value, label)| Choice { value, label }).collect(),
        suggestions: stored
            .suggestions
            .into_iter()
            .map(|(id, label, message, kind)| Suggestion { id, label, message, kind })
            .collect(),
        storage_keys: stored.keys.into_iter().map(|(key, variable)| StorageKey { key, variable }).collect(),
    })
}

/// Nothing for a message that shows no hits: nearly all.
pub(super) fn hits_to_json(hits: &Hits) -> Option<Value> {
    let articles: Vec<_> =
        hits.articles.iter().map(|hit| json!([hit.id, hit.title, hit.summary, hit.score])).collect();
    let services: Vec<_> =
        hits.services.iter().map(|hit| json!([hit.id, hit.name, hit.summary, hit.score])).collect();
    (!hits.is_empty()).then(|| json!({ "articles": articles, "services": services }))
}

type StoredHit = (i32, String, String, f64);

#[derive(Deserialize)]
struct StoredHits {
    articles: Vec<StoredHit>,
    services: Vec<StoredHit>,
}

pub(super) fn hits_from_json(value: Value) -> Result<Hits, String> {
    let stored: StoredHits = serde_json::from_value(value).map_err(|error| error.to_string())?;
    let article = |(id, title, summary, score)| ArticleHit { id, title, summary, score };
    let service = |(id, name, summary, score)| ServiceHit { id, name, summary, score };
    Ok(Hits {
        articles: stored.articles.into_iter().map(article).collect(),
        services: stored.services.into_iter().map(service).collect(),
    })
}
